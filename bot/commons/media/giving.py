"""Hands what members have sent to the colleagues who may see it."""

import io
from collections.abc import Callable
from typing import BinaryIO

from bot.commons.media.pictures import Broken, without_metadata
from bot.commons.media.service import Ref
from bot.kernel.console import Download
from bot.kernel.files import PICTURES, FileStore, download_name


def download(store: FileStore, ref: Ref) -> Download | None:
    """Return a file; a picture without what it says besides (place, time, camera).

    None for one that has not come, or is gone.
    """
    if ref.file is None:
        return None
    file = ref.file
    name = download_name(ref.name, file.content_type, f"file-{ref.id}")
    if file.content_type in PICTURES:
        opened = _cleaned(store, file.digest)
        return Download(name, file.content_type, opened, version=file.digest)
    return Download(name, file.content_type, lambda: store.open(file.digest))


def _cleaned(store: FileStore, digest: str) -> Callable[[], BinaryIO]:
    def read() -> BinaryIO:
        with store.open(digest) as file:
            content = file.read()
        try:
            return io.BytesIO(without_metadata(content))
        except Broken:  # what can't be cleaned is not shown
            raise FileNotFoundError(digest) from None

    return read
