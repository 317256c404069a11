"""How what a member earned leaves with her; counts of what was given stay."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="奖励",
        purpose="记下你因为什么得到了积分和券",
        kept="直到你删除数据，之后只留下发了多少的数字",
        tables=("reward_earnings",),
        export=rows_of(
            "reward_earnings",
            {name: name for name in ("title", "day", "points", "doubles", "state")},
        ),
        erase=run_all(
            "UPDATE reward_earnings SET member_id = NULL, deed_id = NULL, ledger_key = '',"
            " coupon_key = '' WHERE member_id = :member"
        ),
        movers=(by_id("reward_earnings"),),
    ),
)
