"""Draws what is made to be kept: a streak, a certificate."""

from bot.commons.pictures.canvas import (
    ACCENT,
    BLUSH,
    CARD,
    GOLD,
    INK,
    QUIET,
    WIDTH,
    Canvas,
)
from bot.commons.pictures.drawings import Certificate, StreakPoster
from bot.commons.pictures.letters import Face, lines

_MIDDLE = WIDTH // 2
_POSTER, _SHEET = 960, 720


def draw_streak(drawing: StreakPoster) -> bytes:
    """Return the picture."""
    canvas = Canvas(_POSTER, colour=ACCENT)
    canvas.box((48, 150), (WIDTH - 96, 650), CARD, radius=36)
    canvas.text((_MIDDLE, 96), drawing.brand, 36, ink=CARD, anchor="ms", bold=True)
    if drawing.name:
        canvas.text((_MIDDLE, 238), drawing.name, 36, anchor="ms", most_px=560, bold=True)
    canvas.text((_MIDDLE, 300), "已连续打卡", 30, ink=QUIET, anchor="ms")
    figure = str(drawing.days)
    size = 260 if len(figure) <= 3 else 170  # noqa: PLR2004 - digits that fit so large
    wide = canvas.text(
        (_MIDDLE - 24, 530), figure, size, ink=ACCENT, anchor="ms", face=Face.FIGURES
    )
    canvas.text((_MIDDLE - 24 + wide / 2 + 10, 526), "天", 40, ink=ACCENT, bold=True)
    canvas.rule(596, x=_MIDDLE - 40, end=_MIDDLE + 40, ink=GOLD)
    for number, line in enumerate(lines(drawing.words, 32, 540, 3)):
        canvas.text((_MIDDLE, 656 + number * 50), line, 32, anchor="ms")
    canvas.text((_MIDDLE, 886), _day(drawing), 26, ink=BLUSH, anchor="ms")
    return canvas.png()


def draw_certificate(drawing: Certificate) -> bytes:
    """Return the picture."""
    canvas = Canvas(_SHEET)
    canvas.box((28, 28), (WIDTH - 56, _SHEET - 56), GOLD, radius=30)
    canvas.box((31, 31), (WIDTH - 62, _SHEET - 62), CARD, radius=27)
    _seal(canvas, 170)
    canvas.text((_MIDDLE, 328), drawing.title, 54, ink=ACCENT, anchor="ms", most_px=600, bold=True)
    if drawing.name:
        canvas.text((_MIDDLE, 398), drawing.name, 36, anchor="ms", most_px=560, bold=True)
    canvas.rule(432, x=_MIDDLE - 40, end=_MIDDLE + 40, ink=GOLD)
    for number, line in enumerate(lines(drawing.words, 30, 560, 3)):
        canvas.text((_MIDDLE, 488 + number * 46), line, 30, anchor="ms")
    canvas.text((_MIDDLE, 620), drawing.brand, 28, ink=INK, anchor="ms", bold=True)
    last = " · ".join(filter(None, (_day(drawing), drawing.number)))
    canvas.text((_MIDDLE, 660), last, 24, ink=QUIET, anchor="ms")
    return canvas.png()


def _seal(canvas: Canvas, y: int) -> None:
    """Draw a medal with a star, and its ribbons."""
    for x in (_MIDDLE - 40, _MIDDLE + 12):
        canvas.box((x, y + 30), (28, 62), BLUSH, radius=6)
    canvas.ring((_MIDDLE, y), 72, GOLD, inside=CARD)
    canvas.box((_MIDDLE - 60, y - 60), (120, 120), ACCENT, radius=60)
    canvas.text((_MIDDLE, y + 2), "★", 76, ink=CARD, anchor="mm")


def _day(drawing: StreakPoster | Certificate) -> str:
    return f"{drawing.day.year} 年 {drawing.day.month} 月 {drawing.day.day} 日"
