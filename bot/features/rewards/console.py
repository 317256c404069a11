"""The operators' page of rewards: rules, what they gave, why a member got something, trying out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.commons import members
from bot.commons.deeds import KINDS, Deed, Kept
from bot.commons.rowforms import Field, RowForm, Sort
from bot.features.rewards import earning, reads
from bot.features.rewards.book import FILE, Book, book, has_birthday
from bot.features.rewards.judging import judge
from bot.features.rewards.matter import WEEKDAYS
from bot.features.rewards.rules import DAY, is_double
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.errors import Refusal
from bot.kernel.feature import Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork
from bot.storage.columns import micros

_DAYS = 14
_FOUND = 20
_LINES = 100
_WHY_CHARS = 200
_FEN = 100
_NOON = time(12)
_YUAN_MOST = 10_000_000
_RULE = RowForm(
    "rewards",
    FILE,
    "rule",
    (
        Field("name"),
        Field("title"),
        Field("on", Sort.CHOICE, KINDS),
        Field("points", Sort.NUMBER),
        Field("each_yuan", Sort.NUMBER),
        Field("coupon"),
        Field("streak_days", Sort.NUMBER),
        Field("again", Sort.CHECK),
        Field("only", Sort.WORDS),
        Field("most_points_a_day", Sort.NUMBER),
        Field("most_points_a_week", Sort.NUMBER),
        Field("most_times", Sort.NUMBER),
        Field("cooldown_minutes", Sort.NUMBER),
        Field("doubles", Sort.CHOICE, ("once", "multiply", "never")),
        Field("valid_from", Sort.DATE),
        Field("valid_until", Sort.DATE),
    ),
)
_DOUBLE = RowForm(
    "rewards",
    FILE,
    "double",
    (
        Field("name"),
        Field("title"),
        Field("weekdays", Sort.SOME, WEEKDAYS),
        Field("month_days", Sort.NUMBERS),
        Field("birthday", Sort.CHECK),
        Field("factor", Sort.NUMBER),
        Field("rules", Sort.WORDS),
        Field("valid_from", Sort.DATE),
        Field("valid_until", Sort.DATE),
    ),
)


class BadForm(Refusal):
    """A field of an operator's form is wrong; nothing was written."""

    template = "rewards/bad_form.txt.j2"


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    rules, today = book(uow, tools), tools.use(Community).day_of(uow.clock.now())
    asked = query.get("q", "").strip()[:100]
    found = members.look_for(uow, asked, most=_FOUND + 1) if asked else []
    number = number_in(query.get("member", ""))
    if number is None and len(found) == 1:
        number = found[0]
    one = MemberId(number) if number and members.exists(uow, MemberId(number)) else None
    given = reads.bars(uow, today - _DAYS * DAY)
    return {
        "rules": rules,
        "edit": _RULE.load(tools, query),
        "edit_double": _DOUBLE.load(tools, query),
        "today": today,
        "doubles": [
            {"double": each, "is_today": is_double(each, today, birthday=True)}
            for each in rules.rewards.double
        ],
        "bars": given,
        "most": max((bar.points or bar.times for bar in given), default=0),
        "csv": _sheet(given),
        "q": asked,
        "found": [_called(uow, member) for member in found[:_FOUND]],
        "is_cut": len(found) > _FOUND,
        "one": None if one is None else _one(uow, tools, one),
        "tried": None if one is None else _tried(uow, tools, rules, one, query),
        "kinds": KINDS,
        "kind": query.get("kind", ""),
        "yuan": query.get("yuan", "")[:12],
        "day": query.get("day", "")[:10] or today.isoformat(),
    }


def _called(uow: UnitOfWork, member: MemberId) -> dict[str, object]:
    return {"member": member, "name": members.display_name(uow, member) or ""}


def _one(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> Mapping[str, object]:
    zone = tools.use(Community).zone
    lines = reads.lines_of(uow, member, most=_LINES)
    return {
        **_called(uow, member),
        "lines": [{"line": each, "at": each.at.astimezone(zone)} for each in lines],
    }


def _tried(
    uow: UnitOfWork, tools: Toolbox, rules: Book, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object] | None:
    """Return what would happen if she did something; nothing is written."""
    kind, yuan = query.get("kind", ""), number_in(query.get("yuan", "") or "1") or 0
    if kind not in KINDS:
        return None
    community = tools.use(Community)
    day = _day_in(query.get("day", "")) or community.day_of(uow.clock.now())
    at = datetime.combine(day, _NOON, community.zone)
    deed = Deed(kind, "try", member, at, day, min(yuan, _YUAN_MOST) * _FEN)
    kept = Kept(0, deed, deed.key, is_undone=False)
    return {
        "birthday": has_birthday(uow, deed),
        "verdicts": [
            judge(uow, rules, rule, kept) for rule in rules.rewards.rule if rule.on == kind
        ],
    }


def _day_in(asked: str) -> date | None:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2100, 1, 1) else None


def _sheet(given: Sequence[reads.Bar]) -> str:
    rows = [(bar.rule, bar.title, bar.day, bar.times, bar.points) for bar in given]
    return sheet_of(("rule", "title", "day", "times", "points"), rows)


def _why(form: Mapping[str, str]) -> str:
    if why := " ".join(form.get("why", "").split())[:_WHY_CHARS]:
        return why
    raise BadForm("no reason", why="no_reason")


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    found, why = earning.earning(uow, number_in(form.get("earning", "")) or 0), _why(form)
    if found is None:
        raise BadForm("no such earning", why="gone")
    clean = earning.take_back(uow, found, "undone", who=who, why=why)
    said = {"points": found.points, "coupon_used": not clean}
    return tools.use(Words)("rewards/undone.txt.j2", **said)


def _last_24h(uow: UnitOfWork) -> float:
    return reads.count_since(uow, micros(uow.clock.now() - timedelta(days=1)))


pages = (
    Page(
        "rewards",
        "奖励",
        "rewards/rewards.html.j2",
        _load,
        {"undo": _undo, **_RULE.actions, **_DOUBLE.actions},
        aisle=Aisle.BENEFITS,
    ),
)
metrics = (
    Metric(
        "rewards_last_24h",
        "Rewards earned in the last 24 hours",
        _last_24h,
        title="最近 24 小时发的奖励",
    ),
)
