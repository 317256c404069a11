"""Knows which drawer draws what. Pillow is read with this module, and only then."""

import io
from contextlib import suppress

from PIL import Image, ImageOps

from bot.commons.pictures import calendars, charts, posters, sheets
from bot.commons.pictures.drawing import Open
from bot.commons.pictures.drawings import (
    Certificate,
    Drawing,
    MonthCalendar,
    PollChart,
    QrSheet,
    Ranking,
    StreakPoster,
)

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_MOST_PIXELS = 50_000_000


def drawn(drawing: Drawing, open_file: Open | None) -> bytes:
    """Return the picture as PNG."""
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
