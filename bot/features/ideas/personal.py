"""How a member's ideas and supports leave with her."""

from bot.kernel.merging import by_id, by_key, earlier
from bot.kernel.privacy import PersonalData, rows_of, run_all

_HERS = "idea_id IN (SELECT id FROM ideas WHERE member_id = :member)"


personal = (
    PersonalData(
        title="建议",
        purpose="记下你提的建议，好答复你；别人看到的建议上没有你的名字",
        kept="直到你撤回或删除数据，那时内容和答复一起删掉，只留下有过多少条",
        tables=("ideas",),
        export=rows_of("ideas", {"number": "id", "words": "words", "state": "state"}),
        erase=run_all(
            f"UPDATE idea_steps SET reply = '' WHERE {_HERS}",
            f"UPDATE idea_rewards SET what = '', why = '' WHERE {_HERS}",
            "UPDATE ideas SET member_id = NULL, words = '', digest = '', flags = '',"
            " due_at = NULL, is_shown = 0, state = CASE WHEN state IN ('new', 'review')"
            " THEN 'withdrawn' ELSE state END WHERE member_id = :member",
        ),
        movers=(by_id("ideas"),),
    ),
    PersonalData(
        title="支持的建议",
        purpose="每人对一条建议只算一次支持",
        kept="直到你取消支持或删除数据",
        tables=("idea_supports",),
        export=rows_of("idea_supports", {"number": "idea_id"}),
        erase=run_all("DELETE FROM idea_supports WHERE member_id = :member"),
        movers=(by_key("idea_supports", ["idea_id"], ["at"], earlier("at")),),
    ),
)
