"""What the channel of an account with followers can do besides carrying messages (abilities).

Only an errand may call these. The limits are the platform's; who asks for more gets Undeliverable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork


class EntryKind(StrEnum):
    """What a press on an entry of the account's menu does."""

    CLICK = "click"
    """Says the entry's key, as if typed."""
    VIEW = "view"
    """Opens a page."""
    MINI_PROGRAM = "miniprogram"
    SCAN = "scancode_push"
    SCAN_AND_WAIT = "scancode_waitmsg"
    CAMERA = "pic_sysphoto"
    CAMERA_OR_ALBUM = "pic_photo_or_album"
    ALBUM = "pic_weixin"
    PLACE = "location_select"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the menu below the chat; one with entries below it does nothing itself."""

    name: str
    kind: EntryKind | None = None
    key: str = ""
    url: str = ""
    app_id: str = ""
    page: str = ""
    below: tuple["MenuEntry", ...] = ()


class Menus(Protocol):
    """Shows a menu below the chat, the same to every follower."""

    async def publish(self, menu: Sequence[MenuEntry]) -> None:
        """Put a menu in the place of the one there is; an empty one takes it away.

        Doing it twice does no harm.
        """
        ...

    async def current(self) -> Sequence[MenuEntry]:
        """Return the menu that was published last, as far as its kinds are known."""
        ...


@dataclass(frozen=True, slots=True)
class SceneCode:
    """A QR code that brings its scene along when somebody scans it."""

    picture_url: str
    url: str
    """What the code says, for whoever draws it."""
    expires_at: datetime | None = None
    """None for one that lasts."""


class SceneCodes(Protocol):
    """Makes QR codes with a scene."""

    async def make(self, scene: str, *, lives_s: int | None) -> SceneCode:
        """Make a code; with `lives_s` it ends, and the platform lends them without counting."""
        ...


class NoteKind(StrEnum):
    """By what right somebody gets a note."""

    SERVICE = "service"
    """About business of her own that is under way (模板消息); she only has to follow."""
    ONCE = "once"
    """She agreed to one such note (一次性订阅)."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note by one of the platform's templates."""

    recipient: str
    kind: NoteKind
    template: str
    words: Mapping[str, str]
    url: str = ""
    key: str = ""
    """The same key is the same note, for as long as the platform remembers."""


class TemplateMessages(Protocol):
    """Sends notes by template."""

    remembers_s: float
    """For how long a note of kind SERVICE that was sent twice by the same key arrives once."""

    async def send_note(self, note: Note) -> str:
        """Send one note; return the platform's id of it.

        Raises:
            Ambiguous: it may have arrived.
            PlatformError: it has not.
        """
        ...


class NoteAnswer(StrEnum):
    """Whether a note may be sent."""

    QUEUED = "queued"
    """It leaves soon, or was put before by the same key."""
    NO_TEMPLATE = "no_template"
    """Nobody configured one for this use, or no channel sends notes."""
    NOT_THERE = "not_there"
    """She is not known on that channel, or does not follow any more."""
    NO_CONSENT = "no_consent"
    """She has not agreed to one, or what she agreed to is used up."""


class NoteBox(Protocol):
    """Takes notes by template for members, from every room; waits in the toolbox.

    A note is about the member's own business, never marketing: the platform's rule for
    templates, and the reason why each has a key of that business.
    """

    def put(
        self,
        uow: UnitOfWork,
        member: MemberId,
        use: str,
        words: Mapping[str, str],
        *,
        key: str,
        url: str = "",
    ) -> NoteAnswer:
        """Queue a note; the same key is the same note.

        Args:
            uow: the unit of work.
            member: who gets it.
            use: the template, by its name in the configuration.
            words: the template's fields.
            key: what of her business it is about, for example `rsvp:17:reminder`.
            url: the page that it opens.
        """
        ...

    def agreed(self, uow: UnitOfWork, use: str, *, most: int) -> Sequence[MemberId]:
        """Return who has agreed to a note of this use that was not sent yet."""
        ...


class Outcome(StrEnum):
    """What became of a note, by the platform's report."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """She does not want notes of the account."""
    FAILED = "failed"


AGREED, DECLINED = "agreed", "declined"
"""Keys of `Update.extra`: the templates of notes that she agreed to, or not, by commas."""
REPORTED = "reported"
"""Key of `Update.extra`: `id=outcome` of the notes that a platform reports on, by commas."""
