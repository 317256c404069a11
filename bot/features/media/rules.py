"""The room's settings, and when a file is asked for again."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

FETCH, SWEEP = "media.fetch", "media.sweep"
"""The errands."""
_MB = 1024 * 1024
_FIRST_REST_S, _LONGEST_REST_S = 10.0, 3600.0


class MediaSettings(BaseModel):
    """The section `[media]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keep_days: int = Field(default=180, ge=1, le=3650)
    """How long what members send is kept."""
    max_picture_mb: int = Field(default=20, ge=1, le=100)
    max_file_mb: int = Field(default=100, ge=1, le=1024)
    """Voice, videos and files."""
    max_megapixels: int = Field(default=100, ge=1, le=1000)
    """A small picture can claim to be huge, to fill the memory of whoever opens it."""

    @property
    def picture_bytes(self) -> int:
        """What a picture may weigh."""
        return self.max_picture_mb * _MB

    @property
    def file_bytes(self) -> int:
        """What anything else may weigh."""
        return self.max_file_mb * _MB


def rest_s(tries: int, now: datetime, expires_at: datetime) -> float:
    """Return how long to wait after a try in vain: longer each time, and never past the end."""
    backing_off = _FIRST_REST_S * 2.0 ** min(max(tries - 1, 0), 12)
    left = (expires_at - now).total_seconds()
    return max(_FIRST_REST_S, min(backing_off, _LONGEST_REST_S, left / 2))
