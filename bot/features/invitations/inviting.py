"""Invitations go out in bites, to some before the others: in waves, in the order of sending.

The hours between the waves count from when the last letter of the first wave has left, not from
when it was queued.
"""

from datetime import datetime

from bot.commons import audience, outreach, salons
from bot.commons.outreach import Letter, Purpose
from bot.commons.salons import SalonView, State, Wave
from bot.features.invitations.telling import subject
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
"""So many members are invited in one unit of work."""
_HOUR_US = 3_600_000_000

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
_MOVE = Statement("UPDATE salons SET wave = :wave, next_member = :next WHERE id = :salon")
_FIRST_DONE = Statement(
    "UPDATE salons SET first_done_at = :now WHERE state = 'open' AND wave = 2"
    " AND first_done_at IS NULL AND NOT EXISTS (SELECT 1 FROM salon_invitees i JOIN outbox o"
    " ON o.key = 'salons.invite:' || i.salon_id || ':' || i.member_id"
    " WHERE i.salon_id = salons.id AND o.status IN ('queued', 'sending'))"
)


def invite_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Invite some of those who are to be; True while there are more."""
    now = micros(uow.clock.now())
    uow.run(_FIRST_DONE, now=now)
    rows = uow.run(_DUE, now=now, hour=_HOUR_US)
    found = salons.held(uow, integer(rows[0][0])) if rows else None
    if found is None or found.state is not State.OPEN:
        return False
    if found.wave in (Wave.NOT_BEGUN, Wave.PAUSE):
        is_first = found.wave is Wave.NOT_BEGUN and bool(found.invite_first)
        _move(uow, found, Wave.FIRST if is_first else Wave.GENERAL)
        return True
    words = found.invite_first if found.wave is Wave.FIRST else found.invite
    bite = audience.members_of(uow, words, tools.use(Groups), after=found.next_member, most=_BITE)
    for member in bite:
        if salons.invite(uow, found.id, member):  # who signed up before is on the list already
            outreach.tell(uow, tools, member, _letter(found, member, tools))
    if bite:
        _move(uow, found, found.wave, int(bite[-1]))
    else:
        _move(uow, found, Wave.PAUSE if found.wave is Wave.FIRST else Wave.DONE)
    return True


def _move(uow: UnitOfWork, found: SalonView, wave: Wave, following: int = 0) -> None:
    uow.run(_MOVE, salon=found.id, wave=wave, next=following)


def _letter(found: SalonView, member: MemberId, tools: Toolbox) -> Letter:
    return Letter(
        key=f"salons.invite:{found.id}:{member}",
        subject=subject(tools, found, "invite"),
        purpose=Purpose.OFFER,
        template="invitations/letter_invite.txt.j2",
        data={
            "salon": found,
            "zone": tools.use(Community).zone,
            "is_early": found.wave is Wave.FIRST,
        },
    )


def next_due(uow: UnitOfWork, _tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the next invitations go out; None for never."""
    at = uow.run(_NEXT, after=micros(after), hour=_HOUR_US)[0][0]
    return None if at is None else instant(at)
