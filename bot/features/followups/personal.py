"""How tasks leave with the member whom they are about, and move with her."""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all, together

_TABLES = ("followups", "followup_steps")

personal = (
    PersonalData(
        title="回访",
        purpose="记得之后再问问你好不好",
        kept="直到你删除数据",
        tables=_TABLES,
        export=together(
            rows_of(
                "followups",
                {
                    "kind": "kind",
                    "what": "what",
                    "why": "why",
                    "due_at": "due_at",
                    "state": "state",
                    "note": "note",
                    "ended_at": "ended_at",
                },
            ),
            rows_of("followup_steps", {"at": "at", "who": "who", "did": "what", "note": "words"}),
        ),
        erase=run_all(*(f"DELETE FROM {table} WHERE member_id = :member" for table in _TABLES)),
        movers=tuple(by_id(table) for table in _TABLES),
    ),
)
