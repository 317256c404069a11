"""The room's settings."""

from pydantic import BaseModel, ConfigDict, Field


class PictureSettings(BaseModel):
    """The section `[pictures]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_days: int = Field(default=30, ge=3, le=3650)
    """How long a picture that was sent is kept; what its message waits for is shorter."""
