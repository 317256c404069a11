"""How long things may take and stay."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from bot.kernel.files import Packed, Parcel

CONFIRM_WITHIN = timedelta(minutes=10)
LINK_VALID_S = 15 * 60


class PrivacySettings(BaseModel):
    """The section `[privacy]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    erasure_grace_days: int = Field(default=7, ge=0, le=365)
    """Between a confirmed 删除我的数据 and the deletion; 0 deletes at once."""
    message_retention_days: int = Field(default=90, ge=2, le=3650)
    """How long messages are kept: longer than a repeat of a callback can pass the door."""
    export_part_mb: int = Field(default=200, ge=1, le=2048)
    """What an export weighs at most before it comes in several parts; one file is never cut."""


def in_parts(files: Sequence[Packed], most_bytes: int) -> Iterator[Parcel]:
    """Yield the files in their order, as many together as weigh no more than `most_bytes`."""
    part: list[Packed] = []
    for file in files:
        if part and sum(one.bytes for one in part) + file.bytes > most_bytes:
            yield Parcel(tuple(part))
            part = []
        part.append(file)
    yield Parcel(tuple(part))
