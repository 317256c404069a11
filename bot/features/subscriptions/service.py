"""Use cases of consents and of notes: one consent is one note, a note leaves at most once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from bot.commons import audit
from bot.features.subscriptions.rules import Template
from bot.kernel.clock import due_ahead
from bot.kernel.following import NoteKind, Outcome
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

DIED_AFTER_S = 60.0
"""A try without a result for longer than this belongs to a process that died."""
AGAIN_AFTER_S = 30.0
_DAY = timedelta(days=1)

_AGREE = Statement(
    "INSERT INTO consents (member_id, channel, template_id, source, agreed_at)"
    " VALUES (:member, :channel, :template, :source, :at)"
    " ON CONFLICT (channel, source, template_id) DO NOTHING"
)
_WITHDRAW = Statement(
    "UPDATE consents SET withdrawn_at = :now WHERE member_id = :member AND channel = :channel"
    " AND template_id = :template AND note_key IS NULL AND withdrawn_at IS NULL"
)
_WITHDRAW_ALL = Statement(
    "UPDATE consents SET withdrawn_at = :now WHERE member_id = :member AND channel = :channel"
    " AND note_key IS NULL AND withdrawn_at IS NULL"
)
_USE_UP = Statement(
    "UPDATE consents SET note_key = :key WHERE id = (SELECT MIN(id) FROM consents"
    " WHERE member_id = :member AND channel = :channel AND template_id = :template"
    " AND note_key IS NULL AND withdrawn_at IS NULL) AND note_key IS NULL RETURNING id"
)
_GIVE_BACK = Statement("UPDATE consents SET note_key = NULL WHERE note_key = :key")
_LEAVE = Statement(
    "INSERT INTO gone_followers (channel, member_id, left_at) VALUES (:channel, :member, :at)"
    " ON CONFLICT (channel, member_id) DO UPDATE SET left_at = excluded.left_at"
)
_FOUND_GONE = Statement(
    "INSERT INTO gone_followers (channel, member_id, left_at)"
    " SELECT channel, member_id, tried_at FROM notes WHERE id = :id AND tried_at IS NOT NULL"
    " ON CONFLICT (channel, member_id) DO NOTHING"
)
_RETURN = Statement(
    "DELETE FROM gone_followers WHERE channel = :channel AND member_id = :member AND left_at <= :at"
)
_IS_GONE = Statement(
    "SELECT 1 FROM gone_followers WHERE channel = :channel AND member_id = :member"
)
_DROP = Statement(
    "UPDATE notes SET status = 'dropped', reason = :reason WHERE member_id = :member"
    " AND channel = :channel AND status = 'asked' AND doubt_since IS NULL"
)
_PUT = Statement(
    "INSERT INTO notes (key, member_id, channel, recipient, used_for, kind, template_id, body, url,"
    " status, asked_at, due_at, platform_id, reason) VALUES (:key, :member, :channel, :recipient,"
    " :used_for, :kind, :template, :body, :url, 'asked', :now, :now, '', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_TAKE_OUT = Statement("DELETE FROM notes WHERE key = :key")
_NEXT = Statement(
    "SELECT id, key, recipient, kind, template_id, body, url, asked_at, doubt_since FROM notes"
    " WHERE channel = :channel AND status = 'asked' AND due_at <= :now ORDER BY id LIMIT 1"
)
_TAKE = Statement(
    "UPDATE notes SET status = 'under_way', tried_at = :now"
    " WHERE id = :id AND status = 'asked' RETURNING 1"
)
_SENT_SINCE = Statement("SELECT COUNT(*) FROM notes WHERE channel = :channel AND sent_at > :since")
_SENT = Statement(
    "UPDATE notes SET sent_at = :now, reason = '',"
    " status = CASE WHEN reported_at IS NULL THEN 'sent' ELSE status END,"
    " platform_id = CASE WHEN platform_id = '' THEN :platform_id ELSE platform_id END"
    " WHERE id = :id AND (status = 'under_way' OR reported_at IS NOT NULL)"
)
_POSTPONE = Statement(
    "UPDATE notes SET status = 'asked', due_at = :due_at, reason = :reason,"
    " doubt_since = COALESCE(doubt_since, :doubt) WHERE id = :id AND status = 'under_way'"
)
_END = Statement(
    "UPDATE notes SET status = CASE WHEN doubt_since IS NULL THEN :status ELSE 'maybe' END,"
    " reason = :reason WHERE id = :id AND status = 'under_way' RETURNING status"
)
_MAYBE = Statement(
    "UPDATE notes SET status = 'maybe', reason = :reason, sent_at = tried_at"
    " WHERE id = :id AND status = 'under_way' RETURNING 1"
)
_DEAD = Statement(
    "SELECT id, kind, COALESCE(doubt_since, tried_at) FROM notes WHERE channel = :channel"
    " AND status = 'under_way' AND tried_at <= :before ORDER BY id LIMIT 200"
)
# ── a clock that was set back ──
_DUE_AHEAD = Statement("UPDATE notes SET due_at = :now WHERE status = 'asked' AND due_at > :latest")
_TRIED_AHEAD = Statement(
    "UPDATE notes SET tried_at = :now, doubt_since = COALESCE(doubt_since, :long_ago)"
    " WHERE status = 'under_way' AND tried_at > :latest"
)
_DOUBTED_AHEAD = Statement(
    "UPDATE notes SET doubt_since = :long_ago"
    " WHERE status IN ('asked', 'under_way') AND doubt_since > :latest"
)
_COUNTED_AHEAD = Statement("UPDATE notes SET sent_at = :now WHERE sent_at > :latest")
_REPORT = Statement(
    "UPDATE notes SET status = :status, reported_at = :now WHERE channel = :channel"
    " AND member_id = :member AND platform_id = :platform_id AND reported_at IS NULL"
    " RETURNING id"
)
_REPORT_UNKNOWN = Statement(
    "UPDATE notes SET status = :status, reported_at = :now, platform_id = :platform_id"
    " WHERE id = (SELECT MIN(id) FROM notes WHERE channel = :channel AND member_id = :member"
    " AND kind = :kind AND platform_id = '' AND reported_at IS NULL"
    " AND (status IN ('under_way', 'sent', 'maybe') OR doubt_since IS NOT NULL)) RETURNING id"
)

_AGREED = Statement(
    "SELECT DISTINCT member_id FROM consents WHERE channel = :channel AND template_id = :template"
    " AND note_key IS NULL AND withdrawn_at IS NULL ORDER BY member_id LIMIT :most"
)
_OPEN_OF = Statement(
    "SELECT template_id, COUNT(*) FROM consents WHERE member_id = :member AND channel = :channel"
    " AND note_key IS NULL AND withdrawn_at IS NULL GROUP BY template_id"
)
_OPEN = Statement(
    "SELECT template_id, COUNT(*) FROM consents WHERE note_key IS NULL AND withdrawn_at IS NULL"
    " GROUP BY template_id ORDER BY template_id"
)
_LATEST = Statement(
    "SELECT id, member_id, used_for, status, reason, asked_at FROM notes"
    " ORDER BY id DESC LIMIT :most"
)
_SETTLE = Statement(
    "UPDATE notes SET status = 'dropped' WHERE id = :id AND status = 'maybe' RETURNING member_id"
)
_COUNT_GONE = Statement("SELECT COUNT(*) FROM gone_followers")
_COUNT_SENT = Statement("SELECT COUNT(*) FROM notes WHERE sent_at > :since")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A note that is ours to send now; the database knows that we try."""

    id: int
    key: str
    """How our own books call it."""
    twin_key: str
    """How the platform tells that it is the same."""
    recipient: str
    kind: NoteKind
    template: str
    words: Mapping[str, str]
    url: str
    doubt_since: datetime | None
    """When the first try ended of which nobody knows whether it arrived."""


def agree(
    uow: UnitOfWork,
    member: MemberId,
    channel: ChannelName,
    template: str,
    *,
    source: str,
    at: datetime,
) -> None:
    """Note that she agreed to one note; the same event is the same consent."""
    uow.run(_AGREE, member=member, channel=channel, template=template, source=source, at=micros(at))


def withdraw(uow: UnitOfWork, member: MemberId, channel: ChannelName, template: str) -> None:
    """Take back what she agreed to and what is not used up."""
    now = micros(uow.clock.now())
    uow.run(_WITHDRAW, member=member, channel=channel, template=template, now=now)


def open_of(uow: UnitOfWork, member: MemberId, channel: ChannelName) -> Mapping[str, int]:
    """Return how many notes of each template a member has agreed to and not got."""
    rows = uow.run(_OPEN_OF, member=member, channel=channel)
    return {str(template): integer(count) for template, count in rows}


def who_agreed(
    uow: UnitOfWork, channel: ChannelName, template: str, *, most: int
) -> list[MemberId]:
    """Return who may still get a note of a template."""
    rows = uow.run(_AGREED, channel=channel, template=template, most=most)
    return [MemberId(integer(member)) for (member,) in rows]


def leave(uow: UnitOfWork, member: MemberId, channel: ChannelName, at: datetime) -> None:
    """Write nothing more to somebody who does not follow any more."""
    uow.run(_LEAVE, member=member, channel=channel, at=micros(at))
    uow.run(_WITHDRAW_ALL, member=member, channel=channel, now=micros(uow.clock.now()))
    uow.run(_DROP, member=member, channel=channel, reason="she has left")


def come_back(uow: UnitOfWork, member: MemberId, channel: ChannelName, at: datetime) -> None:
    """Note that somebody follows again; what overtook her leaving changes nothing."""
    uow.run(_RETURN, member=member, channel=channel, at=micros(at))


def is_gone(uow: UnitOfWork, member: MemberId, channel: ChannelName) -> bool:
    """Return True when she does not follow any more."""
    return bool(uow.run(_IS_GONE, channel=channel, member=member))


@dataclass(frozen=True, slots=True)
class Address:
    """Where a member is reached."""

    member: MemberId
    channel: ChannelName
    recipient: str


def put(
    uow: UnitOfWork,
    to: Address,
    template: Template,
    words: Mapping[str, str],
    *,
    use: str,
    key: str,
    url: str,
) -> bool | None:
    """Write a note down, for a consent of hers where it needs one; it leaves by the errand.

    Returns:
        False when she has no consent left, None when the note was there already.
    """
    rows = uow.run(
        _PUT,
        key=key,
        member=to.member,
        channel=to.channel,
        recipient=to.recipient,
        used_for=use,
        kind=template.right.value,
        template=template.template_id,
        body=json.dumps(dict(words), ensure_ascii=False),
        url=url,
        now=micros(uow.clock.now()),
    )
    if not rows:
        return None
    if template.right is NoteKind.ONCE and not uow.run(
        _USE_UP,
        member=to.member,
        channel=to.channel,
        template=template.template_id,
        key=key,
    ):
        uow.run(_TAKE_OUT, key=key)
        return False
    return True


# ── on the way ──────────────────────────────────────────────────────────────────────────


def take(uow: UnitOfWork, channel: ChannelName, *, daily_most: int) -> Waiting | None:
    """Take the next note; None when there is none, or the day's are used up."""
    now = uow.clock.now()
    [[sent]] = uow.run(_SENT_SINCE, channel=channel, since=micros(now - _DAY))
    if integer(sent) >= daily_most:
        return None
    for number, key, recipient, kind, template, body, url, at, doubted in uow.run(
        _NEXT, channel=channel, now=micros(now)
    ):
        if uow.run(_TAKE, id=number, now=micros(now)):
            twin = blake2b(f"{key}\n{at}".encode(), digest_size=16).hexdigest()
            return Waiting(
                integer(number),
                str(key),
                twin,
                str(recipient),
                NoteKind(str(kind)),
                str(template),
                json.loads(str(body)),
                str(url),
                None if doubted is None else instant(doubted),
            )
    return None


def sent(uow: UnitOfWork, note: Waiting, platform_id: str) -> None:
    """Note that the platform took it; its report may have been quicker."""
    now = micros(uow.clock.now())
    uow.run(_SENT, id=note.id, now=now, platform_id=platform_id)


def put_back(uow: UnitOfWork, note: Waiting, reason: str) -> None:
    """Leave a note that the platform has not taken for another time."""
    now = micros(uow.clock.now())
    uow.run(_POSTPONE, id=note.id, due_at=now, reason=reason, doubt=None)


def doubt(uow: UnitOfWork, note: Waiting, reason: str, *, remembers_s: float) -> bool:
    """Decide about a try of which nobody knows; False when it is left to an operator.

    Where the platform still knows a twin of it, it is tried again.
    """
    since = note.doubt_since or uow.clock.now()
    return _doubt(uow, note.id, note.kind, since, reason, remembers_s=remembers_s)


def _doubt(
    uow: UnitOfWork,
    note: int,
    kind: NoteKind,
    since: datetime,
    reason: str,
    *,
    remembers_s: float,
) -> bool:
    now = uow.clock.now()
    until = since + timedelta(seconds=remembers_s - AGAIN_AFTER_S)
    if kind is NoteKind.SERVICE and now < until:
        due_at = micros(now + timedelta(seconds=AGAIN_AFTER_S))
        uow.run(_POSTPONE, id=note, due_at=due_at, reason=reason, doubt=micros(since))
        return True
    return not uow.run(_MAYBE, id=note, reason=reason)


def recover(uow: UnitOfWork, channel: ChannelName, *, remembers_s: float) -> list[int]:
    """Decide about the tries of a process that died; return those left to an operator."""
    before = micros(uow.clock.now() - timedelta(seconds=DIED_AFTER_S))
    left: list[int] = []
    for number, kind, since in uow.run(_DEAD, channel=channel, before=before):
        again = _doubt(
            uow,
            integer(number),
            NoteKind(str(kind)),
            instant(since),
            "nobody knows whether it left",
            remembers_s=remembers_s,
        )
        left += [] if again else [integer(number)]
    return left


def catch_up(uow: UnitOfWork) -> None:
    """Let nothing wait for what a clock that was ahead of this one has written down.

    A doubt of that time is taken to be so old that no platform would know a twin any more.
    """
    now = uow.clock.now()
    due, past = micros(due_ahead(now, AGAIN_AFTER_S)), micros(due_ahead(now, 0))
    long_ago = micros(now - _DAY)
    uow.run(_DUE_AHEAD, now=micros(now), latest=due)
    uow.run(_DOUBTED_AHEAD, long_ago=long_ago, latest=past)
    uow.run(_TRIED_AHEAD, now=micros(now), long_ago=long_ago, latest=past)
    uow.run(_COUNTED_AHEAD, now=micros(now), latest=past)


def fail(uow: UnitOfWork, note: Waiting, reason: str, *, consent_is_spent: bool) -> str:
    """End a note that the platform does not take; return its status.

    Where an earlier try may have arrived, nobody knows still. A consent that was not used is
    hers again.
    """
    rows = uow.run(_END, id=note.id, status="failed", reason=reason)
    status = str(rows[0][0]) if rows else ""
    if status == "failed" and not consent_is_spent:
        uow.run(_GIVE_BACK, key=note.key)
    return status


def found_gone(uow: UnitOfWork, note: Waiting) -> None:
    """Note that she does not follow, by the platform's refusal: nobody told us when she left."""
    uow.run(_FOUND_GONE, id=note.id)


def report(
    uow: UnitOfWork,
    member: MemberId,
    channel: ChannelName,
    platform_id: str,
    outcome: Outcome,
    *,
    kind: NoteKind,
) -> bool:
    """Note what the platform reports; False when no note is known that it could be about.

    A report may be quicker than the answer that names the note, or that answer was lost: then
    it is about her oldest note of the kind that has no name yet.
    """
    about = {
        "channel": channel,
        "member": member,
        "platform_id": platform_id,
        "status": outcome.value,
        "now": micros(uow.clock.now()),
    }
    return bool(uow.run(_REPORT, **about) or uow.run(_REPORT_UNKNOWN, kind=kind.value, **about))


# ── for operators ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Listed:
    """A note as operators see it."""

    id: int
    member: int
    use: str
    status: str
    reason: str
    asked_at: datetime


def open_consents(uow: UnitOfWork) -> Mapping[str, int]:
    """Return how many notes of each template may still be sent."""
    return {str(template): integer(count) for template, count in uow.run(_OPEN)}


def latest(uow: UnitOfWork, *, most: int) -> list[Listed]:
    """Return the notes, the newest first."""
    return [
        Listed(integer(number), integer(member), str(use), str(status), str(reason), instant(asked))
        for number, member, use, status, reason, asked in uow.run(_LATEST, most=most)
    ]


def settle(uow: UnitOfWork, note: int, who: str) -> bool:
    """Let an operator close a note of which nobody knows; False when it is none of these."""
    rows = uow.run(_SETTLE, id=note)
    if not rows:
        return False
    member = MemberId(integer(rows[0][0]))
    audit.record(uow, who, "subscriptions.settled", f"note {note}", member=member)
    return True


def count_gone(uow: UnitOfWork) -> float:
    """Return how many left."""
    return integer(uow.run(_COUNT_GONE)[0][0])


def count_sent(uow: UnitOfWork) -> float:
    """Return how many notes were sent in the last 24 hours."""
    since = micros(uow.clock.now() - _DAY)
    return integer(uow.run(_COUNT_SENT, since=since)[0][0])
