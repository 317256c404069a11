"""The WeCom app (自建应用): corp members write to it and it writes to them, 1:1."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from bot.channels.wecom import checkup
from bot.channels.wecom.cards import Unfit, card_json, update_json
from bot.channels.wecom.client import CORP_LIMITS, WecomApi
from bot.channels.wecom.colleagues import AppColleagues
from bot.channels.wecom.console_login import ConsoleLogin
from bot.channels.wecom.door import WINDOW_S, Door, sealed_in_xml
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.media import SENT_AS, PictureShelf, Uploads
from bot.channels.wecom.page_login import CorpLogin
from bot.channels.wecom.page_sdk import CorpSdk
from bot.channels.wecom.parts import (
    MARKDOWN_BYTES,
    TEXT_BYTES,
    file_body,
    markdown_body,
    news_body,
    text_body,
    textcard_body,
)
from bot.channels.wecom.passive import Seal, card_update_xml, wechatpy_seal
from bot.channels.wecom.sources import TemporaryMedia
from bot.channels.wecom.twins import DROPS_TWINS_S, duplicate_check
from bot.channels.wecom.updates import TAPS, read_update
from bot.kernel.abilities import ColleagueLookup, MediaSource
from bot.kernel.capability import ALL_CARDS, Capability, Chat, Poll
from bot.kernel.checkup import Finding, Knock
from bot.kernel.clock import Clock
from bot.kernel.entering import ColleagueLogin
from bot.kernel.errors import Undeliverable
from bot.kernel.files import FileStore, MediaIds
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
    RawCallback,
    Recall,
    Receipt,
    Received,
    Text,
    Update,
    UpdateKind,
)
from bot.kernel.ports import Limit, Receiver, Sender
from bot.kernel.visiting import Browser, PageLogin, PageSdk

WECOM_APP = ChannelName("wecom_app")
_SERVES = (Browser.WECOM, Browser.WECHAT)
_HANDLE_USED = 60140  # path/94888, 2026-07
_USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}")
CAPABILITY = Capability(
    chats=(Chat.COLLEAGUE,),
    source="path/90236, 90239, 90312, 94867, 2026-07",
    hears=WORDLESS - {UpdateKind.FILE} | {UpdateKind.EVENT, UpdateKind.TAP},
    text_bytes=TEXT_BYTES,
    markdown_bytes=MARKDOWN_BYTES,
    cards=ALL_CARDS,
    links=True,
    articles=8,
    images=True,
    files=SENT_AS,
    messages=3,
    recall=True,
    poll=Poll.CARD,
    # path/90312: what is over is dropped without a word
    rates=(Limit(30, 60), Limit(1_000, 3_600)),
)


class WecomApp:
    """One app's callbacks and messages: Channel, Receiver, Sender and PassiveAnswers in one."""

    capability = CAPABILITY
    drops_twins_s = DROPS_TWINS_S
    concurrency = 32
    channel_limits: tuple[Limit, ...] = CORP_LIMITS
    passive_wait_s = 4.0  # the platform hangs up after 5 (path/90930, 2026-07)

    def __init__(
        self,
        *,
        api_base: str,
        corp_id: str,
        agent_id: int,
        secret: str,
        token: str,
        aes_key: str,
        media_root: Path,
        clock: Clock,
        name: ChannelName = WECOM_APP,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
        page_login: bool = True,
        console_host: str = "",
        received: FileStore | None = None,
        uploaded: MediaIds | None = None,
    ) -> None:
        """Build the app from plain values.

        With a `console_host`, where the console is found, colleagues sign in to it by this app.

        Raises:
            ValueError: `aes_key` is not one.
        """
        self.name = name
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self
        self._corp_id = corp_id
        self._agent_id = agent_id
        self._clock = clock
        self._door = Door(
            token=token, aes_key=aes_key, receive_id=corp_id, clock=clock, window_s=window_s
        )
        self._keys = (token, aes_key, corp_id)
        self._seal: Seal | None = None
        self.api = WecomApi(
            api_base=api_base, corp_id=corp_id, secret=secret, clock=clock, timeout_s=timeout_s
        )
        self._sdk = CorpSdk(self.api, corp_id, agent_id, _SERVES, clock)
        self.abilities: dict[type, object] = {
            MediaSource: TemporaryMedia(self.api),
            ColleagueLookup: AppColleagues(self.api),
            PageSdk: self._sdk,
        }
        if page_login:
            self.abilities[PageLogin] = CorpLogin(self.api, corp_id, agent_id, _SERVES)
        if console_host:
            self.abilities[ColleagueLogin] = ConsoleLogin(self.api, corp_id, agent_id)
        self._console_host = console_host
        self._pictures = PictureShelf(media_root, received)
        self._uploads = Uploads(
            self.api.upload, is_media_gone, clock, channel=name, uploaded=uploaded
        )
        self._timeout_s = timeout_s
        self._window_s = window_s

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
        further = checkup.app(self.api, self._agent_id, self._console_host)
        return checkup.examine(self.api, self._clock, self._window_s, further)

    def knock(self) -> Knock:
        """Return a test of the callback's address."""
        return self._door.knock(self._clock.now())

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback; a GET is the platform testing the address."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        update = read_update(self.name, self._door.open(raw.query, sealed_in_xml(raw.body)))
        if update.tap and self._seal is None:
            self._seal = await asyncio.to_thread(wechatpy_seal, *self._keys)
        return Received((update,))

    def wants_passive(self, update: Update) -> bool:
        """Return True for a press on a card; everything else is answered by the API."""
        return update.event in TAPS and update.tap is not None

    def seal(self, outgoing: Outgoing, raw: RawCallback, update: Update) -> bytes | None:
        """Return the response that changes the pressed card for the member who pressed it."""
        del raw  # nonce and timestamp of a response are our own (path/90968, 2026-07)
        part, tap = outgoing.part, update.tap
        if self._seal is None or tap is None or not isinstance(part, CardUpdate):
            return None
        if part.handle != tap.handle or outgoing.recipient.lower() != update.sender:
            return None
        now = self._clock.now()
        try:
            words = card_update_xml(part, to=outgoing.recipient, sender=self._corp_id, now=now)
        except Undeliverable:
            return None  # the sender will find the same and say so
        return self._seal(words, now)

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return the member: limits are counted for each."""
        return outgoing.recipient.lower()

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return what the platform allows for one member."""
        del lane
        return CAPABILITY.rates

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Hand one message, card update or recall to the platform."""
        to = outgoing.recipient
        if outgoing.to_group or not _USERID.fullmatch(to):
            raise Undeliverable("an app writes to one member at a time")
        match outgoing.part:
            case Recall(platform_id):
                await self.api.call("/cgi-bin/message/recall", {"msgid": platform_id}, sends=False)
                return Receipt(platform_id)
            case CardUpdate() as update:
                return await self._change(update, to, doubt_since=doubt_since)
            case Image() | File() as image:
                return await self._send_media(image, outgoing, doubt_since=doubt_since)
            case part:
                return await self._send(_body(part), outgoing, doubt_since=doubt_since)

    async def _send(
        self, body: Json, outgoing: Outgoing, *, doubt_since: datetime | None
    ) -> Receipt:
        to = outgoing.recipient
        message = {"touser": to, "agentid": self._agent_id, **body}
        if doubt_since is not None:
            now = self._clock.now()
            message |= duplicate_check(doubt_since, now, margin_s=self._timeout_s)
        answer = await self.api.call("/cgi-bin/message/send", message)
        return _receipt(answer, to)

    async def _send_media(
        self, image: Image | File, outgoing: Outgoing, *, doubt_since: datetime | None
    ) -> Receipt:
        picture = await self._pictures.read(image)

        async def send(media_id: str) -> Receipt:
            body = file_body(picture.sent_as, media_id)
            return await self._send(body, outgoing, doubt_since=doubt_since)

        return await self._uploads.using(picture, send)

    async def _change(
        self, update: CardUpdate, to: str, *, doubt_since: datetime | None
    ) -> Receipt:
        change = {
            "userids": [to],
            "agentid": self._agent_id,
            "response_code": update.handle,
            **update_json(update),
        }
        try:
            answer = await self.api.call("/cgi-bin/message/update_template_card", change)
        except Undeliverable as exc:
            if exc.code != _HANDLE_USED:
                raise
            if doubt_since:
                return Receipt(note="an earlier try had changed it already")
            # nobody can help that: whoever pressed it, or sent it 72 h ago, may send a new card
            raise Undeliverable(str(exc), code=exc.code, quiet=True) from None
        return _receipt(answer, to)


def _body(part: Text | Markdown | Link | News | Card) -> Json:
    match part:
        case Text(text):
            return text_body(text)
        case Markdown(text):
            return markdown_body(text, MARKDOWN_BYTES)
        case Link():  # a text card has no picture
            return news_body(part) if part.image_url else textcard_body(part)
        case News(articles):
            return news_body(*articles)
        case Card():
            return _card_body(part)


def _card_body(card: Card) -> Json:
    try:
        return {"msgtype": "template_card", "template_card": card_json(card)}
    except Unfit:
        return text_body(card.fallback)


def _receipt(answer: Answer, to: str) -> Receipt:
    """Return the receipt; a message for nobody is answered with 0, too (path/90236, 2026-07)."""
    for field in ("invaliduser", "unlicenseduser"):
        named = answer.get(field)
        ids = named.split("|") if isinstance(named, str) else named
        if isinstance(ids, list) and to.lower() in {str(one).lower() for one in ids}:
            raise Undeliverable(f"the recipient is an {field}")
    return Receipt(text_in(answer, "msgid"), text_in(answer, "response_code"))
