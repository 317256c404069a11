"""Whether a picture looks like another: small, bright, cropped by a hair or saved again."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

ALIKE_BITS = 10
"""Pictures that differ in so few of 64 bits look alike. Of 150 scenes that we drew, copies (a third
of the size, JPEG 30, a label in a corner) differ in at most 4, with 2 % cut off each side in at
most 10 but for one; of 11,175 pairs of different scenes the nearest differ in 11."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_MOST_PIXELS = 60_000_000


def shape_in(content: bytes) -> str:
    """Return what a picture looks like, see `shape_of`; empty for what is no picture.

    Slow; never on the database's thread.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - as below

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return ""
            picture.draft("L", (256, 256))
            return shape_of(ImageOps.exif_transpose(picture).convert("L"))
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return ""


def shape_of(gray: "Picture") -> str:
    """Return 64 bits in hex: whether each of 8 by 8 fields is brighter than its right neighbour.

    That is dHash: it stays nearly the same when a picture is made smaller, brighter or compressed.
    """
    from PIL.Image import Resampling  # noqa: PLC0415 - heavy, and nobody else here needs it

    small = gray.resize((9, 8), Resampling.LANCZOS).tobytes()
    fields = [9 * row + column for row in range(8) for column in range(8)]
    bits = "".join("1" if small[at] > small[at + 1] else "0" for at in fields)
    return f"{int(bits, 2):016x}"


def apart(one: str, other: str) -> int:
    """Return in how many of 64 bits two pictures differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def most_alike(shape: str, others: Sequence[tuple[int, str]]) -> int | None:
    """Return the number of the picture that is most like this one; None when none is."""
    near = ((apart(shape, other), number) for number, other in others)
    return min((each for each in near if each[0] <= ALIKE_BITS), default=(0, None))[1]
