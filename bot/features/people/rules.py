"""Settings."""

from pydantic import BaseModel, ConfigDict, Field


class PeopleSettings(BaseModel):
    """The section `[people]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unclaimed_orders_days: int = Field(default=365, ge=1, le=3650)
    """After so many days an order that belongs to no member loses the name that came with it."""
