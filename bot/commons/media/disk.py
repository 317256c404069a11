"""Files in a folder: `ab/cd/<digest>`, each written beside its place and then moved there."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from errno import ECANCELED
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import BinaryIO

from typing_extensions import override

from bot.kernel import crash
from bot.kernel.errors import CannotStore
from bot.kernel.files import FileStore, Intake

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMING = "coming"


class DiskStore(FileStore):
    """A `FileStore` in one folder of this machine, or of one that all replicas share."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @override
    @asynccontextmanager
    async def receive(self) -> AsyncIterator[Intake]:
        coming = _Coming(self._root)
        try:
            yield coming
        finally:
            await asyncio.to_thread(coming.discard)

    @override
    def open(self, digest: str) -> BinaryIO:
        return _place(self._root, digest).open("rb")

    @override
    async def exists(self, digest: str) -> bool:
        return await asyncio.to_thread(_place(self._root, digest).is_file)

    @override
    async def delete(self, digest: str) -> None:
        await asyncio.to_thread(_place(self._root, digest).unlink, missing_ok=True)

    @override
    async def old(self, shard: int, *, older_than_s: float) -> Sequence[str]:
        return await asyncio.to_thread(self._old, f"{shard:02x}", older_than_s)

    def _old(self, shard: str, older_than_s: float) -> Sequence[str]:
        for file in (self._root / _COMING).glob("*"):
            if _age_s(file) > older_than_s:
                file.unlink(missing_ok=True)
        files = (self._root / shard).glob("*/*")
        return sorted(file.name for file in files if _age_s(file) > older_than_s)


class _Coming(Intake):
    """A file on its way in; its own name is made up by us.

    Whoever gives up waiting for a piece leaves a thread that still writes it: hence the lock.
    """

    def __init__(self, root: Path) -> None:
        self.size = 0
        self._root = root
        self._path = root / _COMING / token_hex(16)
        self._hash = sha256()
        self._file: BinaryIO | None = None
        self._lock = Lock()
        self._is_over = False

    @override
    async def take(self, piece: bytes) -> None:
        await _on_disk(self._write, piece)

    @override
    def open(self) -> BinaryIO:
        return self._path.open("rb")

    @override
    async def keep(self) -> str:
        digest = self._hash.hexdigest()
        await _on_disk(self._keep, digest)
        return digest

    def _written(self) -> BinaryIO:
        if self._is_over:
            raise OSError(ECANCELED, "given up")
        if self._file is None:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)  # nobody else reads along
            self._path.parent.mkdir(exist_ok=True)
            self._file = self._path.open("xb")
        return self._file

    def _write(self, piece: bytes) -> None:
        with self._lock:
            file = self._written()
            file.write(piece)
            file.flush()  # so that a full disk shows here
            self._hash.update(piece)
            self.size += len(piece)

    def _keep(self, digest: str) -> None:
        """Move the file to its place; the same content there already is written over."""
        with self._lock:
            self._move(digest)

    def _move(self, digest: str) -> None:
        file = self._written()
        file.flush()
        os.fsync(file.fileno())
        crash.step("media.written")
        place = _place(self._root, digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(place)
        for folder in (place.parent, place.parent.parent, self._root):
            _sync(folder)  # or a power cut may take the name away again
        crash.step("media.placed")

    def discard(self) -> None:
        """Forget what was not kept."""
        with self._lock:
            self._is_over = True
            with suppress(OSError):
                if self._file is not None:
                    self._file.close()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


async def _on_disk(act: object, *arguments: object) -> None:
    try:
        await asyncio.to_thread(act, *arguments)  # type: ignore[arg-type]  # ours, just above
    except OSError as exc:
        raise CannotStore(f"files can't be kept: {exc.strerror}") from exc


def _place(root: Path, digest: str) -> Path:
    if not _DIGEST.fullmatch(digest):
        raise FileNotFoundError("no digest")
    return root / digest[:2] / digest[2:4] / digest


def _age_s(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return 0.0


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
