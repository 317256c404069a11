"""How a member's points go over when she turns out to be another member, and back.

Her entries are pointed at the other account and keep their keys, so that what was booked once
is not booked again, and the books stay right. Lots go with their entries; when both are parted
again, each one's lots are settled to hold what she has. Holds go first: they are locked first.
"""

from typing import Any

from bot.commons.points import lots
from bot.commons.points.service import DEBT, Transfer, book
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_OPEN = Statement(
    "INSERT INTO point_accounts (member_id, balance) VALUES (:member, 0)"
    " ON CONFLICT (member_id) DO NOTHING"
)
# An update that changes nothing holds the row: nobody books on it until this is settled.
_HOLD = Statement(
    "UPDATE point_accounts SET balance = balance WHERE member_id = :member"
    " RETURNING id, balance, held, debt"
)
_ADD = Statement(
    "UPDATE point_accounts SET balance = balance + :points, held = held + :held,"
    " debt = debt + :debt WHERE id = :account"
)
# In one statement: what is held is never more than the balance, nor in between.
_SET = Statement(
    "UPDATE point_accounts SET balance = :balance, debt = :debt, held ="
    " (SELECT COALESCE(SUM(points), 0) FROM point_holds WHERE member_id = :member"
    " AND state = 'held') WHERE id = :account"
)
_HELD = Statement(
    "SELECT COALESCE(SUM(points), 0) FROM point_holds WHERE member_id = :member AND state = 'held'"
)
_OWES = Statement(
    "SELECT COALESCE((SELECT SUM(points) FROM point_entries WHERE credit = :account"
    " AND debit = (SELECT id FROM point_accounts WHERE house = :house)), 0)"
    " - COALESCE((SELECT SUM(points) FROM point_entries WHERE debit = :account"
    " AND credit = (SELECT id FROM point_accounts WHERE house = :house)), 0)"
)
_LAST_PAID = Statement("SELECT MAX(id) FROM point_entries WHERE debit = :account")
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
    holds = _holds.move(uow, goes, stays)
    if not (found := uow.run(_HOLD, member=goes)):
        return None
    account, points, held, debt = found[0]
    was_open = bool(uow.run(_HOLD, member=stays))
    hers, _ = _account(uow, stays)
    credit = [row[0] for row in uow.run(_TAKE_CREDIT, goes=account, stays=hers)]
    debit = [row[0] for row in uow.run(_TAKE_DEBIT, goes=account, stays=hers)]
    uow.run(_ADD, account=hers, points=points, held=held, debt=debt)
    uow.run(_CLOSE, account=account)
    return {"credit": credit, "debit": debit, "was_open": was_open, "holds": holds}


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    if moved is None:
        return
    _holds.back(uow, goes, stays, moved.get("holds", ()))
    hers, balance = _account(uow, stays)
    account, other = _account(uow, goes)
    points = _given(uow, _GIVE_CREDIT, moved["credit"], goes=account, stays=hers)
    points -= _given(uow, _GIVE_DEBIT, moved["debit"], goes=account, stays=hers)
    for member, has in ((stays, balance - points), (goes, other + points)):
        if (missing := integer(uow.run(_HELD, member=member)[0][0]) - has) > 0:
            raise PointsSpent(f"member {member}", member=member, missing=missing)
    _part(uow, stays, hers, balance - points)
    _part(uow, goes, account, other + points)
    if not moved["was_open"]:
        uow.run(_CLOSE_EMPTY, account=hers)


def _part(uow: UnitOfWork, member: MemberId, account: int, balance: int) -> None:
    """Let an account keep what is its own again; what it paid of the other's debt it gets back."""
    owes = integer(uow.run(_OWES, account=account, house=DEBT)[0][0])
    uow.run(_SET, account=account, member=member, balance=balance, debt=max(owes, 0))
    lots.settle(uow, account, balance)
    if owes < 0:
        last = uow.run(_LAST_PAID, account=account)[0][0]
        back = Transfer(member, DEBT, -owes, to_member=True)
        book(uow, back, reason=DEBT, key=f"debt:returned:{last}", made_by="")


def _account(uow: UnitOfWork, member: MemberId) -> tuple[int, int]:
    uow.run(_OPEN, member=member)
    number, balance, _, _ = uow.run(_HOLD, member=member)[0]
    return integer(number), integer(balance)


def _given(uow: UnitOfWork, give: Statement, entries: list[int], *, goes: int, stays: int) -> int:
    return sum(
        integer(points)
        for entry in entries
        for (points,) in uow.run(give, id=entry, goes=goes, stays=stays)
    )


_holds = by_id("point_holds")
mover = Mover(("point_accounts", "point_entries", "point_holds"), _move, _back)
