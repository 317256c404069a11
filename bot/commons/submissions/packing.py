"""Everything that was accepted, to take along: a sheet and the pictures, in one archive."""

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from bot.commons import members
from bot.commons.submissions import reads
from bot.commons.submissions.reads import View
from bot.kernel.files import FileStore
from bot.kernel.sheets import sheet_of
from bot.kernel.work import UnitOfWork

_HEADS = ("number", "call", "sent_at", "accepted_by", "public", "credit", "text", "pictures")
_IN_MEMORY_BYTES = 8 * 1024 * 1024


def pack(uow: UnitOfWork, zone: ZoneInfo, store: FileStore) -> Callable[[], BinaryIO]:
    """Return what packs everything accepted, in a thread of its own: on the disk, not in memory."""
    views = reads.accepted(uow)
    sheet = _sheet(uow, zone, views)
    files = [pair for view in views for pair in _names(view)]

    def packed() -> BinaryIO:
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - whoever sends it closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("submissions.csv", "\ufeff" + sheet)
            for name, digest in files:
                _put(archive, store, name, digest)
        file.seek(0)
        return cast("BinaryIO", file)

    return packed


def _put(archive: zipfile.ZipFile, store: FileStore, name: str, digest: str) -> None:
    try:
        with store.open(digest) as picture:
            archive.writestr(name, picture.read())
    except FileNotFoundError:
        return  # it was withdrawn a moment ago


def _names(view: View) -> list[tuple[str, str]]:
    pictures = enumerate(view.pictures, 1)
    return [(f"pictures/{view.number}-{at}.jpg", one.clean) for at, one in pictures]


def _sheet(uow: UnitOfWork, zone: ZoneInfo, views: Sequence[View]) -> str:
    rows: list[list[object]] = []
    for view in views:
        name = members.display_name(uow, view.member) if view.member else None
        sent = view.sent_at.astimezone(zone).isoformat() if view.sent_at else ""
        pictures = " ".join(path for path, _ in _names(view))
        public, credit = int(view.is_public), view.credited(name)
        about = (view.call, sent, view.decided_by, public, credit, view.text, pictures)
        rows.append([view.number, *about])
    return sheet_of(_HEADS, rows)
