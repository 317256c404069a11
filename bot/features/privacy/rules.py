"""How long things may take and stay."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

CONFIRM_WITHIN = timedelta(minutes=10)
LINK_VALID_S = 15 * 60


class PrivacySettings(BaseModel):
    """The section `[privacy]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    erasure_grace_days: int = Field(default=7, ge=0, le=365)
    """Between a confirmed 删除我的数据 and the deletion; 0 deletes at once."""
    message_retention_days: int = Field(default=90, ge=2, le=3650)
    """How long messages are kept: longer than a repeat of a callback can pass the door."""
