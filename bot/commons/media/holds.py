"""Files that the house itself needs, or needs for longer, each under a name of its room's."""

from collections.abc import Sequence
from datetime import datetime

from bot.commons.media.service import File, put_file
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_HOLD = Statement(
    "INSERT INTO media_holds (holder, digest, until) VALUES (:holder, :digest, :until)"
    " ON CONFLICT (holder) DO UPDATE SET digest = excluded.digest, until = excluded.until"
)
_LET_GO = Statement("DELETE FROM media_holds WHERE holder = :holder")
_HELD = Statement(
    "SELECT f.digest, f.bytes, f.content_type FROM media_holds h"
    " JOIN media_files f ON f.digest = h.digest WHERE h.holder = :holder"
)
_HOLDERS = Statement("SELECT holder FROM media_holds WHERE holder LIKE :like ORDER BY holder")
_FORGET = Statement(
    "DELETE FROM media_holds WHERE holder IN (SELECT holder FROM media_holds"
    " WHERE until <= :now ORDER BY until LIMIT :most) RETURNING 1"
)


def hold(uow: UnitOfWork, holder: str, file: File, *, until: datetime | None = None) -> bool:
    """Hold on to a file in the store, in place of what the holder held before.

    Args:
        uow: the unit of work.
        holder: a name of the room's, for example `picture:7`.
        file: which.
        until: how long; None until it is let go.

    Returns:
        False when just this file is being removed: put it there again in a moment.
    """
    if not put_file(uow, file):
        return False
    ends = None if until is None else micros(until)
    uow.run(_HOLD, holder=holder, digest=file.digest, until=ends)
    return True


def let_go(uow: UnitOfWork, holder: str) -> None:
    """Need a file no longer; it leaves unless somebody else does."""
    uow.run(_LET_GO, holder=holder)


def held(uow: UnitOfWork, holder: str) -> File | None:
    """Return the file that a holder holds."""
    for digest, size, content_type in uow.run(_HELD, holder=holder):
        return File(str(digest), integer(size), str(content_type))
    return None


def holders(uow: UnitOfWork, beginning: str) -> Sequence[str]:
    """Return the holders whose names begin so; the beginning holds neither `%` nor `_`."""
    return [str(name) for (name,) in uow.run(_HOLDERS, like=f"{beginning}%")]


def forget_holds(uow: UnitOfWork, *, most: int) -> int:
    """Forget holds that are over; return how many there were."""
    return len(uow.run(_FORGET, now=micros(uow.clock.now()), most=most))
