"""How often to ask, and what an encrypted name looks like (path/100719 and 101521, 2026-07)."""

import re
from datetime import timedelta

AGAIN_AFTER = timedelta(days=1)
"""A member may come into the app's range, or an administrator may grant the permission."""
MOST_TRIES = 7

_ENCRYPTED = re.compile(r"wo[0-9A-Za-z_-]{20,62}")
_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")


def is_userid(name: str) -> bool:
    """Return True for a name that is a userid, and not an encrypted one."""
    return _USERID.fullmatch(name) is not None and _ENCRYPTED.fullmatch(name) is None
