"""How a member's arrivals and invitations leave with her."""

from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="来路",
        purpose="知道你从哪张海报或哪个链接来，好推荐合适的群",
        kept="直到你删除数据",
        tables=("arrivals",),
        export=rows_of(
            "arrivals",
            {
                "channel": "channel",
                "account": "account",
                "scene": "scene",
                "param": "param",
                "times": "times",
            },
        ),
        erase=run_all("DELETE FROM arrivals WHERE member_id = :member"),
    ),
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
    ),
)
