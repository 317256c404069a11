"""How the clocks of a member's cases leave with her, and move to the member she turned out to be.

They hang on the case, which moves whole: so nothing of two members ever meets.
"""

from bot.kernel.merging import by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all

_TABLES = ("case_clocks", "case_ladder", "case_asked")

personal = (
    PersonalData(
        title="人工跟进的时限",
        purpose="真人按时回复你：什么时候该回、超时提醒过谁",
        kept="直到你删除数据",
        tables=_TABLES,
        export=rows_of(
            "case_clocks",
            {
                "case": "case_id",
                "timer": "timer",
                "started_at": "started_at",
                "due_at": "due_at",
                "stopped_at": "stopped_at",
            },
        ),
        erase=run_all(*(f"DELETE FROM {table} WHERE member_id = :member" for table in _TABLES)),
        movers=tuple(by_id(table) for table in _TABLES),
    ),
)
