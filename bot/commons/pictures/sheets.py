"""Draws a code to scan with what it is for."""

import segno
from PIL import Image

from bot.commons.pictures.canvas import ACCENT, CARD, INK, MARGIN, QUIET, WIDTH, Canvas
from bot.commons.pictures.drawings import QrSheet
from bot.commons.pictures.letters import lines

_MIDDLE = WIDTH // 2
_CODE = 480
_QUIET_ZONE = 4  # ISO/IEC 18004: modules that stay empty around a code


def draw(drawing: QrSheet) -> bytes:
    """Return the picture.

    Raises:
        ValueError: the address is too long for a code that a phone reads.
    """
    title = lines(drawing.title, 44, WIDTH - 2 * MARGIN, 2)
    top = 114 + len(title) * 60
    canvas = Canvas(top + _CODE + 250)
    canvas.text((_MIDDLE, 72), drawing.brand, 26, ink=QUIET, anchor="ms")
    for number, line in enumerate(title):
        canvas.text((_MIDDLE, 138 + number * 60), line, 44, ink=INK, anchor="ms", bold=True)
    side = _CODE + 40
    canvas.box((_MIDDLE - side // 2, top), (side, side), CARD, radius=28)
    code = _code(drawing.address)
    canvas.put(code, (_MIDDLE - code.width // 2, top + (side - code.height) // 2))
    for number, (words, ink) in enumerate(
        ((drawing.when, ACCENT), (drawing.where, INK), (drawing.note, QUIET))
    ):
        canvas.text((_MIDDLE, top + side + 56 + number * 46), words, 30, ink=ink, anchor="ms")
    return canvas.png()


def _code(address: str) -> Image.Image:
    try:
        made = segno.make(address, error="m", micro=False)
    except segno.DataOverflowError:
        raise ValueError("the address does not fit into a code") from None
    rows = list(made.matrix_iter(border=_QUIET_ZONE))
    side = len(rows)
    small = Image.frombytes(
        "L", (side, side), bytes(0 if dark else 255 for row in rows for dark in row)
    )
    scale = max(1, _CODE // side)
    return small.resize((side * scale, side * scale), Image.Resampling.NEAREST).convert("RGB")
