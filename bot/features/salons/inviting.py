"""Who may sign up for a salon, and how they hear of it: some before the others, in bites.

Who is invited is who fits the words when the invitations go out; what she becomes later changes
nothing.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons import audience, members, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.salons import reads
from bot.features.salons.reads import SalonView
from bot.features.salons.rules import State, Wave
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
"""So many members are invited in one unit of work."""
_HOUR_US = 3_600_000_000

_INVITED = Statement("SELECT 1 FROM salon_invitees WHERE salon_id = :salon AND member_id = :member")
_INVITE = Statement(
    "INSERT INTO salon_invitees (salon_id, member_id, tier, at)"
    " VALUES (:salon, :member, :tier, :now)"
    " ON CONFLICT (salon_id, member_id) DO NOTHING RETURNING 1"
)
_DUE = Statement(
    "SELECT id FROM salons WHERE state = 'open' AND wave < 4 AND invite_at <= :now"
    " AND starts_at > :now AND (wave <> 2 OR first_done_at + first_hours * :hour <= :now)"
    " ORDER BY id LIMIT 1"
)
_NEXT = Statement(
    "SELECT MIN(CASE wave WHEN 2 THEN first_done_at + first_hours * :hour ELSE invite_at END)"
    " FROM salons WHERE state = 'open' AND wave IN (0, 2) AND starts_at > :after AND"
    " CASE wave WHEN 2 THEN first_done_at + first_hours * :hour ELSE invite_at END > :after"
)
_MOVE = Statement(
    "UPDATE salons SET wave = :wave, next_member = :next, first_done_at = :first WHERE id = :salon"
)


class Door(StrEnum):
    """Whether somebody may sign up."""

    OPEN = "open"
    NOT_YET = "not_yet"
    """Nobody may."""
    OTHERS_FIRST = "others_first"
    NOT_INVITED = "not_invited"


def door_for(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> Door:
    """Return whether a member may sign up at an instant; note that she counts as invited then.

    Who is meant by the words while the invitations go out counts as invited.
    """
    door, is_meant = _door(uow, groups, found, member, at)
    if is_meant:
        _invite(uow, found, member)
    return door


def looks(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> Door:
    """Return whether a member may sign up at an instant, and note nothing."""
    return _door(uow, groups, found, member, at)[0]


def _door(
    uow: UnitOfWork, groups: Groups, found: SalonView, member: MemberId, at: datetime
) -> tuple[Door, bool]:
    """Return whether she may sign up, and whether that is so by the words of the file."""
    if uow.run(_INVITED, salon=found.id, member=member):
        return Door.OPEN, False
    if at < found.invite_at:
        return Door.NOT_YET, False
    opens = opens_at(found)
    if found.invite_first and (opens is None or at < opens):
        is_meant = found.wave is not Wave.PAUSE and audience.includes(
            uow, found.invite_first, member, groups
        )
        return (Door.OPEN if is_meant else Door.OTHERS_FIRST), is_meant
    if not found.invite:
        return Door.OPEN, False
    is_meant = found.wave is not Wave.DONE and audience.includes(uow, found.invite, member, groups)
    return (Door.OPEN if is_meant else Door.NOT_INVITED), is_meant


def _invite(uow: UnitOfWork, found: SalonView, member: MemberId) -> bool:
    tier = members.tier_of(uow, member)
    now = micros(uow.clock.now())
    return bool(uow.run(_INVITE, salon=found.id, member=member, tier=tier, now=now))


def opens_at(found: SalonView) -> datetime | None:
    """Return from when on the others may sign up; None when nobody can say yet."""
    if not found.invite_first:
        return found.invite_at
    if found.first_done_at is None:
        return None
    return found.first_done_at + timedelta(hours=found.first_hours)


def invite_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Invite some of those who are to be; True while there are more."""
    now = micros(uow.clock.now())
    rows = uow.run(_DUE, now=now, hour=_HOUR_US)
    found = reads.held(uow, integer(rows[0][0])) if rows else None
    if found is None or found.state is not State.OPEN:
        return False
    if found.wave in (Wave.NOT_BEGUN, Wave.PAUSE):
        is_first = found.wave is Wave.NOT_BEGUN and bool(found.invite_first)
        _move(uow, found, Wave.FIRST if is_first else Wave.GENERAL)
        return True
    words = found.invite_first if found.wave is Wave.FIRST else found.invite
    bite = audience.members_of(uow, words, tools.use(Groups), after=found.next_member, most=_BITE)
    for member in bite:
        if _invite(uow, found, member):  # who signed up before is on the list already
            outreach.tell(uow, tools, member, _letter(found, member, tools))
    if bite:
        _move(uow, found, found.wave, int(bite[-1]))
    elif found.wave is Wave.FIRST:
        _move(uow, found, Wave.PAUSE)
    else:
        _move(uow, found, Wave.DONE)
    return True


def _move(uow: UnitOfWork, found: SalonView, wave: Wave, following: int = 0) -> None:
    first = found.first_done_at
    if wave is Wave.PAUSE:
        first = uow.clock.now()
    at = None if first is None else micros(first)
    uow.run(_MOVE, salon=found.id, wave=wave, next=following, first=at)


def _letter(found: SalonView, member: MemberId, tools: Toolbox) -> Letter:
    return Letter(
        key=f"salons.invite:{found.id}:{member}",
        subject=f"邀请参加「{found.title}」",
        purpose=Purpose.OFFER,
        template="salons/letter_invite.txt.j2",
        data={
            "salon": found,
            "zone": tools.use(Community).zone,
            "is_early": found.wave is Wave.FIRST,
        },
    )


def next_due(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next invitations go out; None for never."""
    at = uow.run(_NEXT, after=micros(after), hour=_HOUR_US)[0][0]
    return None if at is None else instant(at)
