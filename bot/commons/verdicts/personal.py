"""How what people have said about a member's words leaves with her, and goes to another member."""

from bot.kernel.merging import by_id, by_key, earlier
from bot.kernel.privacy import PersonalData, rows_of, run_all, together

_LESSON = {"at": "at", "learned": "turns", "needs_a_human": "escalate", "who": "who"}

personal = (
    PersonalData(
        title="待复核的话",
        purpose="小助手拿不准的话请人看一眼，看要不要真人；结论用来让它下次判断得更准",
        kept="直到你删除数据",
        tables=("detector_doubts", "detector_lessons"),
        export=together(
            rows_of(
                "detector_doubts",
                {"at": "at", "words": "words", "verdict": "verdict", "who": "who"},
            ),
            rows_of("detector_lessons", _LESSON),
        ),
        erase=run_all(
            "DELETE FROM detector_lessons WHERE member_id = :member",
            "DELETE FROM detector_doubts WHERE member_id = :member",
        ),
        movers=(by_id("detector_doubts"), by_id("detector_lessons")),
    ),
    PersonalData(
        title="对话抽查",
        purpose="每周随机抽 50 个没找真人的对话请人看，看有没有漏掉；发“不参加抽查”就不抽你",
        kept="直到你删除数据",
        tables=("sample_chats", "sample_refusals"),
        export=together(
            rows_of("sample_chats", {"week": "week", "verdict": "verdict", "who": "who"}),
            rows_of("sample_refusals", {"not_sampled_since": "since"}),
        ),
        erase=run_all(
            "DELETE FROM sample_chats WHERE member_id = :member",
            "DELETE FROM sample_refusals WHERE member_id = :member",
        ),
        movers=(
            by_key(
                "sample_chats",
                ["week"],
                ["place", "verdict", "who", "decided_at"],
                lambda hers, gone: max(hers, gone, key=lambda row: row["verdict"] != ""),
            ),
            by_key("sample_refusals", [], ["since"], earlier("since")),
        ),
    ),
)
