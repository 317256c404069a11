"""The settings of the room."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class HelpSettings(BaseModel):
    """The section `[help]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    welcomes: Mapping[str, str] = Field(default_factory=dict)
    """What greets whoever came by a scene (of a link or QR code), instead of the usual words."""
