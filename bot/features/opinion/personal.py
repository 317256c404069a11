"""How a member's second opinions leave with her."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="第二意见",
        purpose="拿不准要不要请真人时，去掉姓名、电话、地址等以后问过外面的模型，它怎么看",
        kept="问完就清空内容，结果留 30 天",
        tables=("opinions",),
        export=rows_of(
            "opinions",
            {
                "said_at": "said_at",
                "channel": "channel",
                "words": "words",
                "shown": "turns",
                "state": "state",
                "score_milli": "score_milli",
                "label": "verdict_label",
                "severity": "verdict_severity",
                "opinion_milli": "verdict_milli",
                "reason": "verdict_reason",
                "became": "became",
            },
        ),
        erase=run_all("DELETE FROM opinions WHERE member_id = :member"),
        movers=(by_id("opinions"),),
        named=(("opinions", "identity"),),
        quiet=True,
    ),
)
