"""How what was asked about a member leaves with her."""

from bot.kernel.privacy import PersonalData, rows_of, run_all

_HERS = (
    "(channel, identity) IN (SELECT channel, identity FROM identities WHERE member_id = :member)"
)

personal = (
    PersonalData(
        title="同事账号对照",
        purpose="你在应用和智能机器人里是同一个人",
        kept="直到你删除数据",
        tables=("colleague_names",),
        export=rows_of(
            "colleague_names",
            {"channel": "channel", "identity": "identity", "userid": "userid"},
            where=_HERS,
        ),
        erase=run_all(f"DELETE FROM colleague_names WHERE {_HERS}"),
        named=(("colleague_names", "identity"),),
    ),
)
