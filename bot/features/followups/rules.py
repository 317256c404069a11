"""Follow-ups: kinds, states, settings, the ladder, and who wants no calls. No database."""

import re
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

MOST_POSTPONED = 3
WORDS_CHARS = 400
FARTHEST_DAYS = 366


class Kind(StrEnum):
    """How a member is seen to."""

    CALL = "call"
    MESSAGE = "message"
    VISIT = "visit"


class State(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    """It is not needed any more."""


class Why(StrEnum):
    """Which rule wanted a task."""

    LOW_CSAT = "low_csat"
    NOT_BOUGHT = "not_bought"
    """Somebody of high value has not bought what she asked for."""
    COMPENSATED = "compensated"
    """Something was made up for: is she content now?"""
    RECALL = "recall"
    """She has stayed away, and we had let her down."""


class Did(StrEnum):
    """What was done with a task."""

    MADE = "made"
    DONE = "done"
    DROPPED = "dropped"
    POSTPONED = "postponed"
    REASSIGNED = "reassigned"
    ESCALATED = "escalated"


class Rung(StrEnum):
    """Who is told when a task is overdue, from the bottom up."""

    ADVISOR = "advisor"
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"
    OPERATIONS = "operations"


LADDER = tuple(Rung)


class FollowupSettings(BaseModel):
    """The section `[followups]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    step_minutes: int = Field(default=60, ge=1, le=10_000)
    """Business minutes from one rung of the ladder to the next."""
    not_bought_days: int = Field(default=3, ge=0, le=90)
    """After so many days who asked for much and did not buy is asked again; 0 for not at all."""
    compensated_days: int = Field(default=7, ge=0, le=90)
    """After so many days who got something made up is asked again; 0 for not at all."""


_FOLDED = str.maketrans(
    "電話給營銷擾騷別請絕訪廣們來聯許準讓說",
    "电话给营销扰骚别请绝访广们来联许准让说",
)
_NOT = (
    "(?:不要|不想|不用|不必|不许|不准|不接受|不愿|不希望|不需要|请勿|勿|别"
    "|拒绝|停止|禁止|谢绝|甭|少)"
)
_AGAIN = (
    "(?:老是|老|总是|总|再|继续|随便|一直|天天|给我|跟我|往我|向我|接到|接|收到"
    "|任何|你们的|你们|的|来|有|这种){0,4}"
)
_CALL = (
    "(?:打(?:我|营销|推销|骚扰|回访|广告)?(?:的)?电话|打给我|来电|致电"
    "|(?:营销|推销|回访|骚扰|推广)电话|电话(?:营销|推销|骚扰|回访|推广|打扰|联系|通知)?)"
)
_REFUSES = re.compile(f"{_NOT}{_AGAIN}{_CALL}")
_NO_REFUSAL = re.compile(
    "别忘|不要忘|不用忘|不接电话|没人接|别挂|不要挂|为什么不|为啥不|怎么不|怎么都不|打不通"
    "|(?:给|跟|和)(?:他|她|别人|我妈|我爸|我老公|客人|店员)打|[他她](?:说|让|叫)"
    "|电话(?:号|费|里|本)|快递|配送|送货|放门口"
)
"""What holds a word of refusal, and refuses nothing."""
_QUESTION = re.compile("[?？吗么]$")
_SPACES = re.compile(r"\s+")


def refuses_calls(text: str) -> bool:
    """Return True for a sentence by which a member says that she wants no calls."""
    said = _SPACES.sub("", text).translate(_FOLDED)
    if _NO_REFUSAL.search(said) or _QUESTION.search(said):
        return False
    return _REFUSES.search(said) is not None
