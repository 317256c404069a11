"""How a member's dialogue leaves with her."""

from bot.kernel.merging import by_key, later
from bot.kernel.privacy import PersonalData, rows_of, run_all

personal = (
    PersonalData(
        title="和小助手的一问一答",
        purpose="知道上一句问到哪里；连着没听懂时换真人",
        kept="半小时后不再使用，一天后删除",
        tables=("answer_dialogues",),
        export=rows_of("answer_dialogues", {"room": "room", "state": "state"}),
        erase=run_all("DELETE FROM answer_dialogues WHERE member_id = :member"),
        movers=(
            by_key(
                "answer_dialogues",
                [],
                ["room", "state", "at", "misses", "missed_at"],
                later("at"),
            ),
        ),
    ),
)
