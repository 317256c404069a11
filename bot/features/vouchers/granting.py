"""Coupons that an operator issues: to one, or to an audience in small bites; and takes back.

A coupon is one for its kind, member and period, whoever issues it and however often.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.commons import audience, audit, coupons, members, outreach
from bot.commons.coupons import Coupon, Kind
from bot.commons.outreach import Letter, Purpose
from bot.features.vouchers.rules import State, key_of
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
_BY_HAND = "hand"
_BEGIN = Statement(
    "INSERT INTO coupon_batches (kind, terms, audience, period, why, made_by, at, ends_at, tells,"
    " state, next_member, issued, revoked, revoked_by, revoke_why) VALUES (:kind, :terms,"
    " :audience, :period, :why, :who, :now, :ends, :tells, 'issuing', 0, 0, 0, '', '')"
    " RETURNING id"
)
_COLUMNS = (
    "SELECT id, kind, terms, audience, period, why, made_by, at, ends_at, tells, state,"
    " next_member, issued, revoked, done_at, revoked_by, revoke_why FROM coupon_batches"
)
_LATEST = Statement(f"{_COLUMNS} ORDER BY id DESC LIMIT :most")
_ONE = Statement(f"{_COLUMNS} WHERE id = :id")
_NEXT = Statement("SELECT id FROM coupon_batches WHERE state = :state ORDER BY id LIMIT 1")
_MOVED = Statement(
    "UPDATE coupon_batches SET next_member = :next, issued = issued + :new, state = :state,"
    " done_at = :done WHERE id = :id AND state = 'issuing'"
)
_REVOKE = Statement(
    "UPDATE coupon_batches SET state = 'revoking', revoked_by = :who, revoke_why = :why"
    " WHERE id = :id AND state IN ('issuing', 'done') RETURNING id"
)
_TAKEN_BACK = Statement(
    "UPDATE coupon_batches SET revoked = revoked + :count, state = :state WHERE id = :id"
)


class NotIssued(Refusal):
    """Nothing was issued or taken back; `why` says why."""

    template = "vouchers/not_issued.txt.j2"

    def __init__(self, why: str, **words: object) -> None:
        super().__init__(f"not issued: {why}", **{"said": "", **words}, why=why)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an operator wants to issue."""

    kind: Kind
    period: str
    why: str
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Coupons for an audience, and how far they are."""

    id: int
    kind: Kind
    audience: tuple[str, ...]
    period: str
    why: str
    made_by: str
    at: datetime
    ends_at: datetime
    tells: bool
    state: State
    next_member: int
    issued: int
    revoked: int
    done_at: datetime | None
    revoked_by: str
    revoke_why: str


def count(uow: UnitOfWork, words: Sequence[str], groups: Groups) -> int:
    """Return how many members are meant."""
    total = after = 0
    while found := audience.members_of(uow, words, groups, after=after):
        total, after = total + len(found), found[-1]
    return total


def issue_one(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, wish: Wish, *, who: str
) -> tuple[Coupon, bool]:
    """Issue a coupon to one member; False beside it when she has it for this period already."""
    key, now = key_of(wish.kind.name, member, wish.period), uow.clock.now()
    known = coupons.by_key(uow, key)
    if known is not None:
        return known, False
    ends = wish.kind.ends(now, tools.use(Community).zone)
    coupon = coupons.issue(
        uow, member, wish.kind, key=key, reason=_BY_HAND, valid_until=ends, who=who
    )
    audit.record(uow, who, "vouchers.issued", f"{wish.kind.name}: {wish.why}", member=member)
    if wish.tells:
        _tell(uow, tools, coupon)
    return coupon, True


def begin(uow: UnitOfWork, wish: Wish, words: Sequence[str], zone: ZoneInfo, *, who: str) -> int:
    """Begin to issue coupons to an audience; the clock does it, bite by bite."""
    now = uow.clock.now()
    number = uow.run(
        _BEGIN,
        kind=wish.kind.name,
        terms=wish.kind.model_dump_json(),
        audience=json.dumps(list(words), ensure_ascii=False),
        period=wish.period,
        why=wish.why,
        who=who,
        now=micros(now),
        ends=micros(wish.kind.ends(now, zone)),
        tells=int(wish.tells),
    )[0][0]
    audit.record(uow, who, "vouchers.begun", f"batch {number}, {wish.kind.name}: {wish.why}")
    return integer(number)


def issue_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Issue some coupons of the batch that waits longest; True while there are more."""
    batch = _next(uow, State.ISSUING)
    if batch is None:
        return False
    groups = tools.use(Groups)
    found = audience.members_of(uow, batch.audience, groups, after=batch.next_member, most=_BITE)
    new = sum(_issue(uow, tools, batch, member) for member in found)
    is_over = len(found) < _BITE
    uow.run(
        _MOVED,
        id=batch.id,
        next=found[-1] if found else batch.next_member,
        new=new,
        state=State.DONE if is_over else State.ISSUING,
        done=micros(uow.clock.now()) if is_over else None,
    )
    return True


def _issue(uow: UnitOfWork, tools: Toolbox, batch: Batch, member: MemberId) -> bool:
    key = key_of(batch.kind.name, member, batch.period)
    if coupons.by_key(uow, key) is not None:
        return False
    coupon = coupons.issue(
        *(uow, member, batch.kind),
        key=key,
        reason=_reason(batch),
        valid_until=batch.ends_at,
        who=batch.made_by,
    )
    if batch.tells:
        _tell(uow, tools, coupon)
    return True


def _reason(batch: Batch) -> str:
    return f"batch:{batch.id}"


def _tell(uow: UnitOfWork, tools: Toolbox, coupon: Coupon) -> None:
    """Write to her where a way leads; nobody has to call her because of it."""
    if not outreach.ways(uow, tools, coupon.member):
        return
    key, subject = f"vouchers.issued:{coupon.id}", f"新的券「{coupon.title}」"
    data: Mapping[str, object] = {"coupon": coupon}
    letter = Letter(key, subject, Purpose.OFFER, "vouchers/got.txt.j2", data)
    outreach.tell(uow, tools, coupon.member, letter)


def revoke(uow: UnitOfWork, number: int, *, who: str, why: str) -> Batch:
    """Begin to take back what of a batch is not used; no more of it is issued.

    Raises:
        NotIssued: there is no such batch, or it was taken back already.
    """
    if not uow.run(_REVOKE, id=number, who=who, why=why):
        raise NotIssued("no_batch")
    audit.record(uow, who, "vouchers.revoked", f"batch {number}: {why}")
    return _read(uow.run(_ONE, id=number)[0])


def revoke_some(uow: UnitOfWork) -> bool:
    """Take back some coupons of a batch that is revoked; True while there are more."""
    batch = _next(uow, State.REVOKING)
    if batch is None:
        return False
    found = coupons.unused_for(uow, _reason(batch), most=_BITE)
    taken = [
        coupons.revoke(uow, one.key, by=batch.revoked_by, why=batch.revoke_why) for one in found
    ]
    gone = sum(one is not None and one.state is coupons.State.REVOKED for one in taken)
    state = State.REVOKED if len(found) < _BITE else State.REVOKING
    uow.run(_TAKEN_BACK, id=batch.id, count=gone, state=state)
    return True


def _next(uow: UnitOfWork, state: State) -> Batch | None:
    """Return the batch that is next, and keep other replicas from it until the commit."""
    uow.take_turns({"coupon-batches"})
    rows = uow.run(_NEXT, state=state)
    return _read(uow.run(_ONE, id=rows[0][0])[0]) if rows else None


def latest(uow: UnitOfWork, *, most: int) -> Sequence[Batch]:
    """Return the batches, the newest first."""
    return [_read(row) for row in uow.run(_LATEST, most=most)]


def find_member(uow: UnitOfWork, said: str) -> MemberId:
    """Return the one member whom an operator means.

    Raises:
        NotIssued: nobody, or several.
    """
    found = members.look_for(uow, said, most=2)
    if len(found) != 1:
        raise NotIssued("several" if found else "nobody", said=said[:40])
    if members.erasure_due_at(uow, found[0]):
        raise NotIssued("leaving")
    return found[0]


def _read(row: Row) -> Batch:
    number, _, terms, words, period, why, who, at, ends, tells, state, following, *rest = row
    return Batch(
        integer(number),
        Kind.model_validate_json(str(terms)),
        tuple(json.loads(str(words))),
        str(period),
        str(why),
        str(who),
        instant(at),
        instant(ends),
        bool(tells),
        State(str(state)),
        integer(following),
        integer(rest[0]),
        integer(rest[1]),
        None if rest[2] is None else instant(rest[2]),
        str(rest[3]),
        str(rest[4]),
    )
