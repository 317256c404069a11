"""The page of the weekly numbers, and the same as a sheet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from bot.commons import staff
from bot.features.weekly import service
from bot.features.weekly.rules import Figure, monday_of
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page
from bot.kernel.exporting import Asked, Cell, Export
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_WEEKS, _TREND = 12, 8
_FAR = timedelta(days=3653)
_MUST_BE_NONE = frozenset({"bot_after_human", "marketing_to_complainants"})


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    community = tools.use(Community)
    made = service.weeks(uow, most=_WEEKS)
    today = community.day_of(uow.clock.now())
    this = monday_of(today)
    week = _day(query.get("week", ""), today) or next(iter(made), this)
    figures = service.figures_of(uow, community, monday_of(week))
    public = service.public(uow, community)
    return {
        "weeks": made,
        "this": this,
        "week": monday_of(week),
        "until": monday_of(week) + timedelta(days=6),
        "is_made": monday_of(week) in made,
        "by_name": _by_name(figures),
        "names": staff.all_names(uow, tools),
        "must_be_none": _MUST_BE_NONE,
        "trend": _trend(uow, community, made),
        "public": public,
        "paragraph": tools.use(Words)("weekly/public.txt.j2", public=public),
    }


def _by_name(figures: Sequence[Figure]) -> Mapping[str, Sequence[Figure]]:
    found: dict[str, list[Figure]] = {}
    for one in figures:
        found.setdefault(one.name, []).append(one)
    return found


def _trend(
    uow: UnitOfWork, community: Community, made: Sequence[date]
) -> Sequence[tuple[date, int]]:
    """Return how many cases were opened in each of the last weeks, the oldest first."""
    found = []
    for week in reversed(made[:_TREND]):
        figures = service.figures_of(uow, community, week)
        opened = next((one.value or 0 for one in figures if one.name == "cases_opened"), 0)
        found.append((week, int(opened)))
    return found


def _day(word: str, today: date) -> date | None:
    try:
        found = date.fromisoformat(word.strip())
    except ValueError:
        return None
    return found if today - _FAR <= found <= today else None


def _rows(uow: UnitOfWork, asked: Asked) -> Iterator[tuple[Cell, ...]]:
    community, now = asked.community, uow.clock.now()
    week = monday_of(asked.since) if asked.since else service.due_week(community, now)
    for one in service.figures_of(uow, community, week):
        yield (week.isoformat(), one.name, one.group, one.value, one.n, " ".join(one.rows))


pages = (Page("weekly", "周报", "weekly/weekly.html.j2", _load, aisle=Aisle.RECEPTION, place=7),)
exports = (
    Export(
        "care-week",
        ("week", "name", "group", "value", "n", "rows"),
        _rows,
        takes=frozenset({"since"}),
    ),
)
