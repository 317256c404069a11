"""What `bot doctor` finds out, and how a channel lets itself be examined."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.kernel.checking import Trail

HOUSE = "house"
"""What is examined besides the channels."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    NOTE = "note"
    """Nothing was found out, and nobody is to blame: the platform offers no way."""
    WARNING = "warning"
    PROBLEM = "problem"
    """Something does not work until an operator acts."""
    OUTSIDE = "outside"
    """Another system failed, so that this could not be found out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check-up. It never holds a secret.

    `check` is its stable name; `key` is the key of the configuration to look at, below the
    section of whatever is examined.
    """

    check: str
    message: str
    level: Level = Level.OK
    hint: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A finding, and whose it is: a channel's or the house's."""

    door: str
    finding: Finding
    at: Trail
    """Where in the configuration it is mended."""


class Doctor(Protocol):
    """Examines the house and its doors; waits in the toolbox."""

    doors: Sequence[str]
    """What is examined, the house first."""

    def examine(self) -> AsyncIterator[tuple[str, Sequence[Examined]]]:
        """Yield what was found about each of `doors`, in this order."""
        ...


@dataclass(frozen=True, slots=True)
class Knock:
    """A test of a callback's address as its platform makes it: a GET, and what has to come back."""

    query: Mapping[str, str]
    answer: bytes


@runtime_checkable
class Checkable(Protocol):
    """A channel that can be examined.

    It is not started, because another process may be at work with it: what has to be open for
    the questions, `check_up` opens and closes.
    """

    def check_up(self) -> AsyncIterator[Finding]:
        """Ask the platform what works, by calls that change nothing and send nothing.

        What was found before the time is over counts, so the most important comes first. May
        raise PlatformError.
        """
        ...


@runtime_checkable
class Knockable(Protocol):
    """A receiver whose platform tests the address of its callbacks."""

    def knock(self) -> Knock:
        """Return a test that only a door with the same token and key passes."""
        ...
