"""How calendar files that wait, or were sent, leave with whom they are for."""

from collections.abc import Sequence

from bot.commons import media
from bot.features.salons.calendars import holder
from bot.kernel.ids import MemberId
from bot.kernel.merging import by_key, earlier
from bot.kernel.privacy import PersonalData, Record
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_WAITING = Statement(
    "SELECT s.title, c.channel, c.at FROM salon_calendars c JOIN salons s ON s.id = c.salon_id"
    " WHERE c.member_id = :member ORDER BY c.at"
)
_HERS = Statement("SELECT salon_id FROM salon_signups WHERE member_id = :member")
_FORGET = Statement("DELETE FROM salon_calendars WHERE member_id = :member")


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {"calendar_file_of": title, "asked_on": channel, "at": instant(at).isoformat()}
        for title, channel, at in uow.run(_WAITING, member=member)
    ]


def _erase(uow: UnitOfWork, member: MemberId) -> None:
    for (salon,) in uow.run(_HERS, member=member):
        media.let_go(uow, holder(integer(salon), member))
    uow.run(_FORGET, member=member)


personal = (
    PersonalData(
        title="活动日历",
        purpose="把你要的日历文件发给你",
        kept="发出以后几天，或者到你删除数据",
        tables=("salon_calendars",),
        export=_export,
        erase=_erase,
        movers=(
            by_key(
                "salon_calendars",
                ["salon_id"],
                ["channel", "recipient", "via", "at"],
                earlier("at"),
            ),
        ),
        named=(("salon_calendars", "recipient"),),
    ),
)
