"""Who may sign up for a salon, and from when on.

Who is invited is who fits the words when the invitations go out; what she becomes later changes
nothing.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import audience, members
from bot.commons.salons.kinds import Wave
from bot.commons.salons.reads import SalonView
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_INVITED = Statement("SELECT 1 FROM salon_invitees WHERE salon_id = :salon AND member_id = :member")
_INVITE = Statement(
    "INSERT INTO salon_invitees (salon_id, member_id, tier, at)"
    " VALUES (:salon, :member, :tier, :now)"
    " ON CONFLICT (salon_id, member_id) DO NOTHING RETURNING 1"
)


class Admission(StrEnum):
    """Whether somebody may sign up."""

    OPEN = "open"
    NOT_YET = "not_yet"
    """Nobody may."""
    OTHERS_FIRST = "others_first"
    NOT_INVITED = "not_invited"


def admit(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> Admission:
    """Return whether a member may sign up at an instant; note that she counts as invited then.

    Who is meant by the words while the invitations go out counts as invited.
    """
    admission, is_meant = _admission(uow, groups, found, member, at)
    if is_meant:
        invite(uow, found.id, member)
    return admission


def admission(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> Admission:
    """Return whether a member may sign up at an instant, and note nothing."""
    return _admission(uow, groups, found, member, at)[0]


def _admission(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> tuple[Admission, bool]:
    """Return whether she may sign up, and whether that is so by the words of the file."""
    if uow.run(_INVITED, salon=found.id, member=member):
        return Admission.OPEN, False
    if at < found.invite_at:
        return Admission.NOT_YET, False
    opens = opens_at(found)
    if found.invite_first and (opens is None or at < opens):
        is_meant = found.wave is not Wave.PAUSE and audience.includes(
            uow, found.invite_first, member, groups
        )
        return (Admission.OPEN if is_meant else Admission.OTHERS_FIRST), is_meant
    if not found.invite:
        return Admission.OPEN, False
    is_meant = found.wave is not Wave.DONE and audience.includes(uow, found.invite, member, groups)
    return (Admission.OPEN if is_meant else Admission.NOT_INVITED), is_meant


def invite(uow: UnitOfWork, salon: int, member: MemberId) -> bool:
    """Note that a member is invited, by what she is now; False when she was before."""
    tier = members.tier_of(uow, member)
    now = micros(uow.clock.now())
    return bool(uow.run(_INVITE, salon=salon, member=member, tier=tier, now=now))


def opens_at(found: SalonView) -> datetime | None:
    """Return from when on the others may sign up; None while nobody can say."""
    if not found.invite_first:
        return found.invite_at
    if found.first_done_at is None:
        return None
    return found.first_done_at + timedelta(hours=found.first_hours)
