"""How what was given to make up for something leaves with a member, and moves with her."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="补偿",
        purpose="记下为了什么补偿过你、补偿了什么",
        kept="直到你删除数据",
        tables=("amends",),
        export=rows_of(
            "amends",
            {
                "title": "title",
                "points": "points",
                "worth_fen": "worth_fen",
                "reason": "reason",
                "at": "asked_at",
                "state": "state",
                "why": "why",
            },
        ),
        erase=run_all("DELETE FROM amends WHERE member_id = :member"),
        movers=(by_id("amends"),),
    ),
)
