"""The settings of the room, and what of a finding leads where."""

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.cases import Kind

TURNS = 12
"""So many utterances of a conversation are looked at together."""
TURNS_HOURS = 48
RATED_HOURS = 24
"""So long after a rating what she writes is read by its light."""
SURE = 0.95
"""What stands behind a command rings from here on, or when a rule decides it alone; less is a
doubt to be looked at."""
DOUBTFUL = 0.15
"""What is less than this is told to nobody (`Judged`)."""


class CareSettings(BaseModel):
    """The section `[care]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    idle_hours: int = Field(default=24, ge=1, le=720)
    """So long after a human's last answer without a word of the member the bot speaks again."""
    close_days: int = Field(default=3, ge=1, le=60)
    """So long after it was resolved a case is closed."""
    large_yuan: int = Field(default=2000, ge=1, le=10_000_000)
    """From this amount on a purchase is a large one."""


KINDS = {
    "complaint": Kind.COMPLAINT,
    "human_request": Kind.HUMAN,
    "high_value_intent": Kind.VALUE,
    "safety_distress": Kind.SAFETY,
}
"""What the detector calls it, and the kind of case; anything else that alerts is a complaint."""


def kind_of(label: str) -> Kind:
    """Return the kind of case that a finding opens."""
    return KINDS.get(label, Kind.COMPLAINT)


def is_own_advert(text: str, shop: str) -> bool:
    """Return True for what the shop has sent out itself: it begins with its name in brackets."""
    return text.lstrip().startswith((f"【{shop}】", f"[{shop}]"))


def has_words(text: str) -> bool:
    """Return True unless there is nothing in it but figures and signs."""
    return any(sign.isalpha() for sign in text)
