"""What comes in and what goes out, in words that no platform owns.

Everything here is frozen and turns into JSON and back without loss, because it waits in
the database between two steps of the trip.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from bot.kernel.files import FileKind
from bot.kernel.ids import ChannelName


@dataclass(frozen=True, slots=True)
class RawCallback:
    """Bytes from outside, untouched; nothing in it is trusted."""

    method: str
    query: Mapping[str, str]
    body: bytes = b""


class UpdateKind(StrEnum):
    """What kind of happening an update is."""

    TEXT = "text"
    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    LINK = "link"
    TAP = "tap"
    """A button, menu entry or vote of a card was pressed."""
    EVENT = "event"
    """Something happened that nobody typed: followed, entered, a job finished."""
    UNKNOWN = "unknown"
    """A kind that this version does not know: stored and counted, never answered."""


WORDLESS = frozenset(
    {
        UpdateKind.IMAGE,
        UpdateKind.VOICE,
        UpdateKind.VIDEO,
        UpdateKind.FILE,
        UpdateKind.LOCATION,
        UpdateKind.LINK,
    }
)
"""What a member can send besides text."""


@dataclass(frozen=True, slots=True)
class Media:
    """Something that is fetched apart: a platform's temporary id, a URL or a stored file."""

    ref: str
    name: str = ""
    content_type: str = ""
    url: str = ""
    """Where else it can be had, should `ref` be no good any more."""


@dataclass(frozen=True, slots=True)
class Tap:
    """Which button of which card, and what was chosen in it."""

    button: str
    card: str = ""
    """The card's own id (`Card.id`), as sent."""
    chosen: tuple[str, ...] = ()
    handle: str = ""
    """What a platform wants back to change the card; one use."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A platform's permission to answer a happening once, however little else is allowed."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Its sender has taken back what she said in the update of this key."""

    key: str


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A message that the platform had taken did not arrive after all."""

    platform_id: str
    recipient: str
    reason: str
    tell: bool = True
    """Operators have to do something about it."""


@dataclass(frozen=True, slots=True)
class Update:
    """One verified happening on one channel.

    `key` is the platform's identity of the happening: the same key is the same happening.
    `conversation` is what is kept in order. `at` is when it was sent, not when it arrived.
    """

    channel: ChannelName
    key: str
    kind: UpdateKind
    conversation: str
    at: datetime
    sender: str | None = None
    """The identity of who did it, as this channel names people; None when nobody did."""
    about: str = ""
    """Whom it is about where she did not do it herself: it is hers to take along and to forget,
    but makes nobody known who is not."""
    group: str | None = None
    """The channel's chat id of the group; None in a 1:1 chat."""
    via: str = ""
    """Which of the channel's own accounts was written to; empty where it has only one."""
    text: str = ""
    event: str = ""
    media: tuple[Media, ...] = ()
    quoted: tuple[Media, ...] = ()
    """What the message held that this one quotes: shown to us, and not sent."""
    tap: Tap | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    """What only one platform has; `name` is how the channel calls the sender."""
    reply_to: str = ""
    """What the channel wants back with an answer, in its own words; in a row, so that it is
    still there after a restart."""
    ticket: Ticket | None = None
    """With it the first answer leaves."""
    changes: TakenBack | NotArrived | None = None
    """What it changes about a message that came or went before."""

    @property
    def nickname(self) -> str:
        """How the channel calls the sender, as she typed it; empty when it does not say."""
        return self.extra.get("name", "")

    @property
    def in_group(self) -> bool:
        """True when others can read the answer."""
        return self.group is not None


# ── what is said ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Markdown:
    """Words with headings, bold, quotes and links; `plain` is for channels without them."""

    text: str
    plain: str
    kind: Literal["markdown"] = "markdown"


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the media folder (`path`), of the store (`digest`) or in place (`data_url`)."""

    path: str = ""
    data_url: str = ""
    alt: str = ""
    digest: str = ""
    kind: Literal["image"] = "image"

    @property
    def words(self) -> str:
        """What a door without pictures says instead."""
        return self.alt or "🖼️"


@dataclass(frozen=True, slots=True)
class File:
    """A file, voice or video from the media folder (`path` below it), or one that was received.

    What was received (`digest`) goes on as it came, with all that it says besides.
    """

    path: str = ""
    digest: str = ""
    name: str = ""
    alt: str = ""
    sent_as: FileKind = FileKind.FILE
    kind: Literal["file"] = "file"

    @property
    def words(self) -> str:
        """What a door without files says instead."""
        return self.alt or f"📎 {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Link:
    """A card that opens a page (图文 / textcard)."""

    title: str
    url: str
    description: str = ""
    image_url: str = ""
    kind: Literal["link"] = "link"


@dataclass(frozen=True, slots=True)
class News:
    """One to eight links shown as one message (图文)."""

    articles: tuple[Link, ...]
    kind: Literal["news"] = "news"


class CardKind(StrEnum):
    """The five shapes of an interactive card, named as the platform names them."""

    TEXT_NOTICE = "text_notice"
    NEWS_NOTICE = "news_notice"
    BUTTONS = "button_interaction"
    VOTE = "vote_interaction"
    MULTIPLE = "multiple_interaction"


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `key` comes back in a `Tap`. With `url` it opens a page instead."""

    text: str
    key: str = ""
    style: int = 1
    url: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question; `id` comes back in `Tap.chosen`."""

    id: str
    text: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a card: single or multiple choice."""

    key: str
    choices: tuple[Choice, ...]
    title: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """An interactive card. `fallback` is what a channel without cards says instead."""

    id: str
    shape: CardKind
    title: str
    fallback: str
    description: str = ""
    source: str = ""
    emphasis: str = ""
    body: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()
    questions: tuple[Question, ...] = ()
    submit: Button | None = None
    url: str = ""
    image_url: str = ""
    quote: str = ""
    """What others said, a line for each; only cards with buttons show it."""
    kind: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class CardUpdate:
    """Changes a card that was sent: greys its button, or shows a new card in its place.

    `handle` is the `Tap.handle` of the press, or the receipt's `handle` of the sending.
    """

    handle: str
    replace_text: str
    card: Card | None = None
    kind: Literal["card_update"] = "card_update"


@dataclass(frozen=True, slots=True)
class Recall:
    """Takes back a message; `platform_id` is from its receipt."""

    platform_id: str
    kind: Literal["recall"] = "recall"


Part = Annotated[
    Text | Markdown | Image | File | Link | News | Card | CardUpdate | Recall,
    Discriminator("kind"),
]


class Voice(StrEnum):
    """Who speaks: while a human has a member's conversation, the bot does not."""

    BOT = "bot"
    CARE = "care"
    """The bot about the handing over itself, about her data, or to her as one of ours at work:
    said whoever has it."""
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one recipient (a person or a group) on one channel.

    `key` makes it unique: the same key is the same message, however often it is put.
    `why` says what made it: a command, a schedule, an operator's action.
    """

    channel: ChannelName
    recipient: str
    part: Part
    key: str
    why: str = ""
    to_group: bool = False
    via: str = ""
    """Which of the channel's own accounts speaks; empty for the first."""
    ticket: Ticket | None = None
    """With it the message leaves outside of every budget, or not at all."""
    trace: str = ""
    """The update that this answers, for the logs (`bot.kernel.ids.trace_of`)."""
    reply_to: str = ""
    """`Update.reply_to` of the update that this answers."""
    voice: Voice = Voice.BOT
    loud: bool = False
    """That it can't leave while a human has the conversation is told to operators: she asked for
    what only we can give."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's word that it took a message."""

    platform_id: str = ""
    handle: str = ""
    note: str = ""
    """What went less than well although it was taken, for example an unknown receiver."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a door makes of one callback: updates to keep, or an answer to give at once."""

    updates: Sequence[Update] = ()
    answer: bytes = b"success"
    asks: str = ""
    """The key of an earlier update, when the platform only asks for its answer."""
    asks_in: str = ""
    """The group, or else the person, for whom it asks; empty when it does not say."""
    hints: Mapping[str, str | None] = field(default_factory=dict)
    """Books of a `Fetcher` in which something new stands, each with the hint for fetching it;
    None says that the platform has taken the book away from us."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler wants said: a template with its data, or a part made already."""

    template: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    part: Part | None = None


part_json: TypeAdapter[Part] = TypeAdapter(Part)
update_json: TypeAdapter[Update] = TypeAdapter(Update)
