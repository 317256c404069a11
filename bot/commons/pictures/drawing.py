"""From a description to PNG bytes. The same description gives the same bytes, wherever drawn."""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import BinaryIO

from bot.commons.pictures.drawings import Drawing

Open = Callable[[str], BinaryIO]
"""Opens a file of the store by its digest, `FileStore.open`; blocks."""

_ONE_AT_A_TIME = Lock()
"""The fonts are shared by all threads, and others need the processor too."""


def draw(drawing: Drawing, open_file: Open | None = None) -> bytes:
    """Return the picture as PNG; takes some 50 ms, so not in the event loop nor a transaction.

    Args:
        drawing: what to draw.
        open_file: opens a file of the store by its digest, for pictures inside the picture.

    Raises:
        ValueError: it can't be drawn.
    """
    from bot.commons.pictures.studio import drawn  # noqa: PLC0415 - Pillow is large

    with _ONE_AT_A_TIME:
        return drawn(drawing, open_file)


@lru_cache(maxsize=64)
def draw_cached(drawing: Drawing, open_file: Open | None = None) -> bytes:
    """Return what `draw` does; for pages, which are opened again and again."""
    return draw(drawing, open_file)
