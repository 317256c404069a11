"""One official account: callbacks in, answers in the response or by customer-service message."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from bot.channels.wecom.door import WINDOW_S
from bot.channels.wecom.http import Json
from bot.channels.wecom.media import PictureShelf, Uploads
from bot.channels.wecom.mp.abilities import AccountCodes, AccountMenus, AccountNotes
from bot.channels.wecom.mp.checkup import examine_account
from bot.channels.wecom.mp.client import AccountApi
from bot.channels.wecom.mp.door import AccountDoor
from bot.channels.wecom.mp.errors import SENDS, is_media_gone
from bot.channels.wecom.mp.menus import CARDS, menu_of
from bot.channels.wecom.mp.page_login import AccountLogin, AccountSdk
from bot.channels.wecom.mp.pictures import KnownPictures
from bot.channels.wecom.mp.replies import reply_xml
from bot.channels.wecom.mp.updates import is_json, read_fields, read_update
from bot.channels.wecom.parts import TEXT_BYTES, file_body, links_body, news_body, text_body
from bot.channels.wecom.passive import Seal, wechatpy_seal
from bot.channels.wecom.sources import FOLLOWERS_FILES, Hosts, TemporaryMedia
from bot.channels.wecom.xml import first
from bot.kernel.abilities import MediaSource
from bot.kernel.capability import Brief, Capability, Chat, Poll
from bot.kernel.checkup import Finding, Knock
from bot.kernel.clock import Clock
from bot.kernel.errors import Undeliverable
from bot.kernel.files import FileKind, FileStore, MediaIds
from bot.kernel.following import Menus, SceneCodes, TemplateMessages
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    WORDLESS,
    Card,
    CardUpdate,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    RawCallback,
    Recall,
    Receipt,
    Received,
    Text,
    Update,
    UpdateKind,
)
from bot.kernel.ports import Limit, Receiver, Sender
from bot.kernel.visiting import PageLogin, PageSdk

MP = ChannelName("mp")
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DAY_S = 24 * 3600
_BRIEF = frozenset(
    {
        *("subscribe", "SCAN", "CLICK", "scancode_waitmsg", "scancode_push", "location_select"),
        *("pic_sysphoto", "pic_photo_or_album", "pic_weixin"),
    }
)
"""Following, a QR code, an entry of the menu: less than a message of hers allows."""
_FILES = frozenset({FileKind.VOICE})  # a video wants a picture of its own beside it
CAPABILITY = Capability(
    chats=(Chat.FOLLOWER,),
    source="developers.weixin.qq.com/doc/service, 客服消息 and 消息推送, 2026-07",
    hears=WORDLESS - {UpdateKind.FILE} | {UpdateKind.EVENT, UpdateKind.TAP},
    can_push=False,
    reply_window_s=2 * _DAY_S,
    max_replies=5,
    brief=Brief(_BRIEF, replies=3, within_s=60.0),
    leaving=frozenset({"unsubscribe"}),
    text_bytes=TEXT_BYTES,
    cards=CARDS,
    links=True,
    images=True,
    files=_FILES,
    messages=3,
    poll=Poll.MENU,
)
_ANSWERED = _BRIEF | {"", "LOCATION"}
"""Messages, and the events behind which somebody waits for an answer."""


class OfficialAccount:
    """One account's callbacks and messages: Channel, Receiver, Sender and PassiveAnswers."""

    capability = CAPABILITY
    drops_twins_s = 0.0  # nothing in a customer-service message tells a twin
    concurrency = 32
    channel_limits: tuple[Limit, ...] = ()
    passive_wait_s = 4.0  # the platform hangs up after 5

    def __init__(
        self,
        *,
        api_base: str,
        app_id: str,
        secret: str,
        token: str,
        aes_key: str,
        media_root: Path,
        clock: Clock,
        name: ChannelName = MP,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
        page_login: bool = True,
        media_hosts: Hosts = FOLLOWERS_FILES,
        received: FileStore | None = None,
        uploaded: MediaIds | None = None,
    ) -> None:
        """Build the account from plain values; an empty `aes_key` means 明文模式.

        Raises:
            ValueError: `aes_key` is not one.
        """
        self.name = name
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self
        self.tells_unionid = bool(aes_key)  # in 明文模式 anybody may have written the body
        self._clock = clock
        self._window_s = window_s
        self._door = AccountDoor(
            token=token, aes_key=aes_key, app_id=app_id, clock=clock, window_s=window_s
        )
        self._keys = (token, aes_key, app_id) if aes_key else None
        self._seal: Seal | None = None if aes_key else _unsealed
        self.api = AccountApi(
            api_base=api_base, app_id=app_id, secret=secret, clock=clock, timeout_s=timeout_s
        )
        self._sdk = AccountSdk(self.api, app_id, clock)
        self.abilities: dict[type, object] = {
            MediaSource: TemporaryMedia(
                self.api, is_gone=is_media_gone, addresses=self.api.addresses(media_hosts)
            ),
            Menus: AccountMenus(self.api),
            SceneCodes: AccountCodes(self.api, clock),
            TemplateMessages: AccountNotes(self.api),
            PageSdk: self._sdk,
        }
        if page_login:
            self.abilities[PageLogin] = AccountLogin(self.api, name, app_id)
        self._shelf = PictureShelf(media_root, received)
        self._uploads = Uploads(
            self.api.upload, is_media_gone, clock, channel=name, uploaded=uploaded
        )
        self._pictures = KnownPictures(media_root, self._uploads)

    async def start(self) -> None:
        """Open the connections to the API."""
        await self.api.start()

    async def stop(self) -> None:
        """Close them."""
        await self._sdk.stop()
        await self.api.stop()

    # ── at rest ─────────────────────────────────────────────────────────────────────────

    def check_up(self) -> AsyncIterator[Finding]:
        """Return what does not work, found out by calls that change nothing."""
        sealed = self._keys is not None
        return examine_account(self.api, self._clock, self._window_s, sealed=sealed)

    def knock(self) -> Knock:
        """Return a test of the callback's address."""
        return self._door.knock(self._clock.now())

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback; a GET is the platform testing the address."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        update = read_update(self.name, self._door.open(raw.query, raw.body))
        if self._seal is None and self._keys is not None and self.wants_passive(update):
            self._seal = await asyncio.to_thread(wechatpy_seal, *self._keys)
        return Received((update,))

    def wants_passive(self, update: Update) -> bool:
        """Return True for all that a follower says or does in the chat."""
        return (
            update.sender is not None
            and update.kind is not UpdateKind.UNKNOWN
            and update.event in _ANSWERED
        )

    def seal(self, outgoing: Outgoing, raw: RawCallback, update: Update) -> bytes | None:
        """Return the response that answers the follower; None when an API call has to."""
        if self._seal is None or outgoing.to_group or outgoing.recipient != update.sender:
            return None
        plaintext = self._door.open(raw.query, raw.body)
        if is_json(plaintext):
            return None  # how an answer looks in JSON is documented for mini programs only
        part, now = outgoing.part, self._clock.now()
        known = self._pictures.media_id(part) if isinstance(part, Image) else ""
        account = first(read_fields(plaintext), "ToUserName")
        words = reply_xml(part, known, to=outgoing.recipient, sender=account, now=now)
        return self._seal(words, now) if words else None

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return the follower: her messages keep their order."""
        return outgoing.recipient

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return nothing: what is counted is answers, and the record says how many."""
        del lane
        return CAPABILITY.rates

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Hand one customer-service message (客服消息) to the platform."""
        del doubt_since
        if outgoing.to_group or not _OPENID.fullmatch(outgoing.recipient):
            raise Undeliverable("an account writes to one follower at a time")
        part = outgoing.part
        if isinstance(part, Image) or (isinstance(part, File) and part.sent_as in _FILES):
            return await self._send_media(part, outgoing.recipient)
        return await self._send(_body(outgoing.part), outgoing.recipient)

    async def _send(self, body: Json, to: str) -> Receipt:
        await self.api.call(SENDS, {"touser": to, **body})
        return Receipt()

    async def _send_media(self, image: Image | File, to: str) -> Receipt:
        picture = await self._shelf.read(image)

        async def send(media_id: str) -> Receipt:
            return await self._send(file_body(picture.sent_as, media_id), to)

        receipt = await self._uploads.using(picture, send)
        if isinstance(image, Image):
            self._pictures.name(image, picture.digest)
        return receipt


def _unsealed(words: str, _now: datetime) -> bytes:
    return words.encode()


def _body(part: Part) -> Json:
    match part:
        case Text(words) | Markdown(_, words):
            return text_body(words)
        case Link():
            return news_body(part)
        case News((link,)):
            return news_body(link)
        case News(articles):  # one link makes a message; the record says that it has none
            return links_body(articles)
        case Card():
            return menu_of(part) or text_body(part.fallback)
        case CardUpdate() | Recall():
            raise Undeliverable("what an account has said can be neither changed nor recalled")
        case File():
            return text_body(part.words)
        case Image():
            raise Undeliverable("a picture is uploaded first")
