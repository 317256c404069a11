"""What a platform can do besides carrying messages, asked for by Protocol.

A channel offers its abilities; a room asks for them in the toolbox:
`tools.use(Abilities).of(SomeAbility)`. They reach out to a platform, so only an `Errand` may
call them, never a unit of work.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar, cast, runtime_checkable

from bot.kernel.ids import ChannelName
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


# ── who a colleague is ──────────────────────────────────────────────────────────────────────


class ColleagueLookup(Protocol):
    """Says who members of the company are; the names of its own channel are userids."""

    most: int
    """How many one question may ask about."""

    async def userids(self, names: Sequence[str]) -> Mapping[str, str]:
        """Return the userids behind encrypted names; who is not known is left out.

        Raises:
            PlatformError: there is no answer now, or (`Undeliverable`) it is not permitted.
        """
        ...


class NamesColleagues(Protocol):
    """A channel that calls members of the company by their userids, or encrypts them."""
