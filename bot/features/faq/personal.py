"""How a member's questions leave with her."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="你问过的问题",
        purpose="看哪些问题没答好，补上答案",
        kept="90 天（店里可以改成 30 到 400 天），或者到你删除数据",
        tables=("faq_questions",),
        export=rows_of(
            "faq_questions",
            {"said": "said", "outcome": "outcome", "answered_by": "path", "helpful": "helpful"},
        ),
        erase=run_all("DELETE FROM faq_questions WHERE member_id = :member"),
        movers=(by_id("faq_questions"),),
    ),
)
