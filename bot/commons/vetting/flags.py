"""What a check found. It is for whoever decides, and never a verdict."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter


class Found(StrEnum):
    """What a check found; for the moderator, never a verdict."""

    PHONE = "phone"
    WECHAT = "wechat"
    LINK = "link"
    ADVERTISING = "advertising"
    SENSITIVE = "sensitive"
    CODE = "code"
    """A picture holds what looks like a code to scan."""
    SAME_OTHER = "same_other"
    """Another member sent the same picture."""
    SAME_BEFORE = "same_before"
    """She sent it in something that was not accepted, or that she withdrew."""
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something for the moderator to look at: what, where, and the words or the number."""

    what: Found
    where: str
    """`text`, or `picture 2`."""
    words: str = ""


flags_json: TypeAdapter[list[Flag]] = TypeAdapter(list[Flag])
