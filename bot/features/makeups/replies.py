"""Making a day up and the words that answer it, the same by chat and on the page."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import checkins, members, points
from bot.commons.checkins import DAY, CheckinSettings
from bot.features.makeups import makeup
from bot.features.makeups.makeup import NoMakeup, Wish
from bot.features.makeups.said import day_said
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.work import Toolbox, UnitOfWork


def ask(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime
) -> Mapping[str, object]:
    """Return what making a day up costs, for the words that ask her.

    Raises:
        NoMakeup: it can't be made up.
    """
    wish = wish_of(uow, tools, member, words, at)
    return {"offer": makeup.offer(uow, wish, tools.use(CheckinSettings)), "day": wish.day}


def make_up(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime) -> Reply:
    """Make a day up.

    Raises:
        NoMakeup: it can't be made up.
    """
    wish = wish_of(uow, tools, member, words, at)
    paid, checked = makeup.make_up(uow, wish, at, tools.use(CheckinSettings))
    streak = checkins.streak_of(uow, member)
    return Reply(
        "makeups/done.txt.j2",
        {
            "paid": paid,
            "checked": checked,
            "days": streak.days_on(wish.today) if streak else 0,
            "balance": points.balance(uow, member),
        },
    )


def wish_of(uow: UnitOfWork, tools: Toolbox, member: MemberId, words: str, at: datetime) -> Wish:
    """Return which day somebody means; yesterday where she names none.

    Raises:
        NoMakeup: nobody knows what day that is, or none can be made up.
    """
    if not tools.use(CheckinSettings).can_make_up:
        raise NoMakeup("off")
    now = checkins.day_at(tools, at)
    day = day_said(words, now) if words else now - DAY
    if day is None:
        raise NoMakeup("unclear")
    joined = members.joined_at(uow, member) or at
    return Wish(member, day, now, checkins.day_at(tools, joined))
