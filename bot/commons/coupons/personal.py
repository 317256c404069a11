"""How a member's coupons leave with her; what they took off stays as a number."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="优惠券",
        purpose="记下你有哪些券、用在了哪里",
        kept="直到你删除数据",
        tables=("coupons",),
        export=rows_of(
            "coupons",
            {
                "code": "code",
                "title": "title",
                "face_fen": "face_fen",
                "percent_off": "percent_off",
                "minimum_fen": "minimum_fen",
                "state": "state",
                "order_ref": "order_ref",
                "store": "store",
                "off_fen": "off_fen",
            },
        ),
        erase=run_all("DELETE FROM coupons WHERE member_id = :member"),
        movers=(by_id("coupons"),),
    ),
)
