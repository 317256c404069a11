"""Photos (晒图): pictures that members send for a day; which day, and whether seen before.

A picture that is like an earlier one is asked about, never taken as proof of anything.
"""

from bot.commons.photos.personal import personal
from bot.commons.photos.service import (
    LOOK,
    Photo,
    Shot,
    belong,
    coming,
    confirm,
    count_to_see,
    days_with,
    is_near,
    judge,
    keep_unseen,
    looked,
    one,
    take,
    to_see,
)

__all__ = [
    "LOOK",
    "Photo",
    "Shot",
    "belong",
    "coming",
    "confirm",
    "count_to_see",
    "days_with",
    "is_near",
    "judge",
    "keep_unseen",
    "looked",
    "one",
    "personal",
    "take",
    "to_see",
]
