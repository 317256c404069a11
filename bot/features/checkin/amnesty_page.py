"""The operators' page of amnesties (补发): see how many, confirm with a reason, undo."""

from collections.abc import Mapping
from datetime import date

from bot.features.checkin import amnesty, replies
from bot.features.checkin.amnesty import NoAmnesty, Outage
from bot.features.checkin.rules import DAY
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 20
_WHY_CHARS = 200


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    today, zone = replies.today(uow, tools), tools.use(Community).zone
    asked, refused, count = None, None, 0
    if query.get("first"):
        try:
            asked = _outage(query)
            amnesty.check_days(asked, today)
            count = amnesty.count_affected(uow, asked)
        except NoAmnesty as exc:
            refused = tools.use(Words)(exc.template, **exc.words)
    return {
        "yesterday": today - DAY,
        "asked": asked,
        "refused": refused,
        "count": count,
        "why_chars": _WHY_CHARS,
        "found": [
            {
                "it": each,
                "at": each.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "left": amnesty.days_left(uow, each.id),
            }
            for each in amnesty.latest(uow, most=_MOST)
        ],
    }


def _outage(form: Mapping[str, str]) -> Outage:
    first = _day(form.get("first", ""))
    return Outage(first, _day(form.get("last", "")) if form.get("last") else first)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoAmnesty("unclear") from None


def _grant(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    why = form.get("why", "")[:_WHY_CHARS]
    given = amnesty.grant(uow, _outage(form), replies.today(uow, tools), who=who, why=why)
    return tools.use(Words)("checkin/amnesty_said.txt.j2", it=given)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number, why = number_in(form.get("amnesty", "")) or 0, form.get("why", "")[:_WHY_CHARS]
    undone = amnesty.undo(uow, number, who=who, why=why)
    return tools.use(Words)("checkin/amnesty_said.txt.j2", it=undone)


page = Page(
    "amnesties",
    "补发打卡",
    "checkin/amnesties.html.j2",
    _load,
    {"grant": _grant, "undo": _undo},
    aisle=Aisle.PLAY,
    place=9,
)
