"""Whether a picture looks like another: small, bright, cropped by a hair or saved again."""

import io
from collections.abc import Sequence

ALIKE_BITS = 6
"""Pictures that differ in no more of 64 bits look the same to a person."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_MOST_PIXELS = 60_000_000


def shape_in(content: bytes) -> str:
    """Return what a picture looks like, 64 bits in hex; empty for what is no picture.

    That is dHash: whether each of 8 by 8 fields is brighter than its right neighbour. Slow; never
    on the database's thread.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and nobody else here needs it

    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return ""
            picture.draft("L", (256, 256))
            gray = ImageOps.exif_transpose(picture).convert("L")
            small = gray.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        return ""
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
