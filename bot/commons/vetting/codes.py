"""Sees whether a picture holds a code to scan, without reading it.

A QR code has a square in three of its corners that every line through its middle cuts in the
proportion 1:1:3:1:1 (ISO/IEC 18004, 6.3.3). Three such squares are a code; a moderator decides.
"""

from collections.abc import Iterator, Sequence

from PIL import Image, ImageChops, ImageFilter

_SIDE = 480
"""Codes that others could scan from the copy are large enough at this size."""
_EVERY = 2  # lines
_DARKER = 12
_CORNERS = 3
Spot = tuple[int, int]


def holds_code(gray: Image.Image) -> bool:
    """Return True when a picture has three squares like those of a QR code."""
    small = gray.copy()
    small.thumbnail((_SIDE, _SIDE))
    around = small.filter(ImageFilter.BoxBlur(24))
    dark = ImageChops.subtract(around, small, offset=0).point(lambda by: 255 * (by > _DARKER))
    turned = dark.transpose(Image.Transpose.TRANSPOSE)
    across, down = _lines(dark), _lines(turned)
    found: list[Spot] = []
    for y in range(0, len(across), _EVERY):
        for x, unit in _squares(across[y]):
            if any(abs(at - y) <= 2 * unit for at, _ in _squares(down[x])):
                _add(found, (x, y), 3 * unit)
    return len(found) >= _CORNERS


def _lines(dark: Image.Image) -> Sequence[bytes]:
    width, height = dark.size
    content = dark.tobytes()
    return [content[y * width : (y + 1) * width] for y in range(height)]


def _squares(line: bytes) -> Iterator[tuple[int, float]]:
    """Yield the middle of each 1:1:3:1:1 of dark and light, and its unit in pixels."""
    ends = [0, *(at for at in range(1, len(line)) if line[at] != line[at - 1]), len(line)]
    for first in range(0 if line[:1] == b"\xff" else 1, len(ends) - 5, 2):
        runs = [ends[first + n + 1] - ends[first + n] for n in range(5)]
        unit = sum(runs) / 7
        wanted = (1, 1, 3, 1, 1)
        if unit >= 1 and all(
            abs(run - each * unit) <= each * unit / 2
            for run, each in zip(runs, wanted, strict=True)
        ):
            yield (ends[first] + ends[first + 5]) // 2, unit


def _add(found: list[Spot], spot: Spot, near: float) -> None:
    """Keep a spot unless it is the square of one that is known."""
    if all(abs(x - spot[0]) > near or abs(y - spot[1]) > near for x, y in found):
        found.append(spot)
