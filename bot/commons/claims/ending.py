"""How a claim ends: handed over, cancelled, or nobody came. Each happens once."""

from datetime import datetime, timedelta

from bot.commons import audit, coupons, points
from bot.commons.claims import reads
from bot.commons.claims.reads import ClaimView
from bot.commons.claims.rules import Stand
from bot.commons.claims.service import coupon_key, payment_key
from bot.kernel import crash
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_CANCEL = Statement(
    "UPDATE mall_claims SET state = 'cancelled', slot = NULL, closed_at = :now, closed_by = :by"
    " WHERE id = :id AND state = :before RETURNING goods_id"
)
_EXPIRE = Statement(
    "UPDATE mall_claims SET state = 'expired', slot = NULL, closed_at = :now, closed_by = 'bot'"
    " WHERE id = :id AND state = 'held' AND until <= :now RETURNING goods_id"
)
_BACK = Statement("UPDATE mall_goods SET taken = taken - 1 WHERE id = :goods AND taken > 0")
_DUE = Statement(
    "SELECT id FROM mall_claims WHERE state = 'held' AND until <= :now ORDER BY until, id LIMIT 1"
)
_NEXT_DUE = Statement("SELECT MIN(until) FROM mall_claims WHERE state = 'held' AND until > :after")
_HAND = Statement(
    "UPDATE mall_claims SET state = 'done', closed_at = :now, closed_by = :by WHERE id = :id"
    " AND (state = 'got' OR (state = 'held' AND until > :now)) RETURNING id"
)
_TAKE_BACK = Statement(
    "UPDATE mall_claims SET state = 'got', until = NULL, closed_at = NULL, closed_by = ''"
    " WHERE id = :id AND state = 'done' AND closed_at >= :since RETURNING id"
)
_TRIES = 20


class NotEnded(Refusal):
    """The claim can't be cancelled, handed over or taken back; `why` says why."""

    template = "mall/not_ended.txt.j2"

    def __init__(self, why: str, claim: ClaimView | None = None, **words: object) -> None:
        super().__init__(
            f"claim: {why}", **{"minutes": 0, "said": "", **words}, why=why, claim=claim
        )


def cancel(
    uow: UnitOfWork, number: int, *, by: str, why: str, member: MemberId | None = None
) -> ClaimView:
    """Give a claim up before it is handed over: stock and points go back. Written to the audit.

    Args:
        uow: the unit of work.
        number: of the claim.
        by: an operator's name; `member` for herself.
        why: the reason, for the audit.
        member: whose it has to be; None for an operator, who may also take an unused coupon back.

    Raises:
        NotEnded: there is none, or it is too late.
    """
    claim = reads.claim(uow, number)
    if claim is None or member not in {None, claim.member}:
        raise NotEnded("nothing")
    before = claim.state
    if before is Stand.DONE and claim.coupon and member is None:
        revoked = coupons.revoke(uow, coupon_key(number), by=by, why=why)
        if revoked is None or revoked.state is coupons.State.REDEEMED:
            raise NotEnded("used", claim)
    elif not before.is_live:
        raise NotEnded(_over(claim), claim)
    values = {"id": number, "by": by, "now": micros(uow.clock.now())}
    rows = uow.run(_CANCEL, before=before, **values)
    if not rows:  # somebody was quicker
        raise NotEnded("over", claim)
    _give_back(uow, claim, made_by=by, why=why)
    uow.run(_BACK, goods=rows[0][0])
    audit.record(uow, by, "mall.cancelled", f"claim {number}: {why}", member=claim.member)
    return claim


def _over(claim: ClaimView) -> str:
    return "coupon" if claim.state is Stand.DONE and claim.coupon else "over"


def _give_back(uow: UnitOfWork, claim: ClaimView, *, made_by: str, why: str) -> None:
    if not claim.points:
        return
    if claim.state is Stand.HELD:
        points.release(uow, payment_key(claim.id))
    else:
        points.reverse(uow, payment_key(claim.id), made_by=made_by, why=why)


def expire_next(uow: UnitOfWork) -> ClaimView | None:
    """Let one reservation go for which nobody came; None when none is due.

    One at a time, so that two replicas never wait for each other.
    """
    for _ in range(_TRIES):
        rows = uow.run(_DUE, now=micros(uow.clock.now()))
        claim = reads.claim(uow, integer(rows[0][0])) if rows else None
        if claim is None:
            return None
        if _let_go(uow, claim):
            return claim
    return None  # others are at it


def _let_go(uow: UnitOfWork, claim: ClaimView) -> bool:
    """Bring points and stock back; False when somebody was quicker."""
    gone = uow.run(_EXPIRE, id=claim.id, now=micros(uow.clock.now()))
    if not gone:
        return False
    if claim.points:
        points.release(uow, payment_key(claim.id))
    crash.step("mall.released")
    uow.run(_BACK, goods=gone[0][0])
    return True


def next_end(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next reservation ends; None for never."""
    at = uow.run(_NEXT_DUE, after=micros(after))[0][0]
    return None if at is None else instant(at)


def find(uow: UnitOfWork, said: str) -> ClaimView:
    """Return the claim of a code as it was typed.

    Raises:
        NotEnded: it has a typo, or there is none.
    """
    if coupons.heard(said) is None:
        raise NotEnded("typo", said=said[:40])
    if (claim := reads.by_code(uow, said)) is None:
        raise NotEnded("unknown", said=said[:40])
    return claim


def hand_over(uow: UnitOfWork, said: str, *, by: str) -> ClaimView:
    """Give the goods of a code to who brings it; what was reserved is paid now. Audited.

    Raises:
        NotEnded: no such code, or it was handed over, cancelled, or its time is over.
    """
    claim = find(uow, said)
    if not uow.run(_HAND, id=claim.id, by=by, now=micros(uow.clock.now())):
        claim = find(uow, said)
        raise NotEnded("late" if claim.state in {Stand.HELD, Stand.EXPIRED} else "over", claim)
    if claim.points and claim.state is Stand.HELD:
        points.capture(uow, payment_key(claim.id))
    audit.record(uow, by, "mall.handed_over", f"claim {claim.id}", member=claim.member)
    return claim


def take_back(uow: UnitOfWork, number: int, *, by: str, why: str, within_minutes: int) -> ClaimView:
    """Undo a hand-over that was a mistake: it waits again, and stays paid. Audited.

    Raises:
        NotEnded: it was not handed over, or longer ago than `within_minutes`.
    """
    claim = reads.claim(uow, number)
    since = uow.clock.now() - timedelta(minutes=within_minutes)
    if claim is None or claim.coupon or claim.state is not Stand.DONE:
        raise NotEnded("not_handed", claim)
    if not uow.run(_TAKE_BACK, id=number, since=micros(since)):
        raise NotEnded("too_late", claim, minutes=within_minutes)
    audit.record(uow, by, "mall.taken_back", f"claim {number}: {why}", member=claim.member)
    return claim
