"""How a member's days came: said, made up, or given by an operator."""

from collections.abc import Mapping
from datetime import date

from bot.kernel.events import CheckinWay
from bot.kernel.ids import MemberId
from bot.kernel.ports import CheckinDay
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

_WAYS = Statement(
    "SELECT c.day, c.at, m.at, a.key FROM checkins c"
    " LEFT JOIN makeups m ON m.member_id = c.member_id AND m.day = c.day"
    " LEFT JOIN amnesty_days a ON a.member_id = c.member_id AND a.day = c.day"
    " WHERE c.member_id = :member AND c.day BETWEEN :first AND :last"
)


def days_of(
    uow: UnitOfWork, member: MemberId, first: date, last: date
) -> Mapping[date, CheckinDay]:
    """Return a member's days from `first` to `last`; implements the kernel's `CheckinDays`."""
    rows = uow.run(_WAYS, member=member, first=first.isoformat(), last=last.isoformat())
    return {
        date.fromisoformat(str(day)): CheckinDay(
            instant(at), _way(made_up=bool(made), given=bool(given))
        )
        for day, at, made, given in rows
    }


def _way(*, made_up: bool, given: bool) -> CheckinWay:
    if made_up:
        return CheckinWay.MADE_UP
    return CheckinWay.AMNESTY if given else CheckinWay.SAID
