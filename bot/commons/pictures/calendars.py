"""Draws a month of check-ins."""

from bot.commons.pictures.canvas import (
    ACCENT,
    BLUSH,
    CARD,
    GOLD,
    INK,
    LINE,
    MARGIN,
    QUIET,
    WIDTH,
    Canvas,
    Ink,
)
from bot.commons.pictures.drawings import DayMark, MonthCalendar
from bot.commons.pictures.letters import Face

_TOP, _ROW, _HEAD, _FOOT = 128, 88, 72, 190
_RADIUS = 36
_SIDE = 58
_STEP = (WIDTH - 2 * _SIDE) / 7


def draw(drawing: MonthCalendar) -> bytes:
    """Return the picture."""
    first = drawing.month.weekday()
    weeks = -(-(first + len(drawing.days)) // 7)
    bottom = _TOP + _HEAD + weeks * _ROW + 24
    canvas = Canvas(bottom + _FOOT + 36)
    _head(canvas, drawing)
    canvas.card(_TOP, bottom)
    for number, name in enumerate("一二三四五六日"):
        canvas.text((_x(number), _TOP + 50), name, 24, ink=QUIET, anchor="ms")
    for day, mark in enumerate(drawing.days, start=1):
        week, weekday = divmod(first + day - 1, 7)
        at = (round(_x(weekday)), _TOP + _HEAD + week * _ROW + _ROW // 2)
        _day(canvas, at, day, mark, is_today=day == drawing.today)
    _foot(canvas, drawing, bottom + 24)
    return canvas.png()


def _x(weekday: int) -> float:
    return _SIDE + (weekday + 0.5) * _STEP


def _head(canvas: Canvas, drawing: MonthCalendar) -> None:
    month = drawing.month
    wide = canvas.text((MARGIN, 84), str(month.month), 72, ink=ACCENT, face=Face.FIGURES)
    canvas.text((MARGIN + wide + 8, 82), "月", 34, ink=ACCENT, bold=True)
    canvas.text((MARGIN + wide + 60, 82), str(month.year), 28, ink=QUIET, face=Face.FIGURES)
    end, room = WIDTH - MARGIN, 380
    if drawing.name:
        canvas.text((end, 54), drawing.name, 28, anchor="rs", most_px=room, bold=True)
    canvas.text((end, 90), f"{drawing.brand} · 打卡", 24, ink=QUIET, anchor="rs", most_px=room)


_FILLED: dict[DayMark, tuple[Ink, Ink]] = {
    DayMark.DONE: (ACCENT, CARD),
    DayMark.MADE_UP: (BLUSH, ACCENT),
}


def _day(canvas: Canvas, at: tuple[int, int], day: int, mark: DayMark, *, is_today: bool) -> None:
    x, y = at
    ink = INK if mark is DayMark.TODAY else QUIET
    if mark in _FILLED:
        colour, ink = _FILLED[mark]
        radius = _RADIUS
        canvas.box((x - radius, y - radius), (2 * radius, 2 * radius), colour, radius=radius)
    if mark is DayMark.MADE_UP:
        canvas.text((x, y + 28), "补", 15, ink=ink, anchor="ms")
    if mark is DayMark.MISSED:
        canvas.box((x - 3, y + 22), (6, 6), LINE, radius=3)
    if is_today:
        canvas.ring((x, y), _RADIUS + 5, GOLD, inside=CARD)
        if mark in _FILLED:
            canvas.ring((x, y), _RADIUS + 1, _FILLED[mark][0], inside=_FILLED[mark][0])
    up = 4 if mark is DayMark.MADE_UP else 0
    canvas.text((x, y + 10 - up), str(day), 28, ink=ink, anchor="ms", face=Face.FIGURES)


def _foot(canvas: Canvas, drawing: MonthCalendar, top: int) -> None:
    month_days = sum(mark in _FILLED for mark in drawing.days)
    figures = (
        ("连续", drawing.streak_days),
        ("本月", month_days),
        ("最长", drawing.best_days),
        ("一共", drawing.total_days),
    )
    canvas.card(top, top + _FOOT - 24)
    step = (WIDTH - 2 * MARGIN) / len(figures)
    for number, (title, figure) in enumerate(figures):
        x = MARGIN + (number + 0.5) * step
        ink = ACCENT if number == 0 else INK
        canvas.text((x, top + 84), str(figure), 52, ink=ink, anchor="ms", face=Face.FIGURES)
        canvas.text((x, top + 128), f"{title}（天）", 22, ink=QUIET, anchor="ms")
