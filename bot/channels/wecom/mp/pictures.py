"""Pictures that the platform knows already: a response can only carry those.

A response is made at once, so nothing is read or uploaded for it. A file that was changed
since is another picture.
"""

from hashlib import sha256
from pathlib import Path

from bot.channels.wecom.media import Uploads
from bot.kernel.messages import Image

_MOST_KEPT = 1000


class KnownPictures:
    """Remembers by its name, or its data URL, which content a picture had when it was uploaded."""

    def __init__(self, root: Path, uploads: Uploads) -> None:
        self._root = root
        self._uploads = uploads
        self._digests: dict[str, str] = {}

    def name(self, image: Image, digest: str) -> None:
        """Remember which content a picture has now; the oldest is forgotten for it."""
        if stamp := self._stamp(image):
            self._digests.pop(stamp, None)
            self._digests[stamp] = digest
        if len(self._digests) > _MOST_KEPT:
            del self._digests[next(iter(self._digests))]

    def media_id(self, image: Image) -> str:
        """Return the media id of a picture; empty when it would have to be uploaded."""
        digest = self._digests.get(self._stamp(image), "")
        return self._uploads.known(digest) if digest else ""

    def _stamp(self, image: Image) -> str:
        if image.digest:
            return image.digest
        if image.data_url:
            return sha256(image.data_url.encode()).hexdigest()
        try:
            state = (self._root / image.path).stat()
        except (OSError, ValueError):
            return ""
        return f"{image.path}\n{state.st_mtime_ns}\n{state.st_size}"
