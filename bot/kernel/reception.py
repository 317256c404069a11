"""Customer service as a platform with humans beside the bot does it (微信客服), without its words.

A channel offers these as abilities (`bot.kernel.abilities`); only errands may call them. An
account is one of the channel's own; a customer is named as the channel names people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.kernel.ids import MemberId
from bot.kernel.messages import Outgoing, Ticket

if TYPE_CHECKING:
    from bot.kernel.work import Toolbox, UnitOfWork

HUMAN_SAID = "servicer_said"
"""The event of what a human of ours has said in the platform's own app: it counts as nobody's
message, has its words in `Update.text` and her id in `extra["servicer_userid"]`."""


class Holder(StrEnum):
    """Who has a conversation."""

    BOT = "bot"
    QUEUE = "queue"
    """It waits for the first human who is free."""
    HUMAN = "human"
    NOBODY = "nobody"
    """It has ended, or has not begun: her next message is for the bot."""


class Duty(StrEnum):
    """Whether a human takes conversations now."""

    ON = "on"
    AWAY = "away"
    OFF = "off"


class Outcome(StrEnum):
    """What came of moving a conversation."""

    MOVED = "moved"
    CHANGED = "changed"
    """The platform does not allow it as things stand there: ask who has it, and decide again."""
    UNAVAILABLE = "unavailable"
    """That human can't take it."""


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a conversation, by the platform's word."""

    by: Holder
    human: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of moving a conversation; a ticket allows one line to the customer."""

    outcome: Outcome
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A human of an account."""

    human: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Account:
    """One of the channel's own accounts. With `is_ours` it is the bot's to speak for."""

    account: str
    name: str
    is_ours: bool


class Conversations(Protocol):
    """Asks who has a conversation, and gives it to somebody else."""

    async def held(self, account: str, customer: str) -> Held:
        """Return who has a conversation now."""
        ...

    def surprises(self) -> Sequence[tuple[str, str, Held]]:
        """Return account, customer and holder of what somebody else turned out to have.

        Each is told once.
        """
        ...

    async def move(self, account: str, customer: str, to: Holder, human: str = "") -> Moved:
        """Give a conversation to a human, into the queue, or end it (`Holder.NOBODY`)."""
        ...


class Staff(Protocol):
    """The humans of the accounts."""

    accounts: Sequence[str]

    async def listed(self, account: str) -> Sequence[OnDuty]:
        """Return the humans of an account."""
        ...

    async def add(self, account: str, human: str) -> str:
        """Let a human take conversations of an account; return why not, empty when done."""
        ...

    async def remove(self, account: str, human: str) -> str:
        """Let a human take none any more; return why not, empty when done."""
        ...


class FrontDoors(Protocol):
    """The accounts, and links by which customers come to them."""

    async def listed(self) -> Sequence[Account]:
        """Return the accounts."""
        ...

    async def link(self, account: str, scene: str) -> str:
        """Return the address by which customers come with `scene`."""
        ...


class NotOffered(Exception):
    """The platform's administrator has not allowed groups to be recommended."""


class Recommendations(Protocol):
    """Recommends a group to a customer, in her conversation."""

    async def groups(self, account: str) -> Sequence[str]:
        """Return the chat ids of the groups that may be recommended.

        Raises:
            NotOffered: none may.
        """
        ...

    async def recommend(self, account: str, customer: str, chat_id: str, wording: str) -> None:
        """Show her the group.

        Raises:
            NotOffered: as above.
        """
        ...

    async def withdraw(self, account: str, customer: str) -> None:
        """Take the recommendation back."""
        ...


class LastWord(Protocol):
    """May ask a customer something with the line that ends her session; waits in the toolbox.

    The platform allows one message then, so that whatever is asked holds the line, too.
    """

    def __call__(
        self, uow: "UnitOfWork", tools: "Toolbox", member: MemberId, line: Outgoing
    ) -> Outgoing:
        """Return the message to be sent: `line` itself when there is nothing to ask."""
        ...


def nothing_to_ask(
    _uow: "UnitOfWork", _tools: "Toolbox", _member: MemberId, line: Outgoing
) -> Outgoing:
    """Ask nothing: the `LastWord` of a house in which nobody does."""
    return line
