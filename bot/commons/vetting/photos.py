"""What is known of a picture once it was looked at, and which pictures look alike."""

from collections.abc import Sequence
from dataclasses import dataclass

ALIKE_BITS = 10
"""Pictures whose hashes differ in so few of 64 bits look alike. Of 150 scenes that we drew, copies
(a third of the size, JPEG 30, a label in a corner) differ in at most 4, with 2 % cut off each side
in at most 10 but for one; of 11,175 pairs of different scenes the nearest differ in 11."""


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
    """64 bits in hex: what it looks like."""
    has_code: bool


def look(content: bytes, *, most_bytes: int) -> Looked:
    """Return what a picture is, and a copy of it that says nothing else.

    It takes a while: not in the event loop, and not on the database's thread.

    Raises:
        Unfit: it is none, or not one that others can look at.
    """
    from bot.commons.vetting.looking import looked  # noqa: PLC0415 - Pillow is read when needed

    return looked(content, most_bytes=most_bytes)


def apart(one: str, other: str) -> int:
    """Return in how many of 64 bits two hashes of pictures differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def most_alike(shape: str, others: Sequence[tuple[int, str]]) -> int | None:
    """Return the submission with the picture that is most like this one; None when none is."""
    mine = int(shape, 16)
    near = (((mine ^ int(other, 16)).bit_count(), number) for number, other in others)
    return min((each for each in near if each[0] <= ALIKE_BITS), default=(0, None))[1]
