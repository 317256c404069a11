"""What a platform can do besides carrying messages, asked for by Protocol.

A channel offers its abilities; a room asks for them in the toolbox:
`tools.use(Abilities).of(SomeAbility)`. They reach out to a platform, so only an `Errand` or the
web wing may call them, never a unit of work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar, cast, runtime_checkable

from bot.kernel.errors import Undeliverable
from bot.kernel.files import Intake
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Image, Link, Media
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

    def home(self, kind: type[object]) -> ChannelName | None:
        """Return the first channel that has an ability; None when no channel has."""
        return next(iter(self.of(kind)), None)


class Errands(Protocol):
    """Sends somebody on an errand of a room (`bot.kernel.feature.Errand`)."""

    def soon(self, uow: UnitOfWork, name: str) -> None:
        """Have the errand run once this is committed, a crash in between or not.

        One that rests because its platform is in trouble is not hurried.
        """
        ...


# ── who a customer is ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """What a platform says of one of its customers; empty where it does not say."""

    identity: str
    unionid: str = ""
    name: str = ""


class CustomerLookup(Protocol):
    """Says who customers are that wrote a short while ago."""

    most: int
    """How many one question may ask about."""
    within_s: float
    """How long ago a customer may have come at most."""

    async def look_up(self, identities: Sequence[str]) -> Sequence[CustomerCard]:
        """Return what is known; somebody of whom nothing is known is left out.

        Raises:
            PlatformError: there is no answer now.
        """
        ...


# ── mass sends (群发): what an employee confirms before it leaves ───────────────────────────


class SendQuota(StrEnum):
    """How many mass sends one group or customer may receive."""

    DAYS_OF_MONTH = "days_of_month"
    SEVEN_PER_WEEK = "7_per_week"
    ONE_PER_DAY = "1_per_day"


class Audience(StrEnum):
    """Whom a mass send goes to."""

    GROUPS = "groups"
    """By the groups' owners."""
    CUSTOMERS = "customers"
    """Each by a colleague whose friend she is."""


@dataclass(frozen=True, slots=True)
class MassSend:
    """What one employee is asked to send, to groups or to customers."""

    sender: str
    text: str = ""
    attachments: tuple[Image | Link, ...] = ()
    groups: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MassSendReady:
    """A mass send whose pictures are with the platform; `body` is the channel's own."""

    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MassSendMade:
    """A task that is with the platform, and whom it will not reach."""

    id: str
    unreachable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MassSendFound:
    """A task that the platform knows of."""

    id: str
    text: str
    at: datetime | None
    attachments: int = 0
    creator: str = ""
    """Empty where the platform does not say it."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether one employee has confirmed; `at` is None where the platform does not say when."""

    sender: str
    confirmed: bool = False
    at: datetime | None = None


class Arrival(StrEnum):
    """What became of a mass send for one recipient."""

    WAITING = "waiting"
    SENT = "sent"
    NOT_A_FRIEND = "not_a_friend"
    HAD_OTHERS = "had_others"
    """The recipient has had as many as the platform allows."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a mass send for one group or customer."""

    recipient: str
    arrival: Arrival
    at: datetime | None = None


class MassSendTasks(Protocol):
    """Tasks that an employee confirms in her client. Every call may raise PlatformError."""

    quota: SendQuota
    most: Mapping[Audience, int]
    """How many groups, or customers, one task takes."""

    async def prepare(self, wanted: MassSend) -> MassSendReady:
        """Give the platform what is attached; makes no task, and may be done again."""
        ...

    async def create(self, ready: MassSendReady) -> MassSendMade:
        """Make a task; one call, so that it is soon over.

        Raises:
            Ambiguous: nobody knows whether there is one now. The same holds for a RetryLater
                that is `doubtful`; after every other error there is none.
        """
        ...

    async def find(
        self, since: datetime, until: datetime, audience: Audience
    ) -> Sequence[MassSendFound]:
        """Return the tasks for one kind of audience that were made in a time, by whomever."""
        ...

    async def confirmations(self, task: str) -> Sequence[Confirmation]:
        """Return who is asked to confirm, and who has."""
        ...

    async def results(self, task: str, sender: str) -> Sequence[SendResult]:
        """Return what became of it, as far as the platform tells."""
        ...

    async def remind(self, task: str) -> bool:
        """Remind those who have not confirmed; False when they were reminded too often."""
        ...

    async def cancel(self, task: str) -> None:
        """Stop what was not sent yet; cancelling twice does no harm."""
        ...


# ── moments (客户朋友圈) ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Moment:
    """What employees are asked to publish; without `senders`, everybody whom the app sees."""

    text: str = ""
    images: tuple[Image, ...] = ()
    link: Link | None = None
    link_cover: Image | None = None
    senders: tuple[str, ...] = ()
    customer_tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MomentJob:
    """How far the making of a moment's task has come; `moment` is empty until it is done."""

    done: bool
    moment: str = ""
    invalid_senders: tuple[str, ...] = ()


class MomentTasks(Protocol):
    """Moments that employees publish by hand. Every call may raise PlatformError."""

    async def prepare(self, wanted: Moment) -> MassSendReady:
        """Give the platform what is attached; makes no task."""
        ...

    async def create(self, ready: MassSendReady) -> str:
        """Ask for a task; return its job, which the platform remembers for a day.

        Raises:
            Ambiguous: nobody knows whether there is one now.
        """
        ...

    async def made(self, job: str) -> MomentJob:
        """Return what came of `create`."""
        ...

    async def confirmations(self, moment: str) -> Sequence[Confirmation]:
        """Return who is asked to publish and who has; the platform does not say when."""
        ...

    async def cancel(self, moment: str) -> None:
        """Stop what was not published yet."""
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
