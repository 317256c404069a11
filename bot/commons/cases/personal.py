"""How a member's cases leave with her, and go over to the member she turned out to be."""

import json
from collections.abc import Sequence
from typing import Any

from bot.commons.cases.rules import Kind, State, graver
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id
from bot.kernel.privacy import PersonalData, rows_of, run_all, together
from bot.kernel.work import Statement, UnitOfWork

_OPEN = Statement(
    "SELECT id, state, code, kind, severity, reasons FROM cases"
    " WHERE member_id = :who AND state <> 'closed'"
)
_END = Statement(
    "UPDATE cases SET state = 'closed', code = 'merged', closed_at = since WHERE id = :id"
)
_GROW = Statement(
    "UPDATE cases SET kind = :kind, severity = :severity, reasons = :reasons"
    " WHERE id = :id AND kind = :before AND severity = :severity_before"
)
_TAKE = Statement("UPDATE cases SET member_id = :stays WHERE member_id = :goes RETURNING id")
_GIVE = Statement("UPDATE cases SET member_id = :goes WHERE id = :id AND member_id = :stays")
_OPEN_AGAIN = Statement(
    "UPDATE cases SET state = :state, code = :code, closed_at = NULL"
    " WHERE id = :id AND code = 'merged'"
)


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """Move all cases; of two that are open the one that needs a human more goes on.

    The other one is in it: it is as grave as the graver of the two.
    """
    both = [list(row) for who in (stays, goes) for row in uow.run(_OPEN, who=who)]
    changed: Sequence[object] = ()
    if len(both) > 1:
        stay = max(both, key=_need)  # of equal ones hers who stays
        [end] = [one for one in both if one is not stay]
        uow.run(_END, id=end[0])
        grown = _grow(uow, stay, end) if _is_with_humans(end) else stay[3:]
        changed = [stay, end, grown]
    moved = [row[0] for row in uow.run(_TAKE, goes=goes, stays=stays)]
    return [moved, changed]


def _is_with_humans(case: Sequence[Any]) -> bool:
    return State(case[1]).is_with_humans


def _need(case: Sequence[Any]) -> tuple[bool, int, int]:
    return _is_with_humans(case), Kind(case[3]).rank, case[4]


def _grow(uow: UnitOfWork, stay: Sequence[Any], end: Sequence[Any]) -> Sequence[object]:
    kind, severity = graver(Kind(stay[3]), Kind(end[3])), max(stay[4], end[4])
    reasons = [*dict.fromkeys([*json.loads(stay[5]), *json.loads(end[5])])]
    grown = [kind.value, severity, json.dumps(reasons, ensure_ascii=False)]
    _change(uow, stay[0], stay[3:5], grown)
    return grown


def _change(uow: UnitOfWork, number: int, before: Sequence[Any], now: Sequence[Any]) -> None:
    """Change how grave a case is, unless something else did meanwhile."""
    found = {"before": before[0], "severity_before": before[1]}
    uow.run(_GROW, id=number, kind=now[0], severity=now[1], reasons=now[2], **found)


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    """Give cases back, and let each have her open one again, if none was opened since."""
    numbers, changed = moved
    for number in numbers:
        uow.run(_GIVE, id=number, goes=goes, stays=stays)
    if not changed:
        return
    stay, end, grown = changed
    if not uow.run(_OPEN, who=goes if end[0] in numbers else stays):
        uow.run(_OPEN_AGAIN, id=end[0], state=end[1], code=end[2])
    _change(uow, stay[0], grown, stay[3:])


personal = (
    PersonalData(
        title="人工跟进",
        purpose="你需要真人时不漏掉：为什么找真人、谁在跟进、答应过你什么",
        kept="直到你删除数据",
        tables=("cases", "case_evidence", "case_steps", "case_promises"),
        export=together(
            rows_of(
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
            rows_of("case_evidence", {"at": "at", "words": "words", "taken_for": "label"}),
            rows_of("case_steps", {"at": "at", "who": "who", "what": "what", "note": "words"}),
            rows_of("case_promises", {"at": "at", "promised": "what", "until": "due_at"}),
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
