"""Codes that survive being read aloud.

No character looks or sounds like another that is used: 0 O, 1 I L, 2 Z, 5 S, 8 B, 6 G, N M, V U W.
The last one is a checksum: one character that was misheard, or two that changed places, are
always noticed, because the alphabet has a prime number of characters and no two places weigh alike.
"""

import re
import secrets

ALPHABET = "346789ACEFHJKMPRTXY"
LENGTH = 9
_GROUP = 3
_BETWEEN = re.compile(r"[\s\-_.·—–－]+")


def draw() -> str:
    """Return a new code, without its groups."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _checksum(body)


def spoken(code: str) -> str:
    """Return a code in groups, as it is shown and read aloud: `3AC-F7H-KMP`."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def heard(said: str) -> str | None:
    """Return the code that somebody typed, in any width, case and grouping; None for a typo."""
    code = _BETWEEN.sub("", said).translate(_HALF).upper()
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code if _checksum(code[:-1]) == code[-1] else None


def _checksum(body: str) -> str:
    """Return the character that makes the weighted sum of all a multiple of the alphabet."""
    total = sum((place + 2) * ALPHABET.index(sign) for place, sign in enumerate(body))
    return ALPHABET[-total % len(ALPHABET)]


_HALF = {ord(sign) + 0xFEE0: ord(sign) for sign in ALPHABET + ALPHABET.lower()}
