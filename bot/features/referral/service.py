"""Use cases of referrals (邀请): codes, and whose friend somebody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import coupons, members, orders, profiles
from bot.features.referral.reads import Referral, of_friend, referrer_of
from bot.features.referral.rules import KEPT, ReferralSettings, Why, leads_back
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_TURN = "referral:bind"
_NO_ORDERS = frozenset({"", "访客"})
"""Tiers of those who have never ordered."""
_CODE = Statement(
    "SELECT code FROM referral_codes WHERE member_id = :member ORDER BY at, code LIMIT 1"
)
_ADD_CODE = Statement(
    "INSERT INTO referral_codes (code, member_id, at) VALUES (:code, :member, :now)"
    " ON CONFLICT (code) DO NOTHING"
)
_OWNER = Statement("SELECT member_id FROM referral_codes WHERE code = :code")
_BIND = Statement(
    "INSERT INTO referrals (friend_id, referrer_id, state, why, at)"
    " VALUES (:friend, :referrer, 'waiting', '', :at) ON CONFLICT (friend_id) DO NOTHING"
    " RETURNING id"
)
_IS_REFUSED = Statement(
    "SELECT 1 FROM referral_refusals"
    " WHERE friend_id = :friend AND referrer_id = :referrer AND why = :why"
)
_REFUSED = Statement(
    "INSERT INTO referral_refusals (friend_id, referrer_id, why, at)"
    " VALUES (:friend, :referrer, :why, :now)"
)
_KNOWN_SINCE = Statement("SELECT created_at, joined_at FROM members WHERE id = :member")


@dataclass(frozen=True, slots=True)
class Bound:
    """What became of a code that somebody named."""

    why: Why | None
    """None when it was taken."""
    is_new: bool = False
    """False when she had named the same before."""


def code_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return a member's code, in groups; she gets one when she asks for the first time."""
    uow.take_turns({f"referral:code:{member}"})
    while not (known := known_code(uow, member)):
        code = coupons.draw()
        if code[0].isdigit():  # so that 邀请码3AC… is understood without a space
            uow.run(_ADD_CODE, code=code, member=member, now=micros(uow.clock.now()))
    return known


def known_code(uow: UnitOfWork, member: MemberId) -> str:
    """Return a member's code, in groups; empty when she never asked for one."""
    rows = uow.run(_CODE, member=member)
    return coupons.spoken(str(rows[0][0])) if rows else ""


def owner_of(uow: UnitOfWork, said: str) -> MemberId | None:
    """Return whose code somebody typed; None for nobody's, and for a typo."""
    code = coupons.heard(said)
    rows = uow.run(_OWNER, code=code) if code is not None else []
    return MemberId(integer(rows[0][0])) if rows else None


def bind(
    uow: UnitOfWork, friend: MemberId, said: str, at: datetime, settings: ReferralSettings
) -> Bound:
    """Note who brought a member; that alone brings nobody anything.

    Args:
        uow: the unit of work.
        friend: who names the code.
        said: as she typed it.
        at: when she sent it.
        settings: the terms.
    """
    referrer = owner_of(uow, said)
    if referrer is None:
        return Bound(Why.UNKNOWN)
    uow.take_turns({_TURN})  # two who name each other at once see each other
    known = of_friend(uow, friend)
    if known is not None and known.referrer == referrer and not known.why:
        return Bound(None)
    why = _why_not(uow, friend, referrer, at, settings, known)
    if why is None:
        uow.run(_BIND, friend=friend, referrer=referrer, at=micros(at))
        return Bound(None, is_new=True)
    values = {"friend": friend, "referrer": referrer, "why": why.value}
    if why in KEPT and not uow.run(_IS_REFUSED, **values):
        uow.run(_REFUSED, **values, now=micros(uow.clock.now()))
    return Bound(why)


def _why_not(  # noqa: PLR0917 - the list of reasons
    uow: UnitOfWork,
    friend: MemberId,
    referrer: MemberId,
    at: datetime,
    settings: ReferralSettings,
    known: Referral | None,
) -> Why | None:
    if friend == referrer:
        return Why.SELF
    if _is_same_person(uow, friend, referrer):
        return Why.SAME_PERSON
    if known is not None:
        return Why.SECOND
    if leads_back(friend, referrer, lambda member: referrer_of(uow, member)):
        return Why.LOOP
    return Why.CUSTOMER if _is_known(uow, friend, at, settings) else None


def _is_same_person(uow: UnitOfWork, one: MemberId, other: MemberId) -> bool:
    """Two members with one phone or unionid, who have not been made one (yet)."""
    mine, hers = profiles.profile_of(uow, one), profiles.profile_of(uow, other)
    same_phone = bool(mine.phone) and mine.phone == hers.phone
    return same_phone or (bool(mine.unionid) and mine.unionid == hers.unionid)


def _is_known(uow: UnitOfWork, friend: MemberId, at: datetime, settings: ReferralSettings) -> bool:
    """She has ordered before, has a tier, or has been here for long."""
    if orders.orders_of(uow, friend) or members.tier_of(uow, friend) not in _NO_ORDERS:
        return True
    rows = uow.run(_KNOWN_SINCE, member=friend)
    since = min((instant(one) for one in rows[0]), default=at) if rows else at
    longest = timedelta(days=settings.new_within_days)
    return bool(settings.new_within_days) and at - since > longest
