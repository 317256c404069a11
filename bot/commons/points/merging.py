"""How a member's points go over when she turns out to be another member, and back.

Her entries are pointed at the other account and keep their keys, so that what was booked once
is not booked again, and the books stay right.
"""

from typing import Any

from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_OPEN = Statement(
    "INSERT INTO point_accounts (member_id, balance) VALUES (:member, 0)"
    " ON CONFLICT (member_id) DO NOTHING"
)
# An update that changes nothing holds the row: nobody books on it until this is settled.
_HOLD = Statement(
    "UPDATE point_accounts SET balance = balance WHERE member_id = :member RETURNING id, balance"
)
_ADD = Statement("UPDATE point_accounts SET balance = balance + :points WHERE id = :account")
_CLOSE_EMPTY = Statement(
    "DELETE FROM point_accounts WHERE id = :account AND balance = 0 AND NOT EXISTS"
    " (SELECT 1 FROM point_entries WHERE credit = :account OR debit = :account)"
)
_CLOSE = Statement("DELETE FROM point_accounts WHERE id = :account")
_TAKE_CREDIT = Statement(
    "UPDATE point_entries SET credit = :stays WHERE credit = :goes RETURNING id"
)
_TAKE_DEBIT = Statement("UPDATE point_entries SET debit = :stays WHERE debit = :goes RETURNING id")
_GIVE_CREDIT = Statement(
    "UPDATE point_entries SET credit = :goes WHERE id = :id AND credit = :stays RETURNING points"
)
_GIVE_DEBIT = Statement(
    "UPDATE point_entries SET debit = :goes WHERE id = :id AND debit = :stays RETURNING points"
)


class PointsSpent(Refusal):
    """Points that would have to go back are spent; nothing was written."""

    template = "identity/points_spent.txt.j2"


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    if not (held := uow.run(_HOLD, member=goes)):
        return None
    account, points = held[0]
    was_open = bool(uow.run(_HOLD, member=stays))
    hers, _ = _account(uow, stays)
    credit = [row[0] for row in uow.run(_TAKE_CREDIT, goes=account, stays=hers)]
    debit = [row[0] for row in uow.run(_TAKE_DEBIT, goes=account, stays=hers)]
    uow.run(_ADD, account=hers, points=points)
    uow.run(_CLOSE, account=account)
    return {"credit": credit, "debit": debit, "was_open": was_open}


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    if moved is None:
        return
    hers, balance = _account(uow, stays)
    account, _ = _account(uow, goes)
    points = _given(uow, _GIVE_CREDIT, moved["credit"], goes=account, stays=hers)
    points -= _given(uow, _GIVE_DEBIT, moved["debit"], goes=account, stays=hers)
    if points > balance:
        raise PointsSpent(f"member {stays}", member=stays, missing=points - balance)
    uow.run(_ADD, account=hers, points=-points)
    uow.run(_ADD, account=account, points=points)
    if not moved["was_open"]:
        uow.run(_CLOSE_EMPTY, account=hers)


def _account(uow: UnitOfWork, member: MemberId) -> tuple[int, int]:
    uow.run(_OPEN, member=member)
    number, balance = uow.run(_HOLD, member=member)[0]
    return integer(number), integer(balance)


def _given(uow: UnitOfWork, give: Statement, entries: list[int], *, goes: int, stays: int) -> int:
    return sum(
        integer(points)
        for entry in entries
        for (points,) in uow.run(give, id=entry, goes=goes, stays=stays)
    )


mover = Mover(("point_accounts", "point_entries"), _move, _back)
