"""Questions about what was sent."""

from collections.abc import Sequence
from datetime import timedelta

from bot.commons.media.service import QUOTED_FROM, File, Ref, Status
from bot.kernel.files import FileKind
from bot.kernel.ids import ChannelName
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_REFS = (
    "SELECT r.id, r.channel, r.sender, r.kind, r.name, r.at, r.status, r.reason, r.expires_at,"
    " r.place, f.digest, f.bytes, f.content_type, f.width, f.height"
    " FROM media_refs r LEFT JOIN media_files f ON f.digest = r.digest"
)
_ONE = Statement(f"{_REFS} WHERE r.id = :id")
_OF_UPDATE = Statement(
    f"{_REFS} WHERE r.channel = :channel AND r.update_key = :key"
    f" AND r.place < {QUOTED_FROM} ORDER BY r.place"
)
_WITH_QUOTED = Statement(
    f"{_REFS} WHERE r.channel = :channel AND r.update_key = :key ORDER BY r.place"
)
_RECENT = Statement(f"{_REFS} WHERE r.id < :before ORDER BY r.id DESC LIMIT :limit")
_TROUBLED = Statement(
    f"{_REFS} WHERE r.id < :before AND r.status IN ('refused', 'gone', 'failed')"
    " ORDER BY r.id DESC LIMIT :limit"
)
_WAITING = Statement("SELECT count(*) FROM media_refs WHERE status = 'waiting'")
_FAILED = Statement(
    "SELECT count(*) FROM media_refs WHERE created_at >= :since"
    " AND status IN ('refused', 'gone', 'failed')"
)
_NEWEST = 2**62


def one(uow: UnitOfWork, item: int) -> Ref | None:
    """Return one ref."""
    rows = uow.run(_ONE, id=item)
    return _ref(rows[0]) if rows else None


def of_update(
    uow: UnitOfWork, channel: ChannelName, key: str, *, quoted: bool = False
) -> Sequence[Ref]:
    """Return what was sent with one update, in its order: the way by which rooms find files.

    With `quoted` also what it quotes, behind what it brought.
    """
    statement = _WITH_QUOTED if quoted else _OF_UPDATE
    return [_ref(row) for row in uow.run(statement, channel=channel, key=key)]


def recent(
    uow: UnitOfWork, *, troubled: bool = False, before: int | None = None, limit: int = 50
) -> Sequence[Ref]:
    """Return what was sent, the newest first; with `troubled` only what was not kept."""
    statement = _TROUBLED if troubled else _RECENT
    return [_ref(row) for row in uow.run(statement, before=before or _NEWEST, limit=limit)]


def count_waiting(uow: UnitOfWork) -> float:
    """Return how much waits to be fetched."""
    return float(integer(uow.run(_WAITING)[0][0]))


def count_failed(uow: UnitOfWork) -> float:
    """Return how much of the last 24 hours was not kept."""
    since = micros(uow.clock.now() - timedelta(hours=24))
    return float(integer(uow.run(_FAILED, since=since)[0][0]))


def _ref(row: Row) -> Ref:
    item, channel, sender, kind, name, at, status, reason, expires_at, place, *file = row
    return Ref(
        integer(item),
        ChannelName(str(channel)),
        None if sender is None else str(sender),
        FileKind(str(kind)),
        str(name),
        instant(at),
        Status(str(status)),
        str(reason),
        instant(expires_at),
        _file(file),
        integer(place) >= QUOTED_FROM,
    )


def _file(row: Row) -> File | None:
    digest, size, content_type, width, height = row
    if digest is None:
        return None
    return File(
        str(digest),
        integer(size),
        str(content_type),
        None if width is None else integer(width),
        None if height is None else integer(height),
    )
