"""The operators' page of amnesties (补发): see how many, confirm with a reason, undo."""

from collections.abc import Mapping
from datetime import date

from bot.commons import checkins
from bot.commons.checkins import DAY
from bot.features.makeups import amnesty
from bot.features.makeups.amnesty import NoAmnesty, Outage
from bot.kernel.community import Community
from bot.kernel.console import Aisle, Page, number_in
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork

_MOST = 20
_WHY_CHARS = 200


def _load(uow: UnitOfWork, tools: Toolbox, query: Mapping[str, str]) -> Mapping[str, object]:
    today, zone = checkins.today(uow, tools), tools.use(Community).zone
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
    given = amnesty.grant(uow, _outage(form), checkins.today(uow, tools), who=who, why=why)
    return tools.use(Words)("makeups/amnesty_said.txt.j2", it=given)


def _undo(uow: UnitOfWork, tools: Toolbox, form: Mapping[str, str], who: str) -> str:
    number, why = number_in(form.get("amnesty", "")) or 0, form.get("why", "")[:_WHY_CHARS]
    undone = amnesty.undo(uow, number, who=who, why=why)
    return tools.use(Words)("makeups/amnesty_said.txt.j2", it=undone)


pages = (
    Page(
        "amnesties",
        "补发打卡",
        "makeups/amnesties.html.j2",
        _load,
        {"grant": _grant, "undo": _undo},
        aisle=Aisle.PLAY,
        place=9,
    ),
)
metrics = (
    Metric(
        "amnesties_under_way",
        "Amnesties that are being given or taken back",
        amnesty.count_under_way,
        "正在补发或收回",
    ),
)
