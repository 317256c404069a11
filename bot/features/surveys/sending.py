"""How a survey goes out, what of it arrived, and how it closes."""

import secrets
from datetime import timedelta

from bot.commons import audience, audit, outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.surveys.reads import SurveyView, held, survey
from bot.features.surveys.rules import State, SurveySettings
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import Groups, Links
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

PAGE = "surveys/mine"
_BITE = 100
_LINK_VALID_S = 7 * 24 * 3600
_WATCHED = timedelta(days=30)
"""So long after it was sent is looked whether a message left."""

_SEND = Statement(
    "UPDATE surveys SET state = 'sent', salt = :salt, sent_by = :who, sent_at = :now,"
    " next_member = 0 WHERE id = :survey AND state = 'draft' AND closes_at > :now RETURNING id"
)
_SENDING = Statement(
    "SELECT id FROM surveys WHERE state = 'sent' AND next_member IS NOT NULL ORDER BY id LIMIT 1"
)
_NEXT = Statement("UPDATE surveys SET next_member = :next WHERE id = :survey")
_INVITE = Statement(
    "INSERT INTO survey_invitations (survey_id, member_id, letter, told, answered)"
    " VALUES (:survey, :member, :letter, '', 0)"
    " ON CONFLICT (survey_id, member_id) DO NOTHING RETURNING survey_id"
)
_TOLD = Statement(
    "UPDATE survey_invitations SET told = :told WHERE survey_id = :survey AND member_id = :member"
)
_DELIVERED = Statement(
    "UPDATE survey_invitations SET delivered_at = :now WHERE delivered_at IS NULL"
    " AND told = 'queued' AND survey_id IN (SELECT id FROM surveys WHERE sent_at > :since)"
    " AND EXISTS (SELECT 1 FROM outbox o WHERE o.key = survey_invitations.letter"
    " AND o.status = 'sent')"
)
_OVER = Statement(
    "SELECT id FROM surveys WHERE state = 'sent' AND closes_at <= :before ORDER BY id LIMIT 1"
)
_CLOSE = Statement(
    "UPDATE surveys SET state = 'closed', salt = '', next_member = NULL"
    " WHERE id = :survey AND state = 'sent' RETURNING id"
)
_UNTIE = Statement("UPDATE survey_voices SET token = CAST(id AS VARCHAR) WHERE survey_id = :survey")


class NotThere(Refusal):
    """The survey is not as the page showed it; nothing was written."""

    template = "surveys/not_there.txt.j2"


def send(uow: UnitOfWork, number: int, *, who: str) -> SurveyView:
    """Begin to ask everybody whom a survey is for.

    Raises:
        NotThere: it was sent already, or its end is over.
    """
    found, now = held(uow, number), micros(uow.clock.now())
    salt = secrets.token_hex(16)
    if found is None or not uow.run(_SEND, survey=number, salt=salt, who=who, now=now):
        raise NotThere(f"survey {number}")
    audit.record(uow, who, "surveys.sent", f"survey {number} to {' '.join(found.audience)}")
    return found


def send_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Ask some of those who wait to be asked; True while there are more."""
    rows = uow.run(_SENDING)
    found = held(uow, integer(rows[0][0])) if rows else None
    if found is None or found.next_member is None:
        return False
    groups, after = tools.use(Groups), found.next_member
    people = audience.members_of(uow, found.audience, groups, after=after, most=_BITE)
    for member in people:
        _ask(uow, tools, found, member)
    more = len(people) == _BITE
    uow.run(_NEXT, survey=found.id, next=people[-1] if more else None)
    return True


def _ask(uow: UnitOfWork, tools: Toolbox, found: SurveyView, member: MemberId) -> None:
    key = f"surveys.{found.id}:{member}"
    if not uow.run(_INVITE, survey=found.id, member=member, letter=key):
        return
    url = tools.use(Links).to(f"{PAGE}?survey={found.id}", member, valid_s=_LINK_VALID_S)
    closes_at = found.closes_at.astimezone(tools.use(Community).zone)
    data = {"survey": found, "url": url, "closes_at": closes_at}
    subject = f"问卷「{found.title}」"
    letter = Letter(key, subject, Purpose.OFFER, "surveys/letter.txt.j2", data)
    told = outreach.tell(uow, tools, member, letter)
    uow.run(_TOLD, survey=found.id, member=member, told=told)


def look_what_arrived(uow: UnitOfWork, _tools: Toolbox) -> None:
    """Note which messages have really left."""
    now = uow.clock.now()
    uow.run(_DELIVERED, now=micros(now), since=micros(now - _WATCHED))


def close_next(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Close a survey whose end is over; False when there is none."""
    late = timedelta(seconds=tools.use(SurveySettings).close_after_s)
    rows = uow.run(_OVER, before=micros(uow.clock.now() - late))
    return bool(rows) and _close(uow, integer(rows[0][0]))


def _close(uow: UnitOfWork, number: int) -> bool:
    held(uow, number)
    if not uow.run(_CLOSE, survey=number):
        return False
    uow.run(_UNTIE, survey=number)
    return True


def close_now(uow: UnitOfWork, number: int, *, who: str) -> SurveyView:
    """Close a survey before its end.

    Raises:
        NotThere: it is not open.
    """
    if not _close(uow, number):
        raise NotThere(f"survey {number}")
    audit.record(uow, who, "surveys.closed", f"survey {number} before its end")
    found = survey(uow, number)
    if found is None or found.state is not State.CLOSED:
        raise NotThere(f"survey {number}")
    return found
