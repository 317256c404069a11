"""What names and states of the contacts look like (path/90196, 90240)."""

import re

_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
_GONE = frozenset({"2", "5"})
"""Of `Status`: disabled, has left. 1 is active, 4 has never signed in."""


def is_userid(name: str) -> bool:
    """Return True for what can be a userid."""
    return _USERID.fullmatch(name) is not None


def gone(status: str) -> bool:
    """Return True when a status means that somebody is out of the company, or kept out."""
    return status in _GONE
