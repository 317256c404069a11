"""Origins (来路): by which link or code a member came, whatever the channel."""

from bot.commons.origins.personal import personal
from bot.commons.origins.service import (
    MOST_OF_A_MEMBER,
    Place,
    came,
    count_last_24h,
    counted,
    of_member,
    scenes,
)

__all__ = [
    "MOST_OF_A_MEMBER",
    "Place",
    "came",
    "count_last_24h",
    "counted",
    "of_member",
    "personal",
    "scenes",
]
