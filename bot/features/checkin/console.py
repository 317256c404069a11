"""The operators' page of check-ins, and their figure in the metrics."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.commons import checkins, members
from bot.commons.checkins import DAY
from bot.features.checkin.mine import PAGE
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ports import Links
from bot.kernel.sheets import sheet_of
from bot.kernel.work import Toolbox, UnitOfWork

_PAGE_ROWS = 200
_MOST_PAGES = 1_000_000
_COLUMNS = ("time", "member", "name", "days", "best_days", "total_days")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    community, today = tools.use(Community), checkins.today(uow, tools)
    day = _asked_day(query.get("day", ""), today)
    page = min(number_in(query.get("page", "")) or 1, _MOST_PAGES)
    total = checkins.count_of_day(uow, day)
    people = _people(uow, community, day, page)
    return {
        "today": today,
        "day": day,
        "day_before": day - DAY,
        "total": total,
        "total_before": checkins.count_of_day(uow, day - DAY),
        "people": people,
        "page": page,
        "has_more": page * _PAGE_ROWS < total,
        "csv": sheet_of(_COLUMNS, ([person[column] for column in _COLUMNS] for person in people)),
        "group_url": tools.use(Links).for_group(PAGE),
    }


def _asked_day(asked: str, today: date) -> date:
    try:
        return max(date.fromisoformat(asked), date.min + DAY)
    except ValueError:
        return today


def _people(
    uow: UnitOfWork, community: Community, day: date, page: int
) -> Sequence[Mapping[str, object]]:
    return [
        {
            "time": present.at.astimezone(community.zone).strftime("%H:%M:%S"),
            "member": present.member,
            "name": members.display_name(uow, present.member) or "",
            "days": present.streak.days,
            "best_days": present.streak.best_days,
            "total_days": present.streak.total_days,
        }
        for present in checkins.list_of_day(uow, day, most=_PAGE_ROWS, skip=(page - 1) * _PAGE_ROWS)
    ]


pages = (Page("checkins", "今日打卡", "checkin/checkins.html.j2", _load, aisle=Aisle.TODAY),)
metrics = (
    Metric(
        "checkins_last_24h",
        "Check-ins sent in the last 24 hours",
        checkins.count_last_24h,
        title="最近 24 小时打卡",
    ),
)
