"""How a member's stamps leave with her; her coupons leave with the coupons."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="集杯卡",
        purpose="记下你买了几杯，集满送券",
        kept="直到你删除数据",
        tables=("stamps", "stamp_coupons"),
        export=rows_of("stamps", {"card": "card", "cups": "cups", "first_cups": "first_cups"}),
        erase=run_all(
            "DELETE FROM stamps WHERE member_id = :member",
            "DELETE FROM stamp_coupons WHERE member_id = :member",
        ),
        movers=(by_id("stamps"), by_id("stamp_coupons")),
    ),
)
