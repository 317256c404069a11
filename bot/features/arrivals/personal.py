"""How a member's invitations into groups leave with her."""

from bot.kernel.merging import by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="进群推荐",
        purpose="同一个群只推荐给你一次",
        kept="直到你删除数据",
        tables=("arrivals_invitations",),
        export=rows_of(
            "arrivals_invitations",
            {"channel": "channel", "group": "group_name", "status": "status", "why": "why"},
        ),
        erase=run_all("DELETE FROM arrivals_invitations WHERE member_id = :member"),
        movers=(
            by_key(
                "arrivals_invitations",
                ("chat_id",),
                ("channel", "account", "identity", "group_name", "status", "why", "at", "error"),
                lambda was, _gone: was,
            ),
        ),
    ),
)
