"""The operators' page of check-ins, and their figure in the metrics."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from bot.commons import members
from bot.features.checkin import service
from bot.features.checkin.amnesty_page import page as amnesty_page
from bot.features.checkin.mine import PAGE
from bot.features.checkin.rules import DAY, CheckinSettings, day_of
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ports import Links
from bot.kernel.words import for_sheet
from bot.kernel.work import Toolbox, UnitOfWork

_PAGE_ROWS = 200
_MOST_PAGES = 1_000_000
_COLUMNS = ("time", "member", "name", "days", "best_days", "total_days")


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    community, settings = tools.use(Community), tools.use(CheckinSettings)
    today = day_of(uow.clock.now(), community.zone, settings.grace_minutes)
    day = _asked_day(query.get("day", ""), today)
    page = min(number_in(query.get("page", "")) or 1, _MOST_PAGES)
    total = service.count_of_day(uow, day)
    people = _people(uow, community, day, page)
    return {
        "today": today,
        "day": day,
        "day_before": day - DAY,
        "total": total,
        "total_before": service.count_of_day(uow, day - DAY),
        "people": people,
        "page": page,
        "has_more": page * _PAGE_ROWS < total,
        "csv": _sheet(people),
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
        for present in service.list_of_day(uow, day, most=_PAGE_ROWS, skip=(page - 1) * _PAGE_ROWS)
    ]


def _sheet(people: Sequence[Mapping[str, object]]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([for_sheet(str(person[column])) for column in _COLUMNS] for person in people)
    return sheet.getvalue()


pages = (
    Page("checkins", "今日打卡", "checkin/checkins.html.j2", _load, aisle=Aisle.TODAY),
    amnesty_page,
)
metrics = (
    Metric(
        "checkins_last_24h",
        "Check-ins sent in the last 24 hours",
        service.count_last_24h,
        title="最近 24 小时打卡",
    ),
)
