"""From a description to PNG bytes. The same description gives the same bytes, wherever drawn."""

import io
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import BinaryIO

from PIL import Image, ImageOps

from bot.commons.pictures import calendars, charts, posters, sheets
from bot.commons.pictures.drawings import (
    Certificate,
    Drawing,
    MonthCalendar,
    PollChart,
    QrSheet,
    Ranking,
    StreakPoster,
)

Open = Callable[[str], BinaryIO]
"""Opens a file of the store by its digest; blocks."""

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_MOST_PIXELS = 50_000_000
_ONE_AT_A_TIME = Lock()
"""The fonts are shared by all threads, and others need the processor too."""


def draw(drawing: Drawing, open_file: Open | None = None) -> bytes:
    """Return the picture as PNG; takes about 50 ms, so not in the event loop nor a transaction.

    Raises:
        ValueError: it can't be drawn.
    """
    with _ONE_AT_A_TIME:
        return _drawn(drawing, open_file)


@lru_cache(maxsize=64)
def draw_cached(drawing: Drawing) -> bytes:
    """Return what `draw` does; for pages, which are opened again and again."""
    return draw(drawing)


def _drawn(drawing: Drawing, open_file: Open | None) -> bytes:
    match drawing:
        case MonthCalendar():
            return calendars.draw(drawing)
        case StreakPoster():
            return posters.draw_streak(drawing)
        case PollChart():
            return charts.draw_poll(drawing, _thumbnails(open_file))
        case Ranking():
            return charts.draw_ranking(drawing)
        case Certificate():
            return posters.draw_certificate(drawing)
        case QrSheet():
            return sheets.draw(drawing)


def _thumbnails(open_file: Open | None) -> charts.Thumbnail:
    def thumbnail(digest: str, side: int) -> Image.Image | None:
        """Return a small picture; None for one that is not there or can't be read."""
        if open_file is None:
            return None
        with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            with open_file(digest) as file:
                content = file.read()
            return _small(content, side)
        return None

    return thumbnail


def _small(content: bytes, side: int) -> Image.Image | None:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        if picture.width * picture.height > _MOST_PIXELS:
            return None
        picture.draft("RGB", (2 * side, 2 * side))
        upright = ImageOps.exif_transpose(picture)
        return ImageOps.fit(upright.convert("RGB"), (side, side))
