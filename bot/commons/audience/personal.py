"""How it is forgotten in which groups a member has spoken."""

from bot.kernel.merging import by_key, earlier
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="在群里说过话",
        purpose="知道你在哪个群里，群里的活动才会算上你",
        kept="直到你删除数据",
        tables=("group_speakers",),
        export=rows_of("group_speakers", {"channel": "channel", "group": "chat"}),
        erase=run_all("DELETE FROM group_speakers WHERE member_id = :member"),
        movers=(by_key("group_speakers", ["channel", "chat"], ["at"], earlier("at")),),
    ),
)
