"""How a member's ratings leave with her."""

from bot.kernel.merging import by_key
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="对回答的评价",
        purpose="改进机器人的回答",
        kept="直到你删除数据",
        tables=("answer_ratings",),
        export=rows_of(
            "answer_ratings",
            {
                "channel": "channel",
                "answer": "answer",
                "verdict": "verdict",
                "reasons": "reasons",
                "words": "words",
            },
        ),
        erase=run_all("DELETE FROM answer_ratings WHERE member_id = :member"),
        movers=(
            by_key(
                "answer_ratings",
                ("channel", "answer"),
                ("verdict", "reasons", "words", "at"),
                lambda was, gone: max(was, gone, key=lambda one: one["at"]),
            ),
        ),
    ),
)
