"""What was sent, where it stands, and which file it became.

A ref is written with its update. Whoever fetches it claims it first, for a short while, so that
one whose process died is claimed again; the end of each is written down once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.kernel.files import FileKind, file_name
from bot.kernel.ids import ChannelName, InboxId
from bot.kernel.messages import Media, Update, UpdateKind
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

MOST_IN_ONE = 32
"""So many media of one update are kept; no platform sends as many."""
MOST_REF_CHARS = 4000
LONGEST_LIFE_S = 10 * 365 * 86_400.0
LONGEST_REST_S = 3600.0
"""Nothing waits longer for its next try; what does was put off by a clock that ran ahead."""
QUOTED_FROM = 1000
"""Among the places of an update: what it quotes begins here."""
THUMBNAIL = "thumbnail"
_CLOCKS_DIFFER_S = 60.0


class Status(StrEnum):
    """Where a ref stands."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    """It came, or would have, and may not stay."""
    GONE = "gone"
    """Its platform had forgotten it."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ask:
    """A ref that was claimed: what to fetch."""

    id: int
    channel: ChannelName
    media: Media
    kind: FileKind
    tries: int
    """This one included."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """A file in the store."""

    digest: str
    bytes: int
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref as shown; `file` is there when it was kept."""

    id: int
    channel: ChannelName
    sender: str | None
    kind: FileKind
    name: str
    at: datetime
    status: Status
    reason: str
    expires_at: datetime
    file: File | None
    quoted: bool = False
    """True when it was in the message that hers quotes, whoever sent that."""


# ── noted ───────────────────────────────────────────────────────────────────────────────

_NOTE = Statement(
    "INSERT INTO media_refs (inbox_id, channel, update_key, place, ref, url, name, kind, sender,"
    " at, created_at, status, reason, due_at, expires_at, tries) VALUES (:inbox, :channel, :key,"
    " :place, :ref, :url, :name, :kind, :sender, :at, :now, :status, :reason, :now, :expires_at, 0)"
    " ON CONFLICT (channel, update_key, place) DO NOTHING"
)
_KINDS: Mapping[UpdateKind, FileKind] = {
    UpdateKind.TEXT: FileKind.IMAGE,  # words and pictures in one message
    UpdateKind.IMAGE: FileKind.IMAGE,
    UpdateKind.VOICE: FileKind.VOICE,
    UpdateKind.VIDEO: FileKind.VIDEO,
}


def note(uow: UnitOfWork, item: InboxId, update: Update, *, lives_s: float) -> None:
    """Write down what has to be fetched for an update; what can't be is refused at once."""
    now = uow.clock.now()
    life = timedelta(seconds=min(lives_s, LONGEST_LIFE_S))
    for place, media in _places(update):
        is_good = bool(media.ref) and _fits(media.ref) and _fits(media.url)
        uow.run(
            _NOTE,
            inbox=item,
            channel=update.channel,
            key=update.key,
            place=place,
            ref=media.ref if is_good else "",
            url=media.url if is_good else "",
            name="" if media.name == THUMBNAIL else file_name(media.name),
            kind=_kind(update, media) if place < QUOTED_FROM else _kind_quoted(update),
            sender=update.sender or update.about or None,
            at=micros(update.at),
            now=micros(now),
            status=Status.WAITING if is_good else Status.REFUSED,
            reason="" if is_good else "no_ref",
            expires_at=micros(min(update.at, now) + life),
        )


def _places(update: Update) -> Iterator[tuple[int, Media]]:
    yield from enumerate(update.media[:MOST_IN_ONE])
    yield from enumerate(update.quoted[:MOST_IN_ONE], start=QUOTED_FROM)


def _kind_quoted(update: Update) -> FileKind:
    said = update.extra.get("quote_type", "")
    if said == "mixed":  # words and pictures
        return FileKind.IMAGE
    return FileKind(said) if said in set(FileKind) else FileKind.FILE


def _fits(text: str) -> bool:
    """Return True for what both databases take as text."""
    if len(text) > MOST_REF_CHARS or "\0" in text:
        return False
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _kind(update: Update, media: Media) -> FileKind:
    if media.name == THUMBNAIL:
        return FileKind.IMAGE
    said = update.extra.get("msgtype", "")
    if update.kind is UpdateKind.EVENT and said in set(FileKind):
        return FileKind(said)
    return _KINDS.get(update.kind, FileKind.FILE)


# ── fetched ─────────────────────────────────────────────────────────────────────────────

_DUE = "status = 'waiting' AND (due_at <= :now OR due_at > :too_far)"
_HAS_DUE = Statement(f"SELECT 1 FROM media_refs WHERE {_DUE} LIMIT 1")
_CLAIM = Statement(
    "UPDATE media_refs SET due_at = :until, tries = tries + 1 WHERE id = (SELECT id FROM media_refs"
    f" WHERE {_DUE} ORDER BY expires_at, id LIMIT 1) AND {_DUE}"
    " RETURNING id, channel, ref, url, kind, tries, expires_at"
)
_EXPIRE = Statement(
    "UPDATE media_refs SET status = 'gone', reason = 'expired'"
    f" WHERE {_DUE} AND tries > 0 AND expires_at <= :now RETURNING channel"
)
_PUT_FILE = Statement(
    "INSERT INTO media_files (digest, bytes, content_type, width, height, created_at)"
    " VALUES (:digest, :bytes, :content_type, :width, :height, :now)"
    " ON CONFLICT (digest) DO UPDATE SET content_type = excluded.content_type"
    " WHERE media_files.leaving_at IS NULL RETURNING 1"
)
_KEEP = Statement(
    "UPDATE media_refs SET status = 'kept', reason = '', digest = :digest,"
    " name = CASE WHEN name = '' THEN :name ELSE name END WHERE id = :id AND status = 'waiting'"
)
_END = Statement(
    "UPDATE media_refs SET status = :status, reason = :reason"
    " WHERE id = :id AND status = 'waiting' RETURNING 1"
)
_POSTPONE = Statement(
    "UPDATE media_refs SET due_at = :due_at, reason = :reason WHERE id = :id AND status = 'waiting'"
)
_REST = Statement(
    "UPDATE media_refs SET due_at = :until, reason = :reason"
    " WHERE channel = :channel AND status = 'waiting' AND due_at < :until"
)
_AGAIN = Statement(
    "UPDATE media_refs SET status = 'waiting', reason = '', tries = 0, due_at = :now,"
    " digest = NULL WHERE id = :id AND ref <> ''"
    " AND (status IN ('refused', 'gone', 'failed') OR (status = 'kept' AND :lost = 1)) RETURNING 1"
)


def _due(uow: UnitOfWork) -> dict[str, object]:
    now = uow.clock.now()
    too_far = now + timedelta(seconds=LONGEST_REST_S + _CLOCKS_DIFFER_S)
    return {"now": micros(now), "too_far": micros(too_far)}


def has_due(uow: UnitOfWork) -> bool:
    """Return True when there is something to fetch now."""
    return bool(uow.run(_HAS_DUE, **_due(uow)))


def claim(uow: UnitOfWork, *, for_s: float) -> Ask | None:
    """Take what will be forgotten first; nobody else takes it for so many seconds."""
    until = micros(uow.clock.now() + timedelta(seconds=for_s))
    for item, channel, ref, url, kind, tries, expires_at in uow.run(
        _CLAIM, until=until, **_due(uow)
    ):
        return Ask(
            integer(item),
            ChannelName(str(channel)),
            Media(str(ref), url=str(url)),
            FileKind(str(kind)),
            integer(tries),
            instant(expires_at),
        )
    return None


def expire(uow: UnitOfWork) -> Mapping[ChannelName, int]:
    """Give up what its platform has forgotten meanwhile; return how many for each channel."""
    lost: dict[ChannelName, int] = {}
    for (channel,) in uow.run(_EXPIRE, **_due(uow)):
        name = ChannelName(str(channel))
        lost[name] = lost.get(name, 0) + 1
    return lost


def keep(uow: UnitOfWork, item: int, file: File, *, name: str) -> bool:
    """Write down which file a ref became; one that was erased meanwhile stays erased.

    Returns:
        False when just this file is being removed: fetch it again in a moment.
    """
    if not put_file(uow, file):
        return False
    uow.run(_KEEP, id=item, digest=file.digest, name=file_name(name))
    return True


def put_file(uow: UnitOfWork, file: File) -> bool:
    """Write down that a file is in the store; False when just this one is being removed."""
    uow.take_turns({f"media:{file.digest}"})
    put = uow.run(
        _PUT_FILE,
        digest=file.digest,
        bytes=file.bytes,
        content_type=file.content_type,
        width=file.width,
        height=file.height,
        now=micros(uow.clock.now()),
    )
    return bool(put)


def end(uow: UnitOfWork, item: int, status: Status, reason: str) -> bool:
    """Give a ref up; False when somebody else has ended it, or it was erased."""
    return bool(uow.run(_END, id=item, status=status, reason=reason))


def postpone(uow: UnitOfWork, item: int, after_s: float, reason: str) -> None:
    """Fetch a ref later."""
    due_at = uow.clock.now() + timedelta(seconds=min(after_s, LONGEST_REST_S))
    uow.run(_POSTPONE, id=item, due_at=micros(due_at), reason=reason)


def rest(uow: UnitOfWork, channel: ChannelName, for_s: float, reason: str) -> None:
    """Leave a channel alone for a while: its platform is in trouble."""
    until = micros(uow.clock.now() + timedelta(seconds=min(for_s, LONGEST_REST_S)))
    uow.run(_REST, channel=channel, until=until, reason=reason)


def again(uow: UnitOfWork, item: int, *, lost: bool = False) -> bool:
    """Try a ref once more that was given up; with `lost` one whose file is not there."""
    now = micros(uow.clock.now())
    return bool(uow.run(_AGAIN, id=item, now=now, lost=int(lost)))


# ── removed ─────────────────────────────────────────────────────────────────────────────

_NOBODYS = (
    "NOT EXISTS (SELECT 1 FROM media_refs WHERE media_refs.digest = media_files.digest)"
    " AND NOT EXISTS (SELECT 1 FROM media_holds WHERE media_holds.digest = media_files.digest)"
)
_LEAVING = Statement("SELECT digest FROM media_files WHERE leaving_at IS NOT NULL LIMIT :most")
_UNUSED = Statement(f"SELECT digest FROM media_files WHERE {_NOBODYS} LIMIT :most")
_LEAVE = Statement(
    "UPDATE media_files SET leaving_at = :now"
    f" WHERE digest = :digest AND leaving_at IS NULL AND {_NOBODYS}"
)
_LEAVE_ORPHAN = Statement(
    "INSERT INTO media_files (digest, bytes, content_type, created_at, leaving_at)"
    " VALUES (:digest, 0, '', :now, :now) ON CONFLICT (digest) DO NOTHING"
)
_LEFT = Statement("DELETE FROM media_files WHERE digest = :digest AND leaving_at IS NOT NULL")
_KNOWN = Statement("SELECT 1 FROM media_files WHERE digest = :digest")
_FORGET_UPDATE = Statement(
    "DELETE FROM media_refs WHERE channel = :channel AND update_key = :key RETURNING 1"
)
_FORGET_REFS = Statement(
    "DELETE FROM media_refs WHERE id IN (SELECT id FROM media_refs WHERE created_at < :before"
    " AND status <> 'waiting' ORDER BY created_at LIMIT :most) RETURNING 1"
)


def forget_update(uow: UnitOfWork, channel: ChannelName, key: str) -> bool:
    """Forget what came with one update; False when there was nothing."""
    return bool(uow.run(_FORGET_UPDATE, channel=channel, key=key))


def forget_refs(uow: UnitOfWork, *, after_days: int, most: int) -> int:
    """Forget what was sent so long ago; return how many there were."""
    before = micros(uow.clock.now() - timedelta(days=after_days))
    return len(uow.run(_FORGET_REFS, before=before, most=most))


def known_files(uow: UnitOfWork, digests: Sequence[str]) -> set[str]:
    """Return which of these files are written down."""
    return {digest for digest in digests if uow.run(_KNOWN, digest=digest)}


def leaving(uow: UnitOfWork, *, orphans: Sequence[str] = (), most: int = 200) -> Sequence[str]:
    """Mark the files that nobody refers to, so that nobody begins to; return all that leave.

    `orphans` are in the store and not written down.
    """
    now = micros(uow.clock.now())
    unused = [str(digest) for (digest,) in uow.run(_UNUSED, most=most)]
    uow.take_turns({f"media:{digest}" for digest in (*unused, *orphans)})
    for digest in unused:
        uow.run(_LEAVE, digest=digest, now=now)
    for digest in orphans:
        uow.run(_LEAVE_ORPHAN, digest=digest, now=now)
    return [str(digest) for (digest,) in uow.run(_LEAVING, most=most + len(orphans))]


def forget_files(uow: UnitOfWork, digests: Sequence[str]) -> None:
    """Forget files that have left the store."""
    for digest in digests:
        uow.run(_LEFT, digest=digest)
