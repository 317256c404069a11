"""Looks at one picture: whether it can be taken, what it looks like, and a copy for others.

The copy is made of pixels alone: no place, time, camera or comment can hide in it. Slow; never on
the database's thread.
"""

import io

from PIL import Image, ImageOps, ImageStat

from bot.commons.media.likeness import shape_of
from bot.commons.vetting.codes import holds_code
from bot.commons.vetting.photos import Looked, Unfit
from bot.kernel.files import HEAD_BYTES, type_of

LONGEST_SIDE = 1600
SMALLEST_SIDE = 200
_MOST_PIXELS = 60_000_000
_QUALITY = 85
_BLANK = 3.0
"""A picture whose brightness varies by less (standard deviation, of 255) shows nothing."""
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_ARCHIVES = frozenset({"application/zip", "application/gzip", "application/vnd.rar"})
_APPLE = frozenset({"image/heic", "image/avif"})


def looked(content: bytes, *, most_bytes: int) -> Looked:
    """Return what a picture is, and a copy of it that says nothing else.

    Raises:
        Unfit: it is none, or not one that others can look at.
    """
    _check_outside(content, most_bytes)
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _check_inside(picture)
            plain = _plain(picture)
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit("too_many_pixels") from None
    except Exception as exc:
        raise Unfit("broken") from exc
    gray = plain.convert("L")
    if ImageStat.Stat(gray).stddev[0] < _BLANK:
        raise Unfit("blank")
    return Looked(_jpeg(plain), *plain.size, shape_of(gray), holds_code(gray))


def _check_outside(content: bytes, most_bytes: int) -> None:
    if not content:
        raise Unfit("empty")
    if len(content) > most_bytes:
        raise Unfit("too_large")
    kind = type_of(content[:HEAD_BYTES])
    if kind in _ARCHIVES:
        raise Unfit("archive")
    if kind in _APPLE:
        raise Unfit("heic")
    if not kind.startswith("image/"):
        raise Unfit("another_kind")


def _check_inside(picture: Image.Image) -> None:
    width, height = picture.size
    if getattr(picture, "n_frames", 1) > 1:
        raise Unfit("animated")
    if width * height > _MOST_PIXELS:
        raise Unfit("too_many_pixels")
    if min(width, height) < SMALLEST_SIDE:
        raise Unfit("tiny")


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, the right way up, on white, and not larger than needed."""
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded smaller at once
    turned = ImageOps.exif_transpose(picture).convert("RGBA")
    turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", turned.size, "white")
    plain.paste(turned, mask=turned.getchannel("A"))
    return plain


def _jpeg(plain: Image.Image) -> bytes:
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()
