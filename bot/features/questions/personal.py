"""How a member's questions leave with her."""

from bot.kernel.merging import by_id, by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="提问",
        purpose="请专家回答你；公开的问答上默认没有你的名字",
        kept="直到你撤回或删除数据，公开的也一起删掉；没确认的草稿一天",
        tables=("questions", "question_drafts"),
        export=lambda uow, member: [
            *rows_of(
                "questions",
                {"number": "id", "words": "words", "answer": "answer", "state": "state"},
            )(uow, member),
            *rows_of("question_drafts", {"draft": "words"})(uow, member),
        ],
        erase=run_all(
            "DELETE FROM questions WHERE member_id = :member",
            "DELETE FROM question_drafts WHERE member_id = :member",
        ),
        movers=(by_id("questions"), by_key("question_drafts", [], ["words", "at"], later("at"))),
    ),
)
