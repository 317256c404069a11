"""How a member's stamps leave with her; her coupons leave with the coupons."""

from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import UnitOfWork

_STAMPS = rows_of("stamps", {"card": "card", "cups": "cups", "first_cups": "first_cups"})
_FULL = rows_of("stamp_coupons", {"card": "card", "used_cups": "cups", "coupon": "state"})


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [*_STAMPS(uow, member), *_FULL(uow, member)]


personal = (
    PersonalData(
        title="集杯卡",
        purpose="记下你买了几杯，集满送券",
        kept="直到你删除数据",
        tables=("stamps", "stamp_coupons"),
        export=_export,
        erase=run_all(
            "DELETE FROM stamps WHERE member_id = :member",
            "DELETE FROM stamp_coupons WHERE member_id = :member",
        ),
        movers=(by_id("stamps"), by_id("stamp_coupons")),
    ),
)
