"""Pictures and files to send: from the media folder, a data URL or the store of received files."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.kernel.clock import Clock
from bot.kernel.errors import Undeliverable
from bot.kernel.files import FileKind, FileStore, MediaIds, download_name, type_of
from bot.kernel.ids import ChannelName
from bot.kernel.messages import File, Image, Receipt

# Upload limits of path/90253 (2026-07)
MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_FILE_BYTES = 20 * 1024 * 1024
SENT_AS = frozenset({FileKind.VOICE, FileKind.VIDEO, FileKind.FILE})
_TAKEN: Mapping[FileKind, tuple[str, int]] = {
    FileKind.VOICE: ("audio/amr", 2 * 1024 * 1024),
    FileKind.VIDEO: ("video/mp4", 10 * 1024 * 1024),
    FileKind.FILE: ("", MAX_FILE_BYTES),
}
"""Of which type a file must be, any if empty, and how large at most."""
_MIN_BYTES = 6
_KEPT = timedelta(days=3) - timedelta(hours=2)  # media ids live 3 days
_MOST_KEPT = 1000
_NOWHERE = ChannelName("")
_MAGIC = {b"\xff\xd8\xff": ("jpg", "image/jpeg"), b"\x89PNG\r\n\x1a\n": ("png", "image/png")}

Upload = Callable[[str, str, str, bytes], Awaitable[str]]
"""Uploads a file of a kind, with its name and content type; returns its media id."""

Send = Callable[[str], Awaitable[Receipt]]
"""Sends a message with the picture of a media id in it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture and what they are; `suffix` is empty when neither JPG nor PNG."""

    content: bytes
    name: str
    suffix: str
    content_type: str
    sent_as: FileKind = FileKind.IMAGE

    @property
    def digest(self) -> str:
        """What is the same for the same picture, sent as the same."""
        digest = sha256(self.content).hexdigest()
        return digest if self.sent_as is FileKind.IMAGE else f"{self.sent_as}:{digest}"

    def check(self) -> None:
        """Raise Undeliverable for what the platform does not take."""
        if self.sent_as is FileKind.IMAGE:
            if not self.suffix or len(self.content) > MAX_IMAGE_BYTES:
                raise Undeliverable("a picture must be JPG or PNG of at most 10 MB")
            return
        content_type, most = _TAKEN[self.sent_as]
        if content_type not in {"", self.content_type} or len(self.content) > most:
            size = f"{content_type or 'any type'}, at most {most} bytes"
            raise Undeliverable(f"a {self.sent_as} must be {size}")


class PictureShelf:
    """Finds the pictures and files that parts name."""

    def __init__(self, root: Path, received: FileStore | None = None) -> None:
        self._root = root
        self._received = received

    async def read(self, image: Image | File) -> Picture:
        """Return the picture or file.

        Raises:
            Undeliverable: it is not there, outside the folder, empty or too large.
        """
        if isinstance(image, File):
            return await asyncio.to_thread(self._file, image)
        if image.data_url:
            return _picture(_from_data_url(image.data_url), "picture")
        if image.digest:
            content = await asyncio.to_thread(self._from_store, image.digest)
            return _picture(content, "picture")
        path = image.path
        return _picture(await asyncio.to_thread(self._from_folder, path), Path(path).stem)

    def _file(self, file: File) -> Picture:
        content = self._from_store(file.digest) if file.digest else self._from_folder(file.path)
        kind = type_of(content)
        name = download_name(file.name or Path(file.path).name, kind, "file")
        if not _MIN_BYTES <= len(content) <= MAX_FILE_BYTES:
            raise Undeliverable(f"a file of {len(content)} bytes is not taken")
        return Picture(content, name, Path(name).suffix[1:], kind, file.sent_as)

    def _from_store(self, digest: str) -> bytes:
        try:
            if self._received is None:
                raise FileNotFoundError
            with self._received.open(digest) as file:
                return file.read(MAX_FILE_BYTES + 1)
        except OSError as exc:
            raise Undeliverable(f"the file can't be read: {type(exc).__name__}") from None

    def _from_folder(self, path: str) -> bytes:
        try:
            root = self._root.resolve()
            file = (root / path).resolve()  # follows links, so that none leads out
            if not file.is_relative_to(root):
                raise Undeliverable("the picture lies outside the media folder")
            if file.stat().st_size > MAX_FILE_BYTES:
                raise Undeliverable("the picture is larger than the platform takes")
            return file.read_bytes()
        except (OSError, ValueError, RuntimeError) as exc:
            raise Undeliverable(f"the picture can't be read: {type(exc).__name__}") from None


def _from_data_url(url: str) -> bytes:
    head, comma, data = url.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise Undeliverable("the picture's data URL can't be read")
    try:
        return b64decode(data, validate=True)
    except ValueError:
        raise Undeliverable("the picture's data URL can't be read") from None


def _picture(content: bytes, stem: str) -> Picture:
    if not _MIN_BYTES <= len(content) <= MAX_FILE_BYTES:
        raise Undeliverable(f"a picture of {len(content)} bytes is not taken")
    for magic, (suffix, content_type) in _MAGIC.items():
        if content.startswith(magic):
            return Picture(content, f"{stem}.{suffix}", suffix, content_type)
    return Picture(content, stem, "", "application/octet-stream")


class Uploads:
    """Gives pictures to a platform, each once for as long as it is kept there."""

    def __init__(
        self,
        upload: Upload,
        is_gone: Callable[[int], bool],
        clock: Clock,
        *,
        channel: ChannelName = _NOWHERE,
        uploaded: MediaIds | None = None,
    ) -> None:
        """`is_gone` tells whether an error's code means that a media id is not known any more."""
        self._upload = upload
        self._is_gone = is_gone
        self._clock = clock
        self._channel = channel
        self._uploaded = uploaded
        self._ids: dict[str, tuple[str, datetime]] = {}

    def known(self, digest: str) -> str:
        """Return the media id of a picture; empty when it would have to be uploaded."""
        media_id, until = self._ids.get(digest, ("", self._clock.now()))
        return media_id if self._clock.now() < until else ""

    async def using(self, picture: Picture, send: Send) -> Receipt:
        """Send a message with a picture in it; a media id that is gone is replaced once.

        Raises:
            Undeliverable: the platform takes no such picture, or not this message.
            PlatformError: not now, or it may have arrived.
        """
        try:
            return await send(await self._media_id(picture))
        except Undeliverable as exc:
            if not self._is_gone(exc.code):
                raise
        self._ids.pop(picture.digest, None)
        if self._uploaded is not None:
            await self._uploaded.forget(self._channel, picture.digest)
        return await send(await self._media_id(picture))

    async def _media_id(self, picture: Picture) -> str:
        picture.check()
        media_id = self.known(picture.digest) or await self._found(picture.digest)
        if not media_id:
            name, kind = picture.name, picture.content_type
            media_id = await self._upload(picture.sent_as, name, kind, picture.content)
            until = self._clock.now() + _KEPT
            self._keep(picture.digest, media_id, until)
            if self._uploaded is not None:
                await self._uploaded.keep(self._channel, picture.digest, media_id, until)
        return media_id

    async def _found(self, digest: str) -> str:
        """Return the id of what an earlier process or another replica has uploaded."""
        if self._uploaded is None:
            return ""
        found = await self._uploaded.find(self._channel, digest)
        if found is None:
            return ""
        self._keep(digest, *found)
        return found[0]

    def _keep(self, digest: str, media_id: str, until: datetime) -> None:
        """Remember an upload; the oldest is forgotten when there are too many."""
        self._ids.pop(digest, None)
        self._ids[digest] = (media_id, until)
        if len(self._ids) > _MOST_KEPT:
            del self._ids[next(iter(self._ids))]
