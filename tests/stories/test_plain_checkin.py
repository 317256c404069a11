"""What a check-in costs on its way from the callback to the receipt."""

import re
from dataclasses import replace
from pathlib import Path

from sqlalchemy import event

from bot.app.rooms import FEATURES
from tests.kit.house import HouseUnderTest

PLAIN = [
    "INSERT inbox",  # accepted
    "UPDATE inbox",  # done, with what comes now; else it waits
    "SELECT identities",  # who she is
    "SELECT conversation_owners",  # whether a human has her conversation
    "INSERT checkins",  # the day, once
    "INSERT streaks",  # days in a row
    "INSERT point_entries",  # the points, once
    "UPDATE point_accounts",  # what she has now
    "INSERT outbox",  # the answer
    "INSERT rank_months",  # the board of the month
    "INSERT rank_streaks",  # the board of days in a row
    "UPDATE outbox",  # claimed
    "UPDATE outbox",  # sent
]
"""Each is explained in docs/benchmarks.md ("The trip"): a new one needs a line there, and a reason
that outweighs what it costs everybody every day."""
_HEAD = re.compile(r"(INSERT INTO|UPDATE|SELECT .*?FROM|[A-Z]+) (\w+)")


async def test_a_plain_check_in_runs_these_statements_and_no_other(tmp_path: Path) -> None:
    house = HouseUnderTest(tmp_path, [replace(room, errands=()) for room in FEATURES])
    ran: list[str] = []
    event.listen(house.database.engine, "connect", lambda it, _: it.set_trace_callback(ran.append))
    async with house:
        await house.hears("amei", "打卡")
        house.clock.tick(days=1)
        await house.hears("xiaoyu", "打卡")  # looks which challenges are open, for a while
        ran.clear()
        [answer] = await house.hears("amei", "打卡")

        assert "已连续 2 天" in answer
        assert [_head(sql) for sql in ran if not sql.startswith(("BEGIN", "COMMIT"))] == PLAIN
        assert sum(sql == "COMMIT" for sql in ran) == 4


def _head(sql: str) -> str:
    found = _HEAD.match(sql)
    return sql if found is None else f"{found[1].split()[0]} {found[2]}"
