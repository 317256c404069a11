"""How a member's cases leave with her, and go over to the member she turned out to be."""

from collections.abc import Sequence
from typing import Any

from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork

_OPEN = Statement("SELECT id, state, code FROM cases WHERE member_id = :who AND state <> 'closed'")
_END = Statement(
    "UPDATE cases SET state = 'closed', code = 'merged', closed_at = since WHERE id = :id"
)
_TAKE = Statement("UPDATE cases SET member_id = :stays WHERE member_id = :goes RETURNING id")
_GIVE = Statement("UPDATE cases SET member_id = :goes WHERE id = :id AND member_id = :stays")
_OPEN_AGAIN = Statement(
    "UPDATE cases SET state = :state, code = :code, closed_at = NULL"
    " WHERE id = :id AND code = 'merged'"
)


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Move all cases; of two that are open hers who stays goes on, the other one is in it."""
    ended: Sequence[Sequence[object]] = ()
    if uow.run(_OPEN, who=stays):
        ended = [list(row) for row in uow.run(_OPEN, who=goes)]
        for number, _state, _code in ended:
            uow.run(_END, id=number)
    moved = [row[0] for row in uow.run(_TAKE, goes=goes, stays=stays)]
    return [moved, ended]


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    numbers, ended = moved
    open_now = {row[0] for row in uow.run(_OPEN, who=stays)}
    for number in numbers:
        uow.run(_GIVE, id=number, goes=goes, stays=stays)
    if open_now & {*numbers}:
        return  # what was opened since is hers already
    for number, state, code in ended:
        uow.run(_OPEN_AGAIN, id=number, state=state, code=code)


personal = (
    PersonalData(
        title="人工跟进",
        purpose="你需要真人时不漏掉：为什么找真人、谁在跟进、答应过你什么",
        kept="直到你删除数据",
        tables=("cases", "case_evidence", "case_steps", "case_promises"),
        export=rows_of(
            "cases",
            {
                "kind": "kind",
                "state": "state",
                "reasons": "reasons",
                "advisor": "advisor",
                "opened_at": "opened_at",
                "ended_at": "ended_at",
                "code": "code",
            },
        ),
        erase=run_all(
            *(
                f"DELETE FROM {table} WHERE member_id = :member"
                for table in ("case_promises", "case_steps", "case_evidence", "cases")
            )
        ),
        movers=(
            Mover(("cases",), _move, _back),
            by_id("case_evidence"),
            by_id("case_steps"),
            by_id("case_promises"),
        ),
    ),
)
