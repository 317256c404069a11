"""How referrals leave with either side, and go over when two members are one."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.features.referral.reads import referrer_of
from bot.features.referral.rules import State, Why, leads_back
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover, by_id, by_key, earlier
from bot.kernel.privacy import PersonalData, Record, run_all
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_MINE = Statement(
    "SELECT CASE WHEN friend_id = :member THEN 'friend' ELSE 'referrer' END, state, at"
    " FROM referrals WHERE friend_id = :member OR referrer_id = :member ORDER BY id"
)
_CODES = Statement("SELECT code, at FROM referral_codes WHERE member_id = :member ORDER BY at")
_TIERS = Statement("SELECT count, at FROM referral_tiers WHERE member_id = :member ORDER BY count")
_REFUSALS = Statement("SELECT why, at FROM referral_refusals WHERE friend_id = :member ORDER BY id")

_FIELDS = ("friend_id", "referrer_id", "state", "why", "due_at")
_TOUCHED = Statement(
    f"SELECT id, {', '.join(_FIELDS)} FROM referrals WHERE friend_id IN (:goes, :stays)"
    " OR referrer_id IN (:goes, :stays) ORDER BY id"
)
_ROW = Statement(f"SELECT id, {', '.join(_FIELDS)} FROM referrals WHERE id = :id")
_SET = Statement(
    "UPDATE referrals SET friend_id = :friend_id, referrer_id = :referrer_id, state = :state,"
    " why = :why, due_at = :due_at WHERE id = :id"
)
_OPEN = frozenset({State.WAITING.value, State.EARNED.value})
_ORDER = (State.GRANTED, State.VOID, State.REVOKED, State.EARNED, State.REFUSED, State.WAITING)


def _export(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    """Return what concerns her; who the other one is, is the other's."""
    return [
        *({"code": code, "at": _iso(at)} for code, at in uow.run(_CODES, member=member)),
        *(
            {"as": side, "state": state, "at": _iso(at)}
            for side, state, at in uow.run(_MINE, member=member)
        ),
        *({"tier": count, "at": _iso(at)} for count, at in uow.run(_TIERS, member=member)),
        *({"refused": why, "at": _iso(at)} for why, at in uow.run(_REFUSALS, member=member)),
    ]


def _iso(at: object) -> str:
    return instant(at).isoformat()


def _rows(rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
    return {integer(number): dict(zip(_FIELDS, rest, strict=True)) for number, *rest in rows}


def _move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
    """One friend has one referrer; whoever turns out to have brought herself has brought nobody."""
    before = _rows(uow.run(_TOUCHED, goes=goes, stays=stays))
    after = {number: dict(row) for number, row in before.items()}
    _keep_one(after, goes, stays)
    for row in after.values():
        for side in ("friend_id", "referrer_id"):
            row[side] = stays if row[side] == goes else row[side]
        if row["friend_id"] is not None and row["friend_id"] == row["referrer_id"]:
            _unmake(uow, row, Why.SELF)
    for number in sorted(after, key=lambda each: after[each]["friend_id"] is not None):
        uow.run(_SET, id=number, **after[number])  # who gives a friend away goes first
    for number, row in after.items():
        above = row["referrer_id"]
        if row["friend_id"] != stays or above is None or row["state"] not in _OPEN:
            continue
        if leads_back(stays, above, lambda member: referrer_of(uow, member)):
            _unmake(uow, row, Why.LOOP)
            uow.run(_SET, id=number, **row)
    return [[number, before[number], after[number]] for number in before]


def _keep_one(rows: Mapping[int, dict[str, Any]], goes: MemberId, stays: MemberId) -> None:
    """Of two referrals of one friend the one that has come further stays hers."""
    both = [row for row in rows.values() if row["friend_id"] in {goes, stays}]
    for row in sorted(both, key=lambda row: _ORDER.index(State(row["state"])))[1:]:
        row["friend_id"] = None
        if row["state"] in _OPEN:
            row |= {"state": State.REFUSED.value, "why": Why.MERGED.value, "due_at": None}


def _unmake(uow: UnitOfWork, row: dict[str, Any], why: Why) -> None:
    if row["state"] == State.GRANTED:
        row |= {"state": State.VOID.value, "why": why.value, "due_at": micros(uow.clock.now())}
    elif row["state"] != State.VOID:
        row |= {"state": State.REFUSED.value, "why": why.value, "due_at": None}


def _back(uow: UnitOfWork, _goes: MemberId, _stays: MemberId, moved: Any) -> None:
    """What happened to a referral in between stays."""
    unchanged = [
        (number, was)
        for number, was, now in moved
        if _rows(uow.run(_ROW, id=number)).get(number) == now
    ]
    for number, was in unchanged:
        uow.run(_SET, id=number, **(was | {"friend_id": None, "referrer_id": None}))
    for number, was in unchanged:
        uow.run(_SET, id=number, **was)


def _both(*movers: Mover) -> Mover:
    """Return what moves one table by several columns."""

    def move(uow: UnitOfWork, goes: MemberId, stays: MemberId) -> object:
        return [mover.move(uow, goes, stays) for mover in movers]

    def back(uow: UnitOfWork, goes: MemberId, stays: MemberId, moved: Any) -> None:
        for mover, each in zip(movers, moved, strict=True):
            mover.back(uow, goes, stays, each)

    return Mover(movers[0].tables, move, back)


personal = (
    PersonalData(
        title="邀请",
        purpose="记下谁介绍你来、你介绍了谁，朋友下单后把券给到两边",
        kept="直到你删除数据，之后只留下数字",
        tables=("referrals", "referral_codes", "referral_refusals", "referral_tiers"),
        export=_export,
        erase=run_all(
            "DELETE FROM referrals WHERE friend_id = :member AND state = 'waiting'",
            "UPDATE referrals SET friend_id = NULL WHERE friend_id = :member",
            "UPDATE referrals SET referrer_id = NULL WHERE referrer_id = :member",
            "DELETE FROM referral_refusals WHERE friend_id = :member",
            "UPDATE referral_refusals SET referrer_id = NULL WHERE referrer_id = :member",
            "DELETE FROM referral_codes WHERE member_id = :member",
            "DELETE FROM referral_tiers WHERE member_id = :member",
        ),
        movers=(
            Mover(("referrals",), _move, _back),
            by_id("referral_codes", key="code"),
            _both(
                by_id("referral_refusals", column="friend_id"),
                by_id("referral_refusals", column="referrer_id"),
            ),
            by_key("referral_tiers", ["count"], ["coupon_key", "at"], earlier("at")),
        ),
    ),
)
