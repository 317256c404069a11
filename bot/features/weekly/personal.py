"""How what is kept of humans' times with a member leaves with her, and goes to another member."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="真人接待的时间段",
        purpose="核对真人接待你的时候，小助手确实没有插话",
        kept="直到你删除数据",
        tables=("human_spans",),
        export=rows_of("human_spans", {"since": "since", "until": "until_at"}),
        erase=run_all("DELETE FROM human_spans WHERE member_id = :member"),
        movers=(by_id("human_spans"),),
    ),
)
