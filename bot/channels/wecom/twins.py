"""How far the platform must look back for a twin of a message that is sent again.

The platform compares contents (path/90236, 2026-07). Looking back too far, it would take two
wanted answers of equal words for twins; not far enough, and a member reads one twice. Between
two tries of a message nothing else goes to its member, so the time of the first try is right.
"""

import math
from datetime import datetime

_LONGEST_S = 14_400
_DEFAULT_S = 1_800  # the platform's own
DROPS_TWINS_S = _LONGEST_S - 60.0
"""How old a doubt may be; the rest is for the way of the first try and of the second."""


def duplicate_check(since: datetime, now: datetime, *, margin_s: float) -> dict[str, int]:
    """Return the fields that ask for a twin of what was sent at `since` to be dropped.

    Args:
        since: when the first doubtful try began.
        now: when this one begins.
        margin_s: how long a request may be under way.
    """
    passed_s = (now - since).total_seconds()
    # the clock was set back: nobody knows how much time has passed
    window_s = _DEFAULT_S if passed_s < 0 else math.ceil(passed_s + margin_s)
    return {
        "enable_duplicate_check": 1,
        "duplicate_check_interval": min(_LONGEST_S, window_s),
    }
