"""The member's page of days to make up: which, for what, asked before anything happens."""

from collections.abc import Mapping
from datetime import date

from bot.commons import checkins
from bot.commons.checkins import DAY, CheckinSettings
from bot.features.makeups import makeup, replies
from bot.features.makeups.makeup import NoMakeup, Offer
from bot.kernel.feature import MemberPage
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def _load(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, query: Mapping[str, str]
) -> Mapping[str, object]:
    return {
        "offer": _offer(uow, tools, member, query.get("day", "")),
        "days": _days_to_offer(uow, tools, member),
        "tokens": checkins.tokens_of(uow, member),
        "settings": tools.use(CheckinSettings),
    }


def _offer(uow: UnitOfWork, tools: Toolbox, member: MemberId, said: str) -> Offer | None:
    """Return what the day costs that she has picked, to be confirmed; None when she has not."""
    if not said:
        return None
    try:
        wish = replies.wish_of(uow, tools, member, said, uow.clock.now())
        return makeup.offer(uow, wish, tools.use(CheckinSettings))
    except NoMakeup:
        return None


def _days_to_offer(uow: UnitOfWork, tools: Toolbox, member: MemberId) -> list[date]:
    """Return the days that can be made up, the latest first; none where she cannot pay."""
    settings, today = tools.use(CheckinSettings), checkins.today(uow, tools)
    days = [today - number * DAY for number in range(1, settings.makeup_days_back + 1)]
    return [day for day in days if _offer(uow, tools, member, day.isoformat())]


def _make_up(uow: UnitOfWork, tools: Toolbox, member: MemberId, form: Mapping[str, str]) -> Reply:
    return replies.make_up(uow, tools, member, form.get("day", ""), uow.clock.now())


member_pages = (
    MemberPage(
        "mine",
        "makeups/mine.html.j2",
        _load,
        title="补签",
        acts={"make-up": _make_up},
        ask="我的打卡",
        listed=False,
    ),
)
