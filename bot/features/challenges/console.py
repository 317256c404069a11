"""The operators' page of challenges: make, watch, close early, take rewards back."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from bot.commons import members
from bot.features.challenges import reads, rewarding, settling
from bot.features.challenges.filing import CHALLENGES
from bot.features.challenges.mine import PAGE
from bot.features.challenges.reads import Part, View
from bot.features.challenges.rules import FIRST_NUMBER, State
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Links, Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_MOST, _SHOWN = 30, 200
_TITLE_CHARS, _WHY_CHARS = 60, 200
_COLUMNS = ("place", "member", "name", "days", "done_on", "done_at", "reward", "prize")
_OPEN = Statement("SELECT COUNT(*) FROM challenges WHERE state = 'open'")


class BadForm(Refusal):
    """A field of the form is wrong; nothing was written."""

    template = "challenges/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    asked = number_in(query.get("challenge", ""))
    found = [view for view in reads.latest(uow, most=_MOST) if asked in {None, view.number}]
    today = tools.use(Community).day_of(uow.clock.now())
    return {
        "all": [_row(uow, tools, view, whole=asked is not None) for view in found],
        "is_one": asked is not None,
        "today": today,
        "group_url": tools.use(Links).for_group(PAGE),
        "title_chars": _TITLE_CHARS,
        "why_chars": _WHY_CHARS,
    }


def _row(uow: UnitOfWork, tools: Toolbox, view: View, *, whole: bool) -> Mapping[str, object]:
    joined, done = reads.numbers_of(uow, view)
    today = tools.use(Community).day_of(uow.clock.now())
    coming = view.state is State.OPEN and today < view.first
    row = {"view": view, "joined": joined, "done": done, "is_coming": coming}
    if not whole:
        return row
    zone, parts = tools.use(Community).zone, reads.completed(uow, view.id)
    lines = [_line(uow, number, part, zone) for number, part in enumerate(parts, 1)]
    return {
        **row,
        "lines": lines[:_SHOWN],
        "csv": sheet_of(_COLUMNS, ([line[column] for column in _COLUMNS] for line in lines)),
    }


def _line(uow: UnitOfWork, place: int, part: Part, zone: ZoneInfo) -> Mapping[str, object]:
    at = part.done_at.astimezone(zone) if part.done_at else None
    return {
        "place": place,
        "member": part.member,
        "name": members.display_name(uow, part.member) or "",
        "days": part.days,
        "done_on": part.done_on,
        "done_at": at.strftime("%Y-%m-%d %H:%M") if at else "",
        "reward": part.reward.value,
        "prize": part.prize.value,
    }


def _make(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    title = form.get("title", "").strip()
    if not 0 < len(title) <= _TITLE_CHARS:
        raise BadForm("title", field="title", most=_TITLE_CHARS)
    matter: dict[str, object] = {
        "title": title,
        "starts_on": _day(form, "starts_on"),
        "ends_on": _day(form, "ends_on"),
        "days_needed": _number(form, "days_needed"),
        "photo": True if form.get("photo") else None,
        "made_up": True if form.get("made_up") else None,
        "audience": form.get("audience", "").split() or None,
        "joining": "auto" if form.get("auto") else "ask",
        "reward": _prize(form, "reward") or None,
        "winner": _winner(form),
    }
    path = CHALLENGES.make(uow, tools, matter, form.get("body", ""), who)
    return tools.use(Words)("challenges/said.txt.j2", what="made", path=path)


def _prize(form: Mapping[str, str], which: str) -> dict[str, object]:
    prize: dict[str, object] = {"points": _number(form, f"{which}_points", empty=0)}
    prize["coupon"] = form.get(f"{which}_coupon", "").strip()
    prize["badge"] = form.get(f"{which}_badge", "").strip()
    found = {key: value for key, value in prize.items() if value}
    if found.get("coupon") and form.get(f"{which}_quarter"):
        found["valid"] = "quarter"
    return found


def _winner(form: Mapping[str, str]) -> dict[str, object] | None:
    by = form.get("winner_by", "")
    if not by:
        return None
    return {"by": by, "tie": form.get("winner_tie", "all"), **_prize(form, "winner")}


def _day(form: Mapping[str, str], field: str) -> date:
    try:
        return date.fromisoformat(form.get(field, ""))
    except ValueError:
        raise BadForm(field, field="date", name=field) from None


def _number(form: Mapping[str, str], field: str, *, empty: int | None = None) -> int:
    text = form.get(field, "").strip()
    if not text and empty is not None:
        return empty
    if text == "0" and empty is not None:
        return 0
    number = number_in(text)
    if number is None or number > 1_000_000:  # noqa: PLR2004 - more is a slip
        raise BadForm(field, field="number", name=field)
    return number


def _chosen(form: Mapping[str, str]) -> int:
    return (number_in(form.get("challenge", "")) or 0) - FIRST_NUMBER


def _close(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = form.get("why", "")[:_WHY_CHARS]
    view = settling.close_early(uow, tools, _chosen(form), who=who, why=why)
    return tools.use(Words)("challenges/said.txt.j2", what="closed", view=view)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = form.get("why", "").strip()[:_WHY_CHARS]
    if not why:
        raise BadForm("why", field="why")
    member = MemberId(number_in(form.get("member", "")) or 0)
    is_prize = form.get("what") == "prize"
    view = rewarding.undo(uow, _chosen(form), member, prize=is_prize, who=who, why=why)
    return tools.use(Words)("challenges/said.txt.j2", what="undone", view=view)


def _count_open(uow: UnitOfWork) -> float:
    return float(integer(uow.run(_OPEN)[0][0]))


pages = (
    Page(
        "challenges",
        "挑战",
        "challenges/challenges.html.j2",
        _load,
        {"make": _make, "close": _close, "undo": _undo},
        aisle=Aisle.PLAY,
    ),
)
metrics = (
    Metric("challenges_open", "Challenges that are open or will open", _count_open, title="挑战"),
)
