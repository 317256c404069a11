"""How a member's points go over when she turns out to be another member, and back.

Her entries are pointed at the other account and keep their keys, so that what was booked once
is not booked again, and the books stay right. Lots go with their entries; when both are parted
again, each one's lots are settled to hold what she has. What expired meanwhile is lost by her
whose lots had to expire. Holds go first: they are locked first.
"""

from typing import Any

from bot.commons.points import lots
from bot.commons.points.expiring import EXPIRED
from bot.commons.points.service import DEBT, Transfer, book
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

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
_NEWEST = Statement("SELECT COALESCE(MAX(id), 0) FROM point_entries")
_EXPIRED_SINCE = Statement(
    "SELECT COALESCE(SUM(points), 0) FROM point_entries WHERE debit = :account AND id > :since"
    " AND credit = (SELECT id FROM point_accounts WHERE house = :house)"
)
# No lots: they are settled after it. The newest entry is younger than any that this could repeat.
_ENTER = (
    "INSERT INTO point_entries (key, debit, credit, points, reason, made_by, at, rest, expires_at)"
    " SELECT 'expired:' || CAST(a.id AS VARCHAR(20)) || ':'"
    " || CAST((SELECT MAX(id) FROM point_entries) AS VARCHAR(20)),"
    " {debit}, {credit}, :points, h.house, '', :now, 0, :never"
    " FROM point_accounts a, point_accounts h WHERE a.id = :account AND h.house = :house"
)
_LOSE = Statement(_ENTER.format(debit="a.id", credit="h.id"))
_REGAIN = Statement(_ENTER.format(debit="h.id", credit="a.id"))
_CLOSE_EMPTY = Statement(
    "DELETE FROM point_accounts WHERE id = :account AND balance = 0 AND NOT EXISTS"
    " (SELECT 1 FROM point_entries WHERE credit = :account OR debit = :account)"
)
_CLOSE = Statement("DELETE FROM point_accounts WHERE id = :account")
_TAKE_CREDIT = Statement(
    "UPDATE point_entries SET credit = :stays WHERE credit = :goes RETURNING id, rest, expires_at"
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
    since = uow.run(_NEWEST)[0][0]
    taken = uow.run(_TAKE_CREDIT, goes=account, stays=hers)
    debit = [row[0] for row in uow.run(_TAKE_DEBIT, goes=account, stays=hers)]
    uow.run(_ADD, account=hers, points=points, held=held, debt=debt)
    uow.run(_CLOSE, account=account)
    return {
        "credit": [entry for entry, _, _ in taken],
        "debit": debit,
        "lots": [(rest, expires) for _, rest, expires in taken if rest],
        "since": since,
        "was_open": was_open,
        "holds": holds,
    }


def _back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
    if moved is None:
        return
    _holds.back(uow, goes, stays, moved.get("holds", ()))
    hers, balance = _account(uow, stays)
    account, other = _account(uow, goes)
    points = _given(uow, _GIVE_CREDIT, moved["credit"], goes=account, stays=hers)
    points -= _given(uow, _GIVE_DEBIT, moved["debit"], goes=account, stays=hers)
    expired = _expired(uow, hers, moved)
    points -= expired
    for member, has in ((stays, balance - points), (goes, other + points)):
        if (missing := integer(uow.run(_HELD, member=member)[0][0]) - has) > 0:
            raise PointsSpent(f"member {member}", member=member, missing=missing)
    if expired:
        same = {"points": expired, "house": EXPIRED, "never": lots.NEVER_MICROS}
        for statement, whose in ((_REGAIN, hers), (_LOSE, account)):
            uow.run(statement, account=whose, now=micros(uow.clock.now()), **same)
    _part(uow, stays, hers, balance - points)
    _part(uow, goes, account, other + points)
    if not moved["was_open"]:
        uow.run(_CLOSE_EMPTY, account=hers)


def _expired(uow: UnitOfWork, account: int, moved: Any) -> int:
    """Return how much of what went over has expired there; what was spent before has not."""
    now = micros(uow.clock.now())
    due = sum(integer(rest) for rest, expires in moved["lots"] if integer(expires) <= now)
    values = {"account": account, "since": moved["since"], "house": EXPIRED}
    return min(due, integer(uow.run(_EXPIRED_SINCE, **values)[0][0]))


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
