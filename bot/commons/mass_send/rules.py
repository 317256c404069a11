"""Where a mass send stands."""

from enum import StrEnum


class SendStatus(StrEnum):
    """Where a task stands, and each of its groups or customers."""

    DRAFTED = "drafted"
    CREATING = "creating"
    """The platform is being asked, or its answer was lost: it is looked up before any other."""
    UNCLEAR = "unclear"
    """Of a task: two at the platform could be this one; an operator decides."""
    CREATED = "created"
    """With its owner, who has to confirm."""
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    """Nobody confirmed in time."""
    CANCELLED = "cancelled"
    OVER_QUOTA = "over_quota"
    """Of a group or customer: she has had as many as the platform allows."""


OPEN = "status IN ('drafted', 'creating', 'unclear', 'created', 'confirmed')"
"""Tasks with which something has still to happen."""
