"""Settings of the mall."""

from pydantic import BaseModel, ConfigDict, Field


class MallSettings(BaseModel):
    """The section `[mall]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    confirm_minutes: int = Field(default=10, ge=1, le=1440)
    """For so long 确认兑换 means what was asked about last."""
    remind_hours: int = Field(default=3, ge=0, le=240)
    """Members are told so many hours before a reservation ends; 0 for not at all."""
    undo_minutes: int = Field(default=30, ge=0, le=1440)
    """For so long a hand-over can be undone."""
    clubs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Groups that are for some only: the group's id, and for whom, in audience words."""
