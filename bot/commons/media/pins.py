"""Files that the house itself keeps, each under a name of its room's: nobody sent them."""

from collections.abc import Sequence

from bot.commons.media.service import File, put_file
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer

_PIN = Statement(
    "INSERT INTO media_pins (name, digest) VALUES (:name, :digest)"
    " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest"
)
_UNPIN = Statement("DELETE FROM media_pins WHERE name = :name")
_PINNED = Statement(
    "SELECT f.digest, f.bytes, f.content_type FROM media_pins p"
    " JOIN media_files f ON f.digest = p.digest WHERE p.name = :name"
)
_NAMES = Statement("SELECT name FROM media_pins WHERE name LIKE :like ORDER BY name")


def pin(uow: UnitOfWork, name: str, file: File) -> bool:
    """Keep a file under a name, in place of what was there.

    Returns:
        False when just this file is being removed: bring it again in a moment.
    """
    if not put_file(uow, file):
        return False
    uow.run(_PIN, name=name, digest=file.digest)
    return True


def unpin(uow: UnitOfWork, name: str) -> None:
    """Let go of a file; it is removed when nobody else has it."""
    uow.run(_UNPIN, name=name)


def pinned(uow: UnitOfWork, name: str) -> File | None:
    """Return the file under a name."""
    for digest, size, content_type in uow.run(_PINNED, name=name):
        return File(str(digest), integer(size), str(content_type))
    return None


def pins(uow: UnitOfWork, beginning: str) -> Sequence[str]:
    """Return the names that begin so; the beginning holds neither `%` nor `_`."""
    return [str(name) for (name,) in uow.run(_NAMES, like=f"{beginning}%")]
