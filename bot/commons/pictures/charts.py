"""Draws what many have said or done: votes as bars, the best in a list."""

from collections.abc import Callable

from PIL import Image

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
from bot.commons.pictures.drawings import PollChart, PollOption, Ranking, RankRow
from bot.commons.pictures.letters import Face, lines

MOST_OPTIONS = 20
MOST_ROWS = 50
Thumbnail = Callable[[str, int], Image.Image | None]
"""(digest, side) → a square picture of that side, None for none."""

_BAR, _TILE = 118, 84
_BARE, _PICTURED = 96, 256  # colours
_LEFT, _RIGHT = MARGIN + 8, WIDTH - MARGIN - 8
_LIST_ROW = 76
_MEDALS: dict[int, Ink] = {1: (176, 132, 60), 2: (128, 128, 134), 3: (158, 104, 72)}


# ── votes ───────────────────────────────────────────────────────────────────────────────


def draw_poll(drawing: PollChart, thumbnail: Thumbnail) -> bytes:
    """Return the picture; options that are too many are counted in the last line."""
    title = lines(drawing.title, 38, WIDTH - 2 * MARGIN, 3)
    options = drawing.options[:MOST_OPTIONS]
    has_pictures = any(option.picture for option in options)
    top = 92 + len(title) * 52
    bottom = top + len(options) * _BAR + 40
    canvas = Canvas(bottom + (128 if drawing.note else 90))
    _title(canvas, drawing.brand, title)
    canvas.card(top, bottom)
    for number, option in enumerate(options):
        y = top + 20 + number * _BAR
        x = _LEFT
        if has_pictures:
            canvas.tile((x, y + 18), _TILE, _shown(option, thumbnail))
            x += _TILE + 22
        _bar(canvas, (x, y), option, drawing.voters)
    left_out = len(drawing.options) - len(options)
    facts = [f"{drawing.voters} 人参与", drawing.closed]
    facts += [f"另有 {left_out} 项未列出"] if left_out else []
    canvas.text((MARGIN, bottom + 50), " · ".join(filter(None, facts)), 24, ink=QUIET)
    canvas.text((MARGIN, bottom + 88), drawing.note, 24, ink=QUIET)
    return canvas.png(colours=_PICTURED if has_pictures else _BARE)


def _shown(option: PollOption, thumbnail: Thumbnail) -> Image.Image | None:
    return thumbnail(option.picture, _TILE) if option.picture else None


def _title(canvas: Canvas, brand: str, title: list[str]) -> None:
    canvas.text((MARGIN, 60), brand, 24, ink=QUIET, most_px=500)
    for number, line in enumerate(title):
        canvas.text((MARGIN, 116 + number * 52), line, 38, bold=True)


def _bar(canvas: Canvas, at: tuple[int, int], option: PollOption, voters: int) -> None:
    x, y = at
    wins = option.is_winner
    share = min(option.votes / voters, 1.0) if voters else 0.0
    figures = f"{option.votes} 票 · {share:.0%}"
    ink = ACCENT if wins else QUIET
    wide = canvas.text((_RIGHT, y + 52), figures, 26, ink=ink, anchor="rs", bold=wins)
    room = _RIGHT - x - wide - 24
    if wins:
        room -= 40
        canvas.text((x, y + 52), "★", 28, ink=ACCENT)
    canvas.text((x + 36 * wins, y + 52), option.text, 29, most_px=room, bold=wins)
    canvas.box((x, y + 70), (_RIGHT - x, 22), LINE, radius=11)
    length = round((_RIGHT - x) * share)
    if length:
        canvas.box((x, y + 70), (max(length, 22), 22), ACCENT if wins else GOLD, radius=11)


# ── lists ───────────────────────────────────────────────────────────────────────────────


def draw_ranking(drawing: Ranking) -> bytes:
    """Return the picture."""
    rows = drawing.rows[:MOST_ROWS]
    title = lines(drawing.title, 38, WIDTH - 2 * MARGIN, 2)
    top = 100 + len(title) * 52 + (36 if drawing.subtitle else 0)
    bottom = top + max(len(rows), 1) * _LIST_ROW + 32
    own = 104 if drawing.own else 0
    canvas = Canvas(bottom + own + (80 if drawing.note else 36))
    _title(canvas, drawing.brand, title)
    canvas.text((MARGIN, top - 32), drawing.subtitle, 26, ink=QUIET)
    canvas.card(top, bottom)
    for number, row in enumerate(rows):
        _line(canvas, top + 16 + number * _LIST_ROW, row)
    if not rows:
        canvas.text((WIDTH // 2, top + 62), "还没有人上榜", 28, ink=QUIET, anchor="ms")
    if drawing.own:
        canvas.card(bottom + 16, bottom + 16 + _LIST_ROW + 12, colour=BLUSH)
        _line(canvas, bottom + 22, drawing.own)
    canvas.text((MARGIN, canvas.height - 34), drawing.note, 24, ink=QUIET)
    return canvas.png()


def _line(canvas: Canvas, y: int, row: RankRow) -> None:
    middle = y + _LIST_ROW // 2
    if row.is_own:
        inset = MARGIN // 2 + 10
        canvas.box((inset, y + 4), (WIDTH - 2 * inset, _LIST_ROW - 8), BLUSH, radius=18)
    medal = _MEDALS.get(row.place)
    if medal:
        canvas.box((_LEFT, middle - 24), (48, 48), medal, radius=24)
    at = (_LEFT + 24, middle + 10)
    ink = CARD if medal else QUIET
    canvas.text(at, str(row.place), 28, ink=ink, anchor="ms", face=Face.FIGURES)
    wide = canvas.text((_RIGHT, middle + 10), row.figure, 28, ink=ACCENT, anchor="rs", most_px=260)
    room = _RIGHT - _LEFT - 72 - wide - 24
    strong = row.place in _MEDALS or row.is_own
    canvas.text((_LEFT + 72, middle + 11), row.name, 30, ink=INK, most_px=room, bold=strong)
