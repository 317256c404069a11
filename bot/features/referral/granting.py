"""From a friend's first paid order to coupons, and back when it is returned; each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commons import audit, coupons, orders, outreach
from bot.commons.coupons import Kind, Kinds
from bot.commons.notices import Notices
from bot.commons.orders import KeptOrder
from bot.commons.outreach import Letter, Purpose
from bot.features.referral import reads
from bot.features.referral.reads import COLUMNS, Referral, read
from bot.features.referral.rules import (
    ReferralSettings,
    ReferralTerms,
    State,
    Why,
    due_at,
    may_return,
)
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_BITE = 20
_LATER = timedelta(minutes=10)
"""A coupon whose kind is missing in the file is tried again."""

_EARN = Statement(
    "UPDATE referrals SET state = 'earned', order_id = :order, paid_at = :paid, due_at = :due"
    " WHERE id = :id AND state = 'waiting' RETURNING 1"
)
_REFUSE = Statement(
    "UPDATE referrals SET state = 'refused', why = :why, due_at = NULL"
    " WHERE id = :id AND state IN ('waiting', 'earned', 'void')"
)
_DUE = Statement(
    f"{COLUMNS} WHERE state IN ('earned', 'void') AND due_at <= :now"
    " ORDER BY due_at, id LIMIT :most"
)
_NEXT = Statement("SELECT MIN(due_at) FROM referrals WHERE state = 'earned' AND due_at > :after")
_GRANT = Statement(
    "UPDATE referrals SET state = 'granted', granted_at = :now, due_at = NULL"
    " WHERE id = :id AND state = 'earned' RETURNING 1"
)
_PUT_OFF = Statement("UPDATE referrals SET due_at = :due WHERE id = :id AND state = 'earned'")
_BACK = Statement(
    "UPDATE referrals SET state = :state, order_id = NULL, paid_at = NULL, due_at = NULL,"
    " granted_at = NULL WHERE id = :id AND state IN ('earned', 'granted') RETURNING 1"
)
_VOID = Statement(
    "UPDATE referrals SET state = 'void', why = :why, due_at = :now"
    " WHERE id = :id AND state IN ('waiting', 'earned', 'granted') RETURNING 1"
)
_REACH = Statement(
    "INSERT INTO referral_tiers (member_id, count, coupon_key, at)"
    " VALUES (:member, :count, :key, :now) ON CONFLICT (member_id, count) DO NOTHING RETURNING 1"
)
_REACHED = Statement(
    "SELECT count, coupon_key FROM referral_tiers WHERE member_id = :member AND count > :count"
)
_LOSE = Statement("DELETE FROM referral_tiers WHERE member_id = :member AND count = :count")


class NotThere(Refusal):
    """The referral is not as the page showed it."""

    template = "referral/not_there.txt.j2"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds now: the file, the kinds of coupon in the other file, the settings."""

    terms: ReferralTerms | None
    kinds: Kinds
    settings: ReferralSettings
    zone: ZoneInfo

    def kind(self, name: str) -> Kind | None:
        """Return a kind by its name."""
        return self.kinds.of(name)

    @property
    def missing(self) -> Sequence[str]:
        """Kinds that are named and not there."""
        return [name for name in (self.terms.kinds if self.terms else ()) if not self.kind(name)]


# ── orders ──────────────────────────────────────────────────────────────────────────────


def order_paid(uow: UnitOfWork, friend: MemberId, number: int, terms: Terms) -> None:
    """Hear that a member paid: her first order that counts earns the coupons."""
    found, order = reads.of_friend(uow, friend), orders.get(uow, number)
    if found is None or found.state is not State.WAITING or order is None:
        return
    if orders.orders_of(uow, friend, until=found.at):  # told late: she was a customer before
        uow.run(_REFUSE, id=found.id, why=Why.CUSTOMER.value)
        return
    _earn(uow, found, order, terms)


def _earn(uow: UnitOfWork, found: Referral, order: KeptOrder, terms: Terms) -> bool:
    if not _is_enough(order, terms) or order.paid_at < found.at:
        return False
    due = due_at(order.paid_at, uow.clock.now(), terms.settings)
    values = {"order": order.id, "paid": micros(order.paid_at), "due": micros(due)}
    return bool(uow.run(_EARN, id=found.id, **values))


def _is_enough(order: KeptOrder, terms: Terms) -> bool:
    """What is left of an order is what counts."""
    minimum_fen = (terms.terms.minimum_yuan if terms.terms else 0) * 100
    return order.counts and order.amount_fen >= minimum_fen


def order_refunded(
    uow: UnitOfWork, tools: Toolbox, friend: MemberId, number: int, terms: Terms
) -> None:
    """Hear that an order was given back: when too little is left, it brings nothing after all."""
    found, order = reads.of_friend(uow, friend), orders.get(uow, number)
    if found is None or found.order != number or found.paid_at is None:
        return
    if order is not None and _is_enough(order, terms):
        return
    if found.state is State.EARNED:
        _wait_again(uow, found, terms)
    elif found.state is State.GRANTED and may_return(
        found.paid_at, uow.clock.now(), terms.settings
    ):
        _take_back(uow, tools, found, terms)


def _wait_again(uow: UnitOfWork, found: Referral, terms: Terms) -> None:
    """The next order that counts takes the place of the one that was given back."""
    uow.run(_BACK, id=found.id, state=State.WAITING)
    if found.friend is None:
        return
    for order in orders.orders_of(uow, found.friend, since=found.at):
        if order.id != found.order and _earn(uow, found, order, terms):
            return


def _take_back(uow: UnitOfWork, tools: Toolbox, found: Referral, terms: Terms) -> None:
    used = _revoke(uow, tools, found)
    if not used:
        _wait_again(uow, found, terms)
    else:
        uow.run(_BACK, id=found.id, state=State.REVOKED)
    if found.referrer is not None:
        _lose_tiers(uow, tools, found.referrer, found.id)


# ── coupons ─────────────────────────────────────────────────────────────────────────────


def settle_some(uow: UnitOfWork, tools: Toolbox, terms: Terms) -> bool:
    """Give the coupons that are due, take back those that are void; True while there are more."""
    due = [read(row) for row in uow.run(_DUE, now=micros(uow.clock.now()), most=_BITE)]
    for found in due:
        if found.state is State.VOID:
            _unmake(uow, tools, found)
        else:
            _grant(uow, tools, found, terms)
    return len(due) == _BITE


def next_due(uow: UnitOfWork, after: datetime) -> object:
    """Return when the next coupons come, in microseconds; None for never."""
    return uow.run(_NEXT, after=micros(after))[0][0]


def _grant(uow: UnitOfWork, tools: Toolbox, found: Referral, terms: Terms) -> None:
    order = orders.get(uow, found.order) if found.order is not None else None
    if order is not None and not _is_enough(order, terms):  # given back, and not told yet
        _wait_again(uow, found, terms)
        return
    if terms.terms is None or terms.missing:
        _put_off(uow, tools, found, terms)
        return
    if found.referrer is not None:
        uow.take_turns({f"referral:{found.referrer}"})  # of two third friends at once, one is it
    if not uow.run(_GRANT, id=found.id, now=micros(uow.clock.now())):
        return
    sides = (
        ("friend", found.friend, terms.terms.friend_coupon),
        ("referrer", found.referrer, terms.terms.referrer_coupon),
    )
    for side, member, kind in sides:
        if member is not None and kind:
            _give(uow, tools, member, kind, _key(found, side), terms, side)
    if found.referrer is not None:
        _reach_tiers(uow, tools, found.referrer, _key(found, "tier"), terms)


def _put_off(uow: UnitOfWork, tools: Toolbox, found: Referral, terms: Terms) -> None:
    """Nothing is lost while the files are being mended."""
    uow.run(_PUT_OFF, id=found.id, due=micros(uow.clock.now() + _LATER))
    text = tools.use(Words)("referral/notice_missing.txt.j2", kinds=terms.missing)
    day = uow.clock.now().astimezone(terms.zone).date()
    tools.use(Notices).tell(uow, key=f"referral.missing:{day}", text=text)


def _give(  # noqa: PLR0917 - what a coupon needs
    uow: UnitOfWork,
    tools: Toolbox,
    member: MemberId,
    name: str,
    key: str,
    terms: Terms,
    side: str,
) -> None:
    kind = terms.kind(name)
    if kind is None:
        raise LookupError(f"no kind {name!r}")  # looked at before
    ends = kind.ends(uow.clock.now(), terms.zone)
    coupon = coupons.issue(uow, member, kind, key=key, reason="referral", valid_until=ends)
    data = {"coupon": coupon, "side": side}
    subject = f"邀请得到的「{kind.title}」"
    letter = Letter(key, subject, Purpose.SERVICE, "referral/given.txt.j2", data)
    outreach.tell(uow, tools, member, letter)


def _reach_tiers(uow: UnitOfWork, tools: Toolbox, member: MemberId, key: str, terms: Terms) -> None:
    count, now = reads.granted(uow, member), micros(uow.clock.now())
    for tier in terms.terms.tier if terms.terms else ():
        own = f"{key}:{tier.count}"
        if count >= tier.count and uow.run(
            _REACH, member=member, count=tier.count, key=own, now=now
        ):
            _give(uow, tools, member, tier.coupon, own, terms, "tier")


def _lose_tiers(uow: UnitOfWork, tools: Toolbox, member: MemberId, number: int) -> None:
    """Take back what fewer friends do not bring; a coupon that was used stays used, and counts."""
    uow.take_turns({f"referral:{member}"})
    for count, key in uow.run(_REACHED, member=member, count=reads.granted(uow, member)):
        if _revoke_one(uow, tools, str(key), number):
            continue
        uow.run(_LOSE, member=member, count=integer(count))


def _revoke(uow: UnitOfWork, tools: Toolbox, found: Referral) -> bool:
    """Take back both coupons; True when one had been used."""
    used = [_revoke_one(uow, tools, _key(found, side), found.id) for side in ("friend", "referrer")]
    return any(used)


def _revoke_one(uow: UnitOfWork, tools: Toolbox, key: str, number: int) -> bool:
    coupon = coupons.revoke(uow, key, by="bot", why=f"referral {number}: the order was given back")
    is_used = coupon is not None and coupon.state is coupons.State.REDEEMED
    if is_used:
        text = tools.use(Words)("referral/notice_used.txt.j2", coupon=coupon, number=number)
        tools.use(Notices).tell(uow, key=f"referral.used:{key}", text=text)
    return is_used


def _key(found: Referral, side: str) -> str:
    return f"referral:{found.id}:{found.order}:{side}"


def void(uow: UnitOfWork, number: int, *, who: str, why: str) -> Referral:
    """Let an operator say that a referral should never have been; its coupons are taken back.

    Raises:
        NotThere: there is none, or nothing is to be taken back any more.
    """
    found, now = reads.get(uow, number), micros(uow.clock.now())
    if found is None or not uow.run(_VOID, id=number, why=Why.OPERATOR.value, now=now):
        raise NotThere(f"referral {number}")
    audit.record(uow, who, "referral.voided", f"{number}: {why}", member=found.friend)
    return found


def _unmake(uow: UnitOfWork, tools: Toolbox, found: Referral) -> None:
    if found.order is not None:
        _revoke(uow, tools, found)
    uow.run(_REFUSE, id=found.id, why=found.why or Why.SAME_PERSON.value)
    if found.referrer is not None:
        _lose_tiers(uow, tools, found.referrer, found.id)


def terms_of(tools: Toolbox, kinds: Kinds | None, terms: ReferralTerms | None) -> Terms:
    """Return what holds now."""
    zone, settings = tools.use(Community).zone, tools.use(ReferralSettings)
    return Terms(terms, kinds or Kinds(), settings, zone)
