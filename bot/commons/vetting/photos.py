"""What is known of a picture once it was looked at."""

from dataclasses import dataclass


class Unfit(Exception):
    """A picture that can't be taken; `reason` is a word of the templates."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture that can be taken."""

    copy: bytes
    """A JPEG of its pixels."""
    width: int
    height: int
    shape: str
    """What it looks like, see `media.likeness`."""
    has_code: bool


def look(content: bytes, *, most_bytes: int) -> Looked:
    """Return what a picture is, and a copy of it that says nothing else.

    It takes a while: not in the event loop, and not on the database's thread.

    Raises:
        Unfit: it is none, or not one that others can look at.
    """
    from bot.commons.vetting.looking import looked  # noqa: PLC0415 - Pillow is read when needed

    return looked(content, most_bytes=most_bytes)
