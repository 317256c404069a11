"""Makes the fonts of `bot/commons/pictures/fonts` from Debian's package fonts-noto-cjk.

    apt-get install fonts-noto-cjk
    python -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools
    /tmp/fonts/bin/python tools/make_fonts.py

The one for words has what GB 2312 and the common half of Big5 have (names are written in both),
European letters and punctuation. The one for large figures has digits and Latin letters only.
"""

from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

FROM = Path("/usr/share/fonts/opentype/noto")
TO = Path(__file__).parents[1] / "bot" / "commons" / "pictures" / "fonts"
LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x180)}
PUNCTUATION = {*range(0x2010, 0x2028), *range(0x2030, 0x203C), *range(0x3000, 0x3020)}
FIGURES = {*range(0x20, 0x7F), 0xB7, 0xD7, 0x2013, 0x2014}


def charset(name: str, leads: Iterable[int]) -> set[int]:
    """Return the characters of a two-byte character set."""
    found = set()
    for lead in leads:
        for trail in range(0x40, 0xFF):
            try:
                found.add(ord(bytes([lead, trail]).decode(name)))
            except UnicodeDecodeError:
                continue
    return found


def face(file: str, name: str) -> TTFont:
    """Return one font of a collection."""
    fonts = TTCollection(str(FROM / file)).fonts
    return next(font for font in fonts if font["name"].getDebugName(4) == name)


def make(font: TTFont, characters: set[int], to: str) -> None:
    """Write what is left of a font with only these characters; no features, no hints."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 11, 13, 14]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters)
    maker.subset(font)
    font["head"].modified = font["head"].created  # the same bytes each time
    font.recalcTimestamp = False
    font.save(TO / to)


if __name__ == "__main__":
    gb2312 = charset("gb2312", range(0xA1, 0xF8))
    big5 = charset("big5", range(0xA4, 0xC7))
    words = face("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC")
    make(words, LATIN | PUNCTUATION | gb2312 | big5, "words.otf")
    make(face("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC Bold"), FIGURES, "figures.otf")
