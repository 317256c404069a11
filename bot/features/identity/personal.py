"""How what this room keeps about a member leaves with her."""

from bot.kernel.merging import dropped
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="绑定中的码",
        purpose="让你把几个渠道里的自己合成一个",
        kept="用过或过期后几个小时内删除",
        tables=("bindings", "binding_tries"),
        export=rows_of(
            "bindings",
            {"channel": "channel", "identity": "identity", "other_channel": "other_channel"},
            where="member_id = :member",
        ),
        erase=run_all(
            "DELETE FROM bindings WHERE member_id = :member OR other_id = :member",
            "DELETE FROM binding_tries WHERE member_id = :member",
        ),
        movers=(
            dropped("bindings", "member_id", "other_id"),
            dropped("binding_tries", "member_id"),
        ),
    ),
)
