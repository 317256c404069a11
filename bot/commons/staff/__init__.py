"""Staff (顾问): who of the configured advisors is still there, and under which userid.

Rows hold the userid that an advisor has now: whoever keeps some hears `AdvisorRenamed`, and changes
them by `following` or `following_once`. What people type, files name and old words say is found by
`find`, and shown by `name_of`, whichever of her userids it is.
"""

from bot.commons.staff.following import following, following_once
from bot.commons.staff.service import (
    Standing,
    all_names,
    came_back,
    find,
    left,
    name_of,
    names_before,
    renamed,
    standing,
    userid_after,
    userid_now,
)
from bot.commons.staff.telling import write_to

__all__ = [
    "Standing",
    "all_names",
    "came_back",
    "find",
    "following",
    "following_once",
    "left",
    "name_of",
    "names_before",
    "renamed",
    "standing",
    "userid_after",
    "userid_now",
    "write_to",
]
