"""A member's tier (等级): what she has, who set it, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.commons.members.service import exists
from bot.kernel.community import Tiers
from bot.kernel.errors import Refusal
from bot.kernel.events import TierChanged
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_NOW = Statement("SELECT tier FROM tier_changes WHERE member_id = :member ORDER BY id DESC LIMIT 1")
_ADD = Statement(
    "INSERT INTO tier_changes (member_id, before, tier, reason, who, at)"
    " VALUES (:member, :before, :tier, :reason, :who, :now)"
)
_HISTORY = Statement(
    "SELECT before, tier, reason, who, at FROM tier_changes WHERE member_id = :member"
    " ORDER BY id DESC LIMIT :most"
)
_WITH = Statement(
    "SELECT DISTINCT t.member_id FROM tier_changes t"
    " WHERE t.tier = :tier AND t.member_id > :after AND NOT EXISTS (SELECT 1 FROM tier_changes l"
    " WHERE l.member_id = t.member_id AND l.id > t.id) ORDER BY t.member_id LIMIT :most"
)


class UnknownTier(Refusal):
    """No such tier is configured; nothing was written."""

    template = "people/unknown_tier.txt.j2"


class NoReason(Refusal):
    """An act on a member needs a reason; nothing was written."""

    template = "people/no_reason.txt.j2"


class NoSuchMember(Refusal):
    """There is no such member, or no more; nothing was written."""

    template = "people/no_such_member.txt.j2"


@dataclass(frozen=True, slots=True)
class TierSet:
    """One change of a member's tier; empty is no tier."""

    before: str
    tier: str
    reason: str
    who: str
    at: datetime


def tier_of(uow: UnitOfWork, member: MemberId) -> str:
    """Return a member's tier; empty when none was set."""
    rows = uow.run(_NOW, member=member)
    return str(rows[0][0]) if rows else ""


def set_tier(
    uow: UnitOfWork, member: MemberId, tier: str, *, reason: str, who: str, tiers: Tiers
) -> bool:
    """Give a member a tier; False when she has it already. To undo, set what she had before.

    Args:
        uow: the unit of work.
        member: who gets it.
        tier: one of `tiers`; empty takes her tier away.
        reason: why, for the history and the audit.
        who: an operator's name, or `bot`.
        tiers: those of the configuration, from the toolbox.

    Raises:
        UnknownTier: it is none of `tiers`.
        NoReason: the reason is blank.
        NoSuchMember: nobody has this number.
    """
    if tier and tier not in tiers:
        raise UnknownTier(tier, tier=tier[:40], tiers=list(tiers))
    if not (reason := " ".join(reason.split())[:200]):
        raise NoReason("no reason")
    if not exists(uow, member):
        raise NoSuchMember(f"member {member}", member=member)
    if (before := tier_of(uow, member)) == tier:
        return False
    now = micros(uow.clock.now())
    uow.run(_ADD, member=member, before=before, tier=tier, reason=reason, who=who, now=now)
    audit.record(
        uow, who, "members.tier", f"{before or '-'} > {tier or '-'}: {reason}", member=member
    )
    uow.publish(TierChanged(member, before, tier))
    return True


def tier_history(uow: UnitOfWork, member: MemberId, *, most: int = 50) -> Sequence[TierSet]:
    """Return how a member's tier changed, the latest first."""
    return [
        TierSet(str(before), str(tier), str(reason), str(who), instant(at))
        for before, tier, reason, who, at in uow.run(_HISTORY, member=member, most=most)
    ]


def members_with_tier(
    uow: UnitOfWork, tier: str, *, after: int = 0, most: int = 500
) -> Sequence[MemberId]:
    """Return members who have a tier now, by number; those behind `after`."""
    return [MemberId(integer(row[0])) for row in uow.run(_WITH, tier=tier, after=after, most=most)]
