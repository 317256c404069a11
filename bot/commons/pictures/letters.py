"""Words as our font can draw them. Names are whatever members call themselves."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

NEUTRAL = "☆"
"""Stands for what the font does not have: emoji, rare characters, other scripts."""
_FONTS = Path(__file__).parent / "fonts"
_NOWHERE = "\U0010fffd"  # private: no font has it
_UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Sk"}  # joiners, turners, tones, accents
_KEPT = frozenset("^`¨¯´¸")


class Face:
    """The fonts by name."""

    WORDS = "words.otf"
    FIGURES = "figures.otf"
    """Digits and Latin letters only, with serifs."""


@lru_cache(maxsize=64)
def font(size: int, face: str = Face.WORDS) -> ImageFont.FreeTypeFont:
    """Return a font of so many pixels; the plain layout draws the same everywhere."""
    return ImageFont.truetype(_FONTS / face, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=20_000)
def _has(char: str) -> bool:
    return char == " " or _shape(char) != _shape(_NOWHERE)


def _shape(char: str) -> tuple[tuple[int, int], bytes]:
    mask = font(24).getmask(char)
    return mask.size, bytes(mask)


@lru_cache(maxsize=4096)
def drawable(text: str) -> str:
    """Return `text` on one line with only what the font has.

    What is not seen, and what would turn the text around it, is gone; what is not there becomes
    one neutral sign, however much of it follows one another.
    """
    drawn: list[str] = []
    for char in unicodedata.normalize("NFC", text[:2000]):
        for known in _known(char):
            if known in (NEUTRAL, " ") and drawn and drawn[-1] == known:
                continue
            drawn.append(known)
    return "".join(drawn).strip()


def _known(char: str) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char) in _UNSEEN and char not in _KEPT:
        return ""
    if _has(char):
        return char
    plain = [one for one in unicodedata.normalize("NFKC", char) if _has(one)]
    return "".join(plain) or NEUTRAL


def width(text: str, size: int, face: str = Face.WORDS) -> float:
    """Return how many pixels a text takes."""
    return font(size, face).getlength(text)


def fitted(text: str, size: int, most_px: float, face: str = Face.WORDS) -> str:
    """Return `text` as it is drawn on one line, cut with … where it is too long."""
    text = drawable(text)
    if width(text, size, face) <= most_px:
        return text
    room = most_px - width("…", size)
    kept, used = 0, 0.0
    for char in text:
        used += width(char, size, face)
        if used > room:
            break
        kept += 1
    return f"{text[:kept].rstrip()}…"


def lines(text: str, size: int, most_px: float, most: int) -> list[str]:
    """Return `text` on at most `most` lines, the last one cut where it is too long."""
    pieces = map(drawable, text.splitlines())
    found = [line for piece in pieces if piece for line in _broken(piece, size, most_px)]
    if len(found) <= most:
        return found
    return [*found[: most - 1], fitted(" ".join(found[most - 1 :]), size, most_px)]


_NOT_FIRST = frozenset("，。！？；：、）》”’…%")


def _broken(text: str, size: int, most_px: float) -> list[str]:
    made, line, used = list[str](), "", 0.0
    for char in text:
        needs = width(char, size)
        if line and used + needs > most_px and char not in _NOT_FIRST:
            made.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + char, used + needs
    return [*made, line]
