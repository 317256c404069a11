"""Which group belongs to which scene, and the settings of the room."""

import re
from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.ids import GroupId

INVITE = "arrivals.invite"
"""The errand that shows groups."""
SURVEY = "arrivals.survey"
"""The errand that lists the accounts and makes links."""
SCENE = re.compile(r"[0-9a-zA-Z_-]{1,32}")
_OTHERS = "default"


class ArrivalsSettings(BaseModel):
    """The section `[arrivals]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: Mapping[str, str] = Field(default_factory=dict)
    """The group, by our own name of it, for whoever came by a scene; `default` for all others."""
    invite_on_checkin: bool = False
    """Recommend the group with a member's first check-in, too, and not only when she asks."""
    wording: str = Field(default="邀请你加入我们的社群", min_length=1, max_length=40)
    """What stands above the recommended group."""


class Status(StrEnum):
    """Where an invitation stands."""

    DUE = "due"
    UNDER_WAY = "under_way"
    SENT = "sent"
    FAILED = "failed"
    MAYBE = "maybe"
    """No answer came: she may have seen it."""
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


def group_for(scene: str, settings: ArrivalsSettings) -> GroupId | None:
    """Return the group that belongs to a scene; None when no group does."""
    found = settings.groups.get(scene) or settings.groups.get(_OTHERS)
    return GroupId(found) if found else None
