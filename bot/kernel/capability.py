"""What a door can do by its platform's rules. Rooms ask this record, never a channel's name."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.kernel.files import FileKind
from bot.kernel.ids import ChannelName
from bot.kernel.messages import CardKind, UpdateKind
from bot.kernel.ports import Limit

ALL_CARDS = frozenset(CardKind)


class Chat(StrEnum):
    """Where a door leads."""

    INTERNAL_GROUP = "internal group"
    CUSTOMER_GROUP = "customer group"
    COLLEAGUE = "1:1 with a member of the company"
    CUSTOMER = "1:1 with a customer"
    FOLLOWER = "1:1 with a follower"


class Poll(StrEnum):
    """How a choice is offered there, the best way first."""

    CARD = "card"
    MENU = "menu"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Brief:
    """Happenings that allow a few messages for a short while, where messages of hers allow more."""

    events: frozenset[str]
    replies: int
    within_s: float


@dataclass(frozen=True, slots=True)
class Capability:
    """One door. Lengths are in UTF-8 bytes, times in seconds."""

    chats: tuple[Chat, ...]
    source: str
    """Where the platform says so: page numbers and date."""
    can_receive: bool = True
    needs_mention: bool = False
    """In a group, only what is addressed to the bot arrives."""
    hears: frozenset[UpdateKind] = frozenset()
    """The kinds of message that arrive, besides text."""
    can_push: bool = True
    """The bot may write without having been written to."""
    reply_window_s: float = math.inf
    """For how long after a member's message she may be answered. Where this or `max_replies` is
    counted, the outbox keeps it; a conversation has to be called as its lane there."""
    max_replies: int = 0
    """How many messages one of hers may be answered with; 0 where nobody counts."""
    brief: Brief | None = None
    leaving: frozenset[str] = frozenset()
    """Events with which she leaves: she is not written to until she does something again."""
    together: bool = False
    """All answers to one message travel in one response, so that nobody counts them."""
    needs_human_confirm: bool = False
    """Nothing leaves before a person has confirmed it on the platform."""
    text_bytes: int = 2048
    markdown_bytes: int = 0
    """0 where there is no Markdown."""
    cards: frozenset[CardKind] = frozenset()
    links: bool = False
    """A link is shown as a card of its own."""
    articles: int = 0
    """How many links fit into one message; 0 where there is no such message."""
    images: bool = False
    files: frozenset[FileKind] = frozenset()
    """As what files can be sent, besides pictures."""
    messages: int = 1
    """How many messages one long one may become."""
    recall: bool = False
    hands_over: bool = False
    """A human can take a conversation over there, and the bot is told of it."""
    poll: Poll = Poll.PAGE
    rates: tuple[Limit, ...] = ()
    """What the platform counts for one chat."""

    @property
    def has_budget(self) -> bool:
        """True when answers are counted, or come too late one day, and the outbox keeps to it."""
        counted = self.max_replies > 0 or self.reply_window_s < math.inf
        return counted and not self.together


@dataclass(frozen=True, slots=True)
class Doors:
    """The records of all configured channels, in the toolbox of every room."""

    by_name: Mapping[ChannelName, Capability]

    def of(self, channel: ChannelName) -> Capability:
        """Return what a channel can do; one that is no longer configured can do nothing."""
        return self.by_name.get(channel, CLOSED)


CLOSED = Capability(chats=(), source="", can_receive=False, can_push=False)
