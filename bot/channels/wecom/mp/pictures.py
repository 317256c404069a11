"""Pictures that the platform knows already: a response can only carry those.

A response is made at once, so nothing is read or uploaded for it. A file that was changed
since is another picture.
"""

from hashlib import sha256
from pathlib import Path

from bot.channels.wecom.media import MediaIds
from bot.kernel.clock import Clock
from bot.kernel.messages import Image

_MOST_KEPT = 1000


class KnownPictures:
    """Remembers which picture was uploaded as which media id, by content and by name."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self.ids = MediaIds(clock)
        self._digests: dict[str, str] = {}

    def keep(self, image: Image, digest: str, media_id: str) -> None:
        """Remember an upload."""
        self.ids.keep(digest, media_id)
        self.name(image, digest)

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
        return self.ids.find(digest) if digest else ""

    def _stamp(self, image: Image) -> str:
        if image.data_url:
            return sha256(image.data_url.encode()).hexdigest()
        try:
            state = (self._root / image.path).stat()
        except (OSError, ValueError):
            return ""
        return f"{image.path}\n{state.st_mtime_ns}\n{state.st_size}"
