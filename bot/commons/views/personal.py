"""How a member's views leave with her, and go over to the member she turned out to be."""

from bot.kernel.merging import by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="最近浏览",
        purpose="你找真人时，顾问知道你在看哪几款、还有没有货",
        kept="最近 20 款，直到你删除数据",
        tables=("product_views",),
        export=rows_of("product_views", {"sku": "sku", "at": "at"}),
        erase=run_all("DELETE FROM product_views WHERE member_id = :member"),
        movers=(by_key("product_views", ("sku",), ("at",), later("at")),),
    ),
)
