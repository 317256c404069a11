"""How a member's arrivals and invitations leave with her."""

from bot.kernel.merging import Fields, by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all


def _both(was: Fields, gone: Fields) -> Fields:
    """Return the arrival of one person that was kept as of two."""
    return {
        **was,
        "first_at": min(was["first_at"], gone["first_at"]),
        "last_at": max(was["last_at"], gone["last_at"]),
        "times": was["times"] + gone["times"],
    }


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
        movers=(
            by_key(
                "arrivals",
                ("channel", "account", "scene", "param"),
                ("first_at", "last_at", "times"),
                _both,
            ),
        ),
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
