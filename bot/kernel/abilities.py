"""What a platform can do besides carrying messages, asked for by Protocol.

A channel offers its abilities; a room asks for them in the toolbox:
`tools.use(Abilities).of(SomeAbility)`. They reach out to a platform, so only an `Errand` may
call them, never a unit of work.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol, TypeVar, cast, runtime_checkable

from bot.kernel.errors import Undeliverable
from bot.kernel.files import Intake
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media
from bot.kernel.work import UnitOfWork

T = TypeVar("T")


@runtime_checkable
class Able(Protocol):
    """A channel with abilities."""

    abilities: Mapping[type, object]
    """Each ability's Protocol with what implements it."""


class Abilities:
    """The abilities of all configured channels."""

    def __init__(self) -> None:
        self._by_kind: dict[type, dict[ChannelName, object]] = {}

    def offer(self, channel: ChannelName, abilities: Mapping[type, object]) -> None:
        """Offer what a channel can do."""
        for kind, tool in abilities.items():
            self._by_kind.setdefault(kind, {})[channel] = tool

    def of(self, kind: type[T]) -> Mapping[ChannelName, T]:
        """Return the channels that have an ability, in the order of the configuration."""
        return cast("Mapping[ChannelName, T]", self._by_kind.get(kind, {}))

    def one(self, kind: type[T]) -> T | None:
        """Return the ability of the first channel that has it; None when no channel has."""
        return next(iter(self.of(kind).values()), None)


class Errands(Protocol):
    """Sends somebody on an errand of a room (`bot.kernel.feature.Errand`)."""

    def soon(self, uow: UnitOfWork, name: str) -> None:
        """Have the errand run once this is committed, a crash in between or not.

        One that rests because its platform is in trouble is not hurried.
        """
        ...


# ── files that members send ─────────────────────────────────────────────────────────────


class Missing(StrEnum):
    """Why a file will never come."""

    GONE = "gone"
    """The platform does not have it any more."""
    TOO_LARGE = "too_large"
    ELSEWHERE = "elsewhere"
    """Its address is not one of the platform's own."""
    GARBLED = "garbled"
    """It can't be deciphered."""


class NotFetched(Undeliverable):
    """A file that will never come, and why."""

    def __init__(self, why: Missing, reason: str, *, code: int = 0) -> None:
        super().__init__(reason, code=code)
        self.why = why


@runtime_checkable
class MediaSource(Protocol):
    """Gives what members send (`Update.media`) for as long as the platform keeps it."""

    lives_s: float
    """For how many seconds after the sending."""

    async def fetch(self, media: Media, most_bytes: int, into: Intake) -> str:
        """Pour a file into `into`; return the name it has there, empty for none.

        Raises:
            NotFetched: it never will be; `into` may hold a part.
            CannotStore: `into` has no room.
            PlatformError: not now.
        """
        ...
