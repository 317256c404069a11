"""The operators' page of ideas: what waits and what is late, rewards, what is decided."""

from collections.abc import Mapping
from functools import partial

from bot.features.ideas import deciding, reads, rewards
from bot.features.ideas.deciding import decide
from bot.features.ideas.reads import IdeaView
from bot.features.ideas.replies import PAGE
from bot.features.ideas.rules import REPLY_CHARS, REWARD_CHARS, IdeaSettings, RewardKind, State
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_MOST, _MOST_DECIDED = 100, 30
_COLUMNS = ("idea", "state", "supporters", "made_at", "since", "due_at", "words", "reply")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "ideas/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, _query: Mapping[str, str]) -> Mapping[str, object]:
    waiting = reads.waiting(uow, most=_MOST)
    return {
        "waiting": [_row(uow, tools, each) for each in waiting],
        "decided": [_row(uow, tools, each) for each in reads.decided(uow, most=_MOST_DECIDED)],
        "late": reads.overdue(uow)[0],
        "settings": tools.use(IdeaSettings),
        "group_url": tools.use(Links).for_group(PAGE),
        "reply_chars": REPLY_CHARS,
        "reward_chars": REWARD_CHARS,
        "csv": _sheet(uow),
    }


def _row(uow: UnitOfWork, tools: Toolbox, idea: IdeaView) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    return {
        "idea": idea,
        "made_at": idea.made_at.astimezone(zone),
        "due_at": idea.due_at.astimezone(zone) if idea.due_at else None,
        "is_late": idea.due_at is not None and idea.due_at <= uow.clock.now(),
        "step": reads.last_step(uow, idea.id),
        "reward": reads.reward_of(uow, idea.id),
    }


def _sheet(uow: UnitOfWork) -> str:
    rows = []
    for idea in reads.every(uow):
        step = reads.last_step(uow, idea.id)
        due = idea.due_at.isoformat() if idea.due_at else ""
        times = (idea.made_at.isoformat(), idea.since.isoformat(), due)
        words = (idea.words, step.reply if step else "")
        rows.append([idea.id, idea.state.value, idea.supporters, *times, *words])
    return sheet_of(_COLUMNS, rows)


def _idea(form: Mapping[str, str], field: str = "idea") -> int:
    return number_in(form.get(field, "")) or 0


def _text(form: Mapping[str, str], field: str, most: int) -> str:
    text = form.get(field, "").replace("\r\n", "\n").strip()
    if not 0 < len(text) <= most:
        raise BadForm(field, field=field, most=most)
    return text


def _answer(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    """Write to the author, and decide when a state was chosen."""
    number, reply, to = _idea(form), _text(form, "reply", REPLY_CHARS), form.get("state", "")
    if to not in {"", State.REVIEW, State.ADOPTED, State.DECLINED}:
        raise BadForm(to, field="state", most=0)
    if to:
        decide(uow, tools, number, State(to), reply, who=who)
    else:
        deciding.answer(uow, tools, number, reply, who=who)
    return _said(tools, to or "answered", number)


def _merge(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    deciding.merge(uow, tools, _idea(form), _idea(form, "into"), who=who)
    return _said(tools, "merged", _idea(form))


def _show(
    uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str, *, shown: bool
) -> str:
    deciding.show(uow, _idea(form), shown=shown, who=who)
    return _said(tools, "shown" if shown else "hidden", _idea(form))


def _reward(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    kind = form.get("kind", "")
    if kind not in {*RewardKind}:
        raise BadForm(kind, field="kind", most=0)
    is_points = kind == RewardKind.POINTS
    points = number_in(form.get("points", "").strip()) or 0
    what = "" if is_points else _text(form, "what", REWARD_CHARS)
    why = _text(form, "why", REPLY_CHARS)
    wanted = rewards.Wanted(RewardKind(kind), points if is_points else 0, what, why)
    rewards.ask(uow, tools, _idea(form), wanted, who=who)
    return _said(tools, "asked", _idea(form))


def _agree(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    rewards.agree(uow, tools, _idea(form), who=who)
    return _said(tools, "given", _idea(form))


def _refuse(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    rewards.refuse(uow, _idea(form), who=who)
    return _said(tools, "refused", _idea(form))


def _said(tools: Toolbox, what: str, number: int) -> str:
    return tools.use(Words)("ideas/done.txt.j2", what=what, number=number)


def _count_late(uow: UnitOfWork) -> float:
    return float(reads.overdue(uow)[0])


pages = (
    Page(
        "ideas",
        "建议",
        "ideas/ideas.html.j2",
        _load,
        {
            "answer": _answer,
            "merge": _merge,
            "show": partial(_show, shown=True),
            "hide": partial(_show, shown=False),
            "reward": _reward,
            "agree": _agree,
            "refuse": _refuse,
        },
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric(
        "ideas_overdue",
        "Ideas whose promised answer is late",
        _count_late,
        "过期没答复的建议",
        waits_on="ideas",
    ),
)
