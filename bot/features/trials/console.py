"""The operators' page of trials: who is in, who has got it, what they say."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot.commons import members
from bot.features.trials import places, reads
from bot.features.trials.filing import TRIALS
from bot.features.trials.places import choose
from bot.features.trials.reads import Application, TrialView
from bot.features.trials.rules import State, lot
from bot.features.trials.telling import PAGE
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Download, Page, instant_in, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import csv_file
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_MOST, _MOST_LISTED, _MOST_IN_SHEET = 30, 100, 100_000
_TITLE_CHARS, _MOST_QUOTA = 60, 100_000
_CHOICES = {"accept": State.ACCEPTED, "decline": State.DECLINED, "wait": State.WAITING}
_WAITING = Statement("SELECT COUNT(*) FROM trial_applications WHERE state = 'waiting'")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "trials/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("trial", ""))
    found = [each for each in reads.trials(uow, most=_MOST) if asked in {None, each.id}]
    return {
        "trials": [_row(uow, tools, each) for each in found],
        "group_url": tools.use(Links).for_group(PAGE),
        "title_chars": _TITLE_CHARS,
        "most_listed": _MOST_LISTED,
    }


def _row(uow: UnitOfWork, tools: Toolbox, found: TrialView) -> Mapping[str, object]:
    zone, counts = tools.use(Community).zone, reads.counts(uow, found.id)
    listed = reads.listed(uow, found.id, most=_MOST_LISTED)
    said = reads.feedback(uow, found.id)
    return {
        "trial": found,
        "counts": counts,
        "opens_at": found.opens_at.astimezone(zone),
        "closes_at": found.closes_at.astimezone(zone) if found.closes_at else None,
        "takes": found.takes(uow.clock.now()),
        "applications": [_applicant(uow, zone, found, one) for one in listed],
        "handed": sum(one.handed_at is not None for one in listed),
        "said": said[-10:],
        "said_n": len(said),
    }


def _applicant(
    uow: UnitOfWork, zone: ZoneInfo, found: TrialView, one: Application
) -> Mapping[str, object]:
    return {
        "one": one,
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "sent_at": one.sent_at.astimezone(zone),
        "handed_at": one.handed_at.astimezone(zone) if one.handed_at else None,
        "lot": lot(found.seed, one.id)[:8] if found.pick == "draw" else "",
    }


def _sheet(uow: UnitOfWork, _tools: Toolbox, number: int) -> Download | None:
    """Return applications and feedback of a trial as CSV; None for no such trial."""
    found = reads.trial(uow, number)
    if found is None:
        return None
    columns = ["application", "member", "state", "sent_at", "agreed_at", "handed_at", "lot"]
    texts = [f"{n}. {text}" for n, text in enumerate((*found.questions, *found.feedback), 1)]
    rows = [_line(uow, found, one) for one in reads.listed(uow, number, most=_MOST_IN_SHEET)]
    return csv_file(f"trial-{number}", [*columns, *texts], rows)


def _line(uow: UnitOfWork, found: TrialView, one: Application) -> list[object]:
    times = [at.isoformat() if at else "" for at in (one.sent_at, one.agreed_at, one.handed_at)]
    drawn = lot(found.seed, one.id) if found.pick == "draw" else ""
    said = reads.feedback_of(uow, one.member, found.id)
    answers = [*_filled(one.answers, found.questions), *_filled(said, found.feedback)]
    return [one.id, one.member, one.state.value, *times, drawn, *answers]


def _filled(answers: tuple[str, ...], questions: tuple[str, ...]) -> list[str]:
    return [*answers, *[""] * len(questions)][: len(questions)]


def _choose(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    state = _CHOICES.get(form.get("choice", ""))
    if state is None:
        raise BadForm("choice", field="choice")
    number = number_in(form.get("application", "")) or 0
    choose(uow, number, state, who=who)
    return _said(tools, state.value, number)


def _hand(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number = number_in(form.get("application", "")) or 0
    places.hand(uow, number, who=who, undo=bool(form.get("undo")))
    return _said(tools, "not_handed" if form.get("undo") else "handed", number)


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title = form.get("title", "").strip()
    if not 0 < len(title) <= _TITLE_CHARS:
        raise BadForm("title", field="title")
    closes, zone = form.get("closes_at", "").strip(), tools.use(Community).zone
    if closes and instant_in(closes, zone) is None:
        raise BadForm("closes_at", field="date")
    matter: dict[str, object] = {
        "title": title,
        "quota": _number(form, "quota"),
        "closes_at": instant_in(closes, zone),
        "pick": form.get("pick", "first"),
        "seed": form.get("seed", "").strip() or None,
        "consent": form.get("consent", "").replace("\r\n", "\n").strip() or None,
        "audience": form.get("audience", "").split() or None,
        "questions": _lines(form, "questions"),
        "feedback": _lines(form, "feedback"),
        "cohort": True if form.get("cohort") else None,
        "tag": form.get("tag", "").strip() or None,
    }
    path = TRIALS.make(uow, tools, matter, form.get("body", ""), who)
    return tools.use(Words)("trials/done.txt.j2", what="made", number=0, path=path)


def _number(form: Mapping[str, str], field: str) -> int:
    number = number_in(form.get(field, "").strip())
    if number is None or number > _MOST_QUOTA:
        raise BadForm(field, field="quota")
    return number


def _lines(form: Mapping[str, str], field: str) -> list[str] | None:
    return [line.strip() for line in form.get(field, "").splitlines() if line.strip()] or None


def _said(tools: Toolbox, what: str, number: int) -> str:
    return tools.use(Words)("trials/done.txt.j2", what=what, number=number, path="")


def _count_waiting(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_WAITING)[0][0]))


pages = (
    Page(
        "trials",
        "试用",
        "trials/trials.html.j2",
        _load,
        {"choose": _choose, "hand": _hand, "make": _make},
        files=_sheet,
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric("trials_waiting", "Members on waiting lists of trials", _count_waiting, "试用候补"),
)
