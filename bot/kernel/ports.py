"""The sockets in the outer walls: what a channel offers, what the house hands to a wing."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from bot.kernel.ids import ChannelName, GroupId, InboxId, MemberId, OutboxId
from bot.kernel.messages import Card, Outgoing, RawCallback, Receipt, Received, Update

if TYPE_CHECKING:
    from bot.kernel.capability import Capability
    from bot.kernel.events import CheckinWay
    from bot.kernel.work import UnitOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any `per_s` seconds."""

    count: int
    per_s: float


class Receiver(Protocol):
    """A way in."""

    async def receive(self, raw: RawCallback) -> Received:
        """Verify, decrypt and parse one callback.

        Raises:
            BadCallback: it proves nothing or cannot be read; nothing of it may be kept.
        """
        ...


@runtime_checkable
class PassiveAnswers(Protocol):
    """A receiver whose platform takes an answer in the response to the callback."""

    passive_wait_s: float
    """How long the response may be held back for the answer, in seconds."""

    def wants_passive(self, update: Update) -> bool:
        """Return True when the answer to this update may travel in the response."""
        ...

    def seal(self, outgoing: Outgoing, raw: RawCallback, update: Update) -> bytes | None:
        """Return the response that carries `outgoing`; None when it cannot travel so."""
        ...


@dataclass(frozen=True, slots=True)
class Carried:
    """A response, and the receipts of the answers that it carries, by their place in the list."""

    body: bytes
    receipts: Mapping[int, Receipt]


Shown = Callable[[str], Awaitable[Card | None]]
"""Finds a card that was sent, by the handle of its receipt."""


@runtime_checkable
class StreamedAnswers(Protocol):
    """A receiver whose platform asks again and again until the answer is there.

    The same answer in two responses is one answer to the member. All answers to an update
    travel together.
    """

    first_wait_s: float
    """How long the response to an update is held back for its answers, in seconds."""
    again_wait_s: float
    """How long the response to a platform that asks again is held back."""

    def keeps_s(self, update: Update) -> float:
        """Return how long from now responses may carry the answers; 0 when none may."""
        ...

    async def carry(
        self,
        answers: Sequence[Outgoing],
        raw: RawCallback,
        update: Update,
        shown: Shown,
        *,
        again: bool,
    ) -> Carried | None:
        """Return the response that carries `answers`, or some of them; None for none.

        Args:
            answers: all answers to the update.
            raw: the callback that is answered.
            update: what is answered; with `again` from an earlier callback.
            shown: finds cards that were sent.
            again: the platform has had a response for this update, or was about to.
        """
        ...

    def waiting(self, raw: RawCallback, update: Update, *, again: bool) -> bytes | None:
        """Return the response that promises an answer; None when none can be promised."""
        ...

    def over(self, raw: RawCallback, asks: str) -> bytes:
        """Return the response after which the platform asks for `asks` no more."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a book: what stands in it, and where to read on."""

    updates: Sequence[Update]
    cursor: str
    more: bool
    """The platform says that there is more; it may be wrong."""


@runtime_checkable
class Fetcher(Protocol):
    """A channel whose platform has to be asked for what happened; its callbacks are only hints.

    A book is what has a cursor of its own there.
    """

    books: tuple[str, ...]
    poll_every_s: float
    """After how many seconds a book is looked into without a hint: hints get lost."""
    hint_lives_s: float
    """For how many seconds a hint is good."""

    async def fetch(self, book: str, cursor: str, hint: str) -> Page:
        """Return what stands in a book behind `cursor`; asking twice does no harm.

        Args:
            book: one of `books`.
            cursor: of the last page; empty for the beginning of what the platform keeps.
            hint: what the latest callback brought; empty when there is none that is good.

        Raises:
            PlatformError: there is no page now.
        """
        ...


class Sender(Protocol):
    """A way out."""

    drops_twins_s: float
    """For how many seconds the platform, asked to, drops a twin of what it took; 0 for never."""
    concurrency: int
    """How many messages to different recipients may be under way at once."""
    channel_limits: tuple[Limit, ...]
    """What the platform counts over the whole channel."""

    def lane(self, outgoing: Outgoing) -> str:
        """Return the name of what the platform counts for this message, unique in the channel.

        Messages of one lane leave strictly in order.
        """
        ...

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return the limits of one lane, the empty tuple for none."""
        ...

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Hand one message to the platform.

        Args:
            outgoing: what to send; its part is one that the channel's record promises.
            doubt_since: when an earlier try began of which nobody knows whether it arrived; ask
                the platform to drop a twin. None when there was no such try.

        Raises:
            RetryLater: not now.
            Ambiguous: it may have arrived.
            Undeliverable: never.
        """
        ...


class Channel(Protocol):
    """One platform door: it has a name and is a way in, a way out, or both."""

    name: ChannelName
    capability: "Capability"
    receiver: Receiver | None
    sender: Sender | None

    async def start(self) -> None:
        """Open connections; called once before the first message."""
        ...

    async def stop(self) -> None:
        """Close what `start` opened."""
        ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """An update that is on disk. `id` is None when it was already known."""

    id: InboxId | None
    update: Update


Accept = Callable[[Sequence[Update]], Awaitable[Sequence[Accepted]]]
"""Write updates down; returns after the commit. Raises CannotStore, then nothing is kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the house gives to a connection while it is open."""

    accept: Accept
    shown: Shown
    alive: Callable[[], None]
    """To be called whenever the platform has shown that the connection stands."""


@runtime_checkable
class Listening(Protocol):
    """A channel whose platform speaks over one connection, which is kept open.

    One process at a time listens, however many there are, and only that one sends: the
    lanes of the channel are drained where its connection is, and while it stands.
    """

    async def listen(self, line: Line) -> None:
        """Open the connection and hear what comes until it ends; cancelled, close it.

        What has been heard is written down before this returns or raises, if it can be.

        Raises:
            RetryLater: it broke, or could not be opened now.
            Undeliverable: it must not be opened again before an operator has acted.
        """
        ...


Poke = Callable[[ChannelName, Mapping[str, str | None]], Awaitable[None]]
"""Note down that books of a channel want to be looked into; returns after the commit. Raises
CannotStore, then nothing is kept."""


class PassiveDesk(Protocol):
    """Gives an answer that is on its way to the response of the callback that asked for it."""

    async def claim(self, inbox_id: InboxId, wait_s: float) -> tuple[OutboxId, Outgoing] | None:
        """Wait for the first answer to an update and take it out of the sender's hands.

        Returns:
            None when there is no answer within `wait_s` seconds; it then goes its usual way.
        """
        ...

    async def delivered(self, item: OutboxId) -> None:
        """Record that the message travelled in a response."""
        ...

    async def again(self, update: Update) -> Outgoing | None:
        """Return the answer that travelled in the response to an earlier delivery of `update`.

        A platform that delivers again did not get that response.
        """
        ...

    async def release(self, item: OutboxId) -> None:
        """Give a claimed message back to the sender: it could not travel in the response."""
        ...


class StreamDesk(Protocol):
    """Gives answers to the responses of a platform that asks for them again and again."""

    async def find(self, channel: ChannelName, key: str) -> tuple[InboxId, Update] | None:
        """Return an update that was written down earlier; None when it is not there any more."""
        ...

    async def collect(
        self, inbox_id: InboxId, wait_s: float
    ) -> tuple[Sequence[tuple[OutboxId, Outgoing]], bool]:
        """Wait for the answers to an update and take them out of the sender's hands.

        Returns:
            The answers, also those that a response has carried before, and, when there are
            none within `wait_s` seconds, whether some may still come.
        """
        ...

    async def carried(self, receipts: Mapping[OutboxId, Receipt]) -> None:
        """Record that answers travelled in a response; the others may leave now."""
        ...

    async def hand_back(self, items: Sequence[OutboxId]) -> None:
        """Keep answers for the next response: this one did not arrive."""
        ...

    async def release(self, item: OutboxId) -> None:
        """Leave an answer, and those with it, to the sender."""
        ...

    async def shown(self, channel: ChannelName, handle: str) -> Card | None:
        """Return the card that was sent last with a receipt of this handle."""
        ...


class Work(Protocol):
    """Runs functions against the database, off the event loop."""

    async def do(self, use_case: Callable[["UnitOfWork"], T]) -> T:
        """Run `use_case` all-or-nothing; return its result after the commit.

        Raises:
            CannotStore: the database takes no writes now.
        """
        ...

    async def look(self, question: Callable[["UnitOfWork"], T]) -> T:
        """Run a question that changes nothing; never waits for a writer."""
        ...


class LastHeard(Protocol):
    """Finds what somebody said last, for whoever wants to write to her on the same way."""

    def __call__(self, uow: "UnitOfWork", channel: ChannelName, identity: str) -> Update | None:
        """Return the latest update of an identity in a 1:1 chat; None when none is kept."""
        ...


@dataclass(frozen=True, slots=True)
class CheckinDay:
    """One day on which a member checked in."""

    at: datetime
    """When she said it, made it up or was given it."""
    way: "CheckinWay"


class CheckinDays(Protocol):
    """Finds the days on which a member checked in; waits in the toolbox."""

    def __call__(
        self, uow: "UnitOfWork", member: MemberId, first: date, last: date
    ) -> Mapping[date, CheckinDay]:
        """Return her days from `first` to `last`, both included."""
        ...


class Mailbox(Protocol):
    """Knows what is on its way to people; waits in the toolbox."""

    def is_leaving(self, uow: "UnitOfWork", channel: ChannelName, recipient: str) -> bool:
        """Return True while a message to this recipient has not left."""
        ...

    def unsent(self, uow: "UnitOfWork", channel: ChannelName) -> int:
        """Return how many messages of a channel are left to operators."""
        ...

    def held_up(self, uow: "UnitOfWork", channel: ChannelName, recipient: str) -> int:
        """Return how many loud answers to this recipient could not leave."""
        ...

    def let_go(self, uow: "UnitOfWork", channel: ChannelName, recipient: str) -> int:
        """Give these answers up, because she is told to ask again; return how many."""
        ...

    def readdress(self, uow: "UnitOfWork", channel: ChannelName, old: str, new: str) -> int:
        """Let what has not left go to whom `old` is called from now on; return how much."""
        ...

    def withdraw(self, uow: "UnitOfWork", member: MemberId) -> int:
        """Take back what the bot was about to say to a member in 1:1 chats; return how much."""
        ...


class Recurrence(Protocol):
    """When something happens again and again."""

    def next_after(self, instant: datetime) -> datetime | None:
        """Return the first fire time later than `instant`, in UTC; None when there is none."""
        ...


class CronReader(Protocol):
    """Reads cron expressions of five fields with week days by name."""

    def __call__(self, expression: str, timezone: str) -> Recurrence:
        """Return the recurrence of `expression` in the local time of `timezone`.

        Raises:
            ValueError: what is wrong with the expression, in words for an operator.
        """
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """A platform group as configured: our name of it, and how the channel finds it."""

    id: GroupId
    name: str
    channel: ChannelName
    recipient: str
    owner: str = ""
    """Who owns it there, where a person has to confirm what is sent."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The configured groups by our own names of them; waits in the toolbox."""

    by_id: Mapping[GroupId, Group] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Groups":
        """Return `groups` by their names."""
        return cls({group.id: group for group in groups})


class Words(Protocol):
    """Renders the templates of the rooms."""

    def __call__(self, template: str, **data: object) -> str:
        """Return the rendered text, without the trailing newline."""
        ...


class Meaning(Protocol):
    """Says what an error of a channel means, in words for an operator; waits in the toolbox."""

    def __call__(self, channel: str, error: str, /) -> str:
        """Return what an error means and what to do; empty when there is nothing to add."""
        ...


def nothing_to_add(_channel: str, _error: str) -> str:
    """Explain nothing: the `Meaning` of a house without a platform."""
    return ""


def explained(meaning: Meaning, channel: str, error: str) -> str:
    """Return an error as operators understand it; its own words where nobody can explain it."""
    return (meaning(channel, error) or error) if error else ""


class Links(Protocol):
    """Makes links to members' pages."""

    def to(self, page: str, member: MemberId, *, valid_s: int) -> str:
        """Return the absolute address of `page` for one member, in a 1:1 chat.

        It signs her in once, in the first browser that opens it. `page` is `room/name`, and may
        have a query, `room/name?poll=7`.
        """
        ...

    def for_group(self, page: str) -> str:
        """Return the absolute address of `page` for everybody; it asks who is there."""
        ...

    def for_operators(self, page: str) -> str:
        """Return the absolute address of a page of the console, which may have a query."""
        ...

    def for_advisors(self, page: str) -> str:
        """Return the absolute address of a page of the desk, `cases/7`."""
        ...
