"""Pictures on their way into a submission: taken once, compared with all others, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.commons import media
from bot.commons.media.likeness import most_alike
from bot.commons.submissions import reads
from bot.commons.submissions.kinds import State
from bot.commons.submissions.reads import View
from bot.commons.vetting import Flag, Found, Looked, flags_json
from bot.kernel.ids import ChannelName
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer

_LOST_AFTER = timedelta(minutes=10)
_MOST_COMPARED = 20_000  # the latest; some milliseconds

_COMING = Statement(
    "SELECT id, submission_id, channel, update_key, place, at FROM submission_pictures"
    " WHERE state = 'coming' ORDER BY id LIMIT :most"
)
_KEEP = Statement(
    "UPDATE submission_pictures SET state = 'kept', digest = :digest, clean = :clean,"
    " clean_bytes = :bytes, shape = :shape, flags = :flags"
    " WHERE id = :picture AND state = 'coming' RETURNING id"
)
_REFUSE = Statement(
    "UPDATE submission_pictures SET state = 'refused', reason = :reason"
    " WHERE id = :picture AND state = 'coming' RETURNING submission_id"
)
_SAME = Statement(
    "SELECT s.id, s.member_id, s.state, p.state FROM submission_pictures p"
    " JOIN submissions s ON s.id = p.submission_id"
    " WHERE p.digest = :digest AND p.id <> :picture AND s.state <> 'cancelled' ORDER BY p.id"
)
_SHAPES = Statement(
    "SELECT submission_id, shape FROM submission_pictures WHERE state = 'kept' AND id <> :picture"
    " AND submission_id <> :number AND digest <> :digest ORDER BY id DESC LIMIT :most"
)
_EMPTIED = Statement(
    "UPDATE submissions SET state = 'cancelled' WHERE id = :number AND state = 'waiting'"
    " AND text = '' AND NOT EXISTS (SELECT 1 FROM submission_pictures p"
    " WHERE p.submission_id = submissions.id AND p.state IN ('coming', 'kept')) RETURNING id"
)
_LIVE = frozenset({State.DRAFT, State.WAITING, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Coming:
    """A picture on its way, and how far it is."""

    picture: int
    submission: int
    ref: media.Ref | None
    is_lost: bool
    """Nobody knows of it, and enough time has passed."""


def coming_pictures(uow: UnitOfWork, *, most: int) -> Sequence[Coming]:
    """Return the pictures that are not settled, the oldest first."""
    before = uow.clock.now() - _LOST_AFTER
    found = []
    for picture, number, channel, key, place, at in uow.run(_COMING, most=most):
        refs = media.of_update(uow, ChannelName(str(channel)), str(key))
        ref = refs[integer(place)] if integer(place) < len(refs) else None
        is_lost = ref is None and instant(at) < before
        found.append(Coming(integer(picture), integer(number), ref, is_lost))
    return found


@dataclass(frozen=True, slots=True)
class Files:
    """What was sent and the copy for others, both in the store."""

    original: media.File
    copy: media.File


class Taken(StrEnum):
    """What became of a picture that was looked at."""

    KEPT = "kept"
    AGAIN = "again"
    """A file of it is just being removed: bring it again in a moment."""
    SAME = "same"
    """She has sent it already."""
    ENDED = "ended"
    """What it belongs to takes no more."""


def keep_picture(uow: UnitOfWork, one: Coming, files: Files, looked: Looked) -> Taken:
    """Take a picture that has been looked at, unless she has sent the same before."""
    found = reads.one(uow, one.submission)
    if found is None or found.member is None or found.state not in _LIVE:
        return Taken.ENDED
    flags, is_hers = _same(uow, one, files.original.digest, found.member)
    if is_hers:
        return Taken.SAME
    flags += [] if flags else _alike(uow, one, files.original.digest, looked.shape)
    flags += [Flag(Found.CODE, "picture")] if looked.has_code else []
    held = ((f"ugc-original:{one.picture}", files.original), (f"ugc:{one.picture}", files.copy))
    if not all(media.hold(uow, name, file) for name, file in held):
        return Taken.AGAIN
    uow.run(
        _KEEP,
        picture=one.picture,
        digest=files.original.digest,
        clean=files.copy.digest,
        bytes=files.copy.bytes,
        shape=looked.shape,
        flags=flags_json.dump_json(flags).decode(),
    )
    return Taken.KEPT


def _same(uow: UnitOfWork, one: Coming, digest: str, member: int) -> tuple[list[Flag], bool]:
    """Return what to say of equal pictures, and whether she has sent this one already."""
    flags: list[Flag] = []
    for number, who, state, _ in uow.run(_SAME, digest=digest, picture=one.picture):
        if who == member and State(str(state)) in _LIVE:
            return [], True
        what = Found.SAME_BEFORE if who == member else Found.SAME_OTHER
        flags.append(Flag(what, "picture", str(number)))
    return flags[:3], False


def _alike(uow: UnitOfWork, one: Coming, digest: str, shape: str) -> list[Flag]:
    asked = {"picture": one.picture, "number": one.submission, "digest": digest}
    rows = uow.run(_SHAPES, **asked, most=_MOST_COMPARED)
    alike = most_alike(shape, [(integer(number), str(other)) for number, other in rows])
    return [Flag(Found.ALIKE, "picture", str(alike))] if alike else []


def refuse_picture(uow: UnitOfWork, picture: int, reason: str) -> tuple[View, bool] | None:
    """Give a picture up; return what it belonged to, and whether nothing is left of that.

    None when it was settled before.
    """
    rows = uow.run(_REFUSE, picture=picture, reason=reason)
    found = reads.one(uow, integer(rows[0][0])) if rows else None
    return None if found is None else (found, bool(uow.run(_EMPTIED, number=found.number)))
