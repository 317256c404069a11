"""Codes that survive being read aloud, and how long things may take."""

from datetime import timedelta

CODE_DIGITS = 6
VALID = timedelta(minutes=10)
MOST_WRONG = 5
LOCKED = timedelta(hours=1)
"""How long nobody may try again after `MOST_WRONG` wrong codes."""
UNDO_WITHIN = timedelta(days=30)

_SPOKEN = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_BETWEEN = str.maketrans("", "", " -–—.,、，。·")


def read_code(said: str) -> str:
    """Return the code in what somebody typed, maybe as she heard it; empty when it is none."""
    code = said.translate(_BETWEEN).translate(_SPOKEN)
    return code if len(code) == CODE_DIGITS and code.isascii() and code.isdigit() else ""
