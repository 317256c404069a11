"""How a member's conversations in this room leave with her. Servicers are staff, not members."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="人工接待",
        purpose="记下你的对话现在由谁接待，真人在时小助手不插话",
        kept="直到你删除数据",
        tables=("handoff_sessions",),
        export=rows_of(
            "handoff_sessions",
            {"channel": "channel", "account": "account", "state": "state", "human": "human"},
        ),
        erase=run_all("DELETE FROM handoff_sessions WHERE member_id = :member"),
        movers=(by_id("handoff_sessions"),),
    ),
)
