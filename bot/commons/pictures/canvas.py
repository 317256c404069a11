"""Paper, inks and the few shapes that all pictures are made of. Lengths are pixels."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from bot.commons.pictures.letters import Face, fitted, font, width

WIDTH = 750
MARGIN = 44
Ink = tuple[int, int, int]

PAPER: Ink = (250, 245, 238)
CARD: Ink = (255, 255, 255)
INK: Ink = (61, 50, 44)
QUIET: Ink = (120, 106, 96)
ACCENT: Ink = (168, 85, 63)
BLUSH: Ink = (244, 224, 213)
LINE: Ink = (234, 223, 212)
GOLD: Ink = (160, 122, 62)
"""Dark enough on white for words; all inks are (WCAG 2, 4.5:1), but `LINE` and `BLUSH`."""
_FINER = 4
_COLOURS = 96


@lru_cache(maxsize=256)
def _mask(size: tuple[int, int], radius: int) -> Image.Image:
    """Return a box with round corners whose edge is smooth."""
    big = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    corner = (size[0] * _FINER - 1, size[1] * _FINER - 1)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, *corner), radius * _FINER, fill=255)
    return big.resize(size, Image.Resampling.BOX)


class Canvas:
    """One picture while it is drawn."""

    def __init__(self, height: int, *, colour: Ink = PAPER) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH, height), colour)
        self._draw = ImageDraw.Draw(self._image)

    def box(
        self, at: tuple[int, int], size: tuple[int, int], colour: Ink, *, radius: int = 0
    ) -> None:
        """Fill a box; one whose radius is half its side is a circle."""
        if min(size) > 0:
            self._image.paste(colour, at, _mask(size, min(radius, min(size) // 2)))

    def ring(self, centre: tuple[int, int], radius: int, colour: Ink, *, inside: Ink) -> None:
        """Draw a circle with a thin edge."""
        x, y = centre
        self.box((x - radius, y - radius), (2 * radius, 2 * radius), colour, radius=radius)
        inner = radius - 3
        self.box((x - inner, y - inner), (2 * inner, 2 * inner), inside, radius=inner)

    def card(self, top: int, bottom: int, *, colour: Ink = CARD) -> None:
        """Put a sheet with round corners on the paper."""
        inset = MARGIN // 2
        self.box((inset, top), (WIDTH - 2 * inset, bottom - top), colour, radius=28)

    def rule(self, y: int, *, x: int = MARGIN, end: int = WIDTH - MARGIN, ink: Ink = LINE) -> None:
        """Draw a thin line."""
        self._draw.rectangle((x, y, end, y + 1), fill=ink)

    def text(
        self,
        at: tuple[float, float],
        words: str,
        size: int,
        *,
        ink: Ink = INK,
        anchor: str = "ls",
        most_px: float = WIDTH - 2 * MARGIN,
        bold: bool = False,
        face: str = Face.WORDS,
    ) -> float:
        """Write one line, cut where it is too long; return its width.

        `anchor` is Pillow's: l, m, r for the side, then s for the base line or m for the middle.
        """
        said = fitted(words, size, most_px, face)
        stroke = size / 45 if bold else 0.0
        self._draw.text(
            at, said, font=font(size, face), fill=ink, anchor=anchor, stroke_width=stroke
        )
        return width(said, size, face)

    def tile(self, at: tuple[int, int], size: int, picture: Image.Image | None) -> None:
        """Put in a small square picture with round corners; a quiet tile where there is none."""
        self.box(at, (size, size), BLUSH, radius=14)
        if picture is not None:
            self._image.paste(picture, at, _mask((size, size), 14))

    def put(self, picture: Image.Image, at: tuple[int, int]) -> None:
        """Put in a picture as it is."""
        self._image.paste(picture, at)

    def png(self, *, colours: int = _COLOURS) -> bytes:
        """Return the picture as PNG bytes; few colours are a small file."""
        small = self._image.quantize(
            colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        out = io.BytesIO()
        small.save(out, "PNG", compress_level=6)
        return out.getvalue()
