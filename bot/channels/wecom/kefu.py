"""微信客服: customers write from WeChat, the bot answers them 1:1 (path/94638, 2026-07).

A callback says only that there is something; what it is has to be fetched with a cursor, one
for each account (open_kfid). Answers are counted: five for each of her messages, for 48 hours.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from bot.channels.wecom import checkup
from bot.channels.wecom.client import CORP_LIMITS, WecomApi
from bot.channels.wecom.door import WINDOW_S, Door, sealed_in_xml
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.kefu_accounts import Accounts, Upgrades, accounts_in
from bot.channels.wecom.kefu_customers import KefuCustomers
from bot.channels.wecom.kefu_desk import STATE_FORBIDS, Desk, Servicers
from bot.channels.wecom.kefu_items import read_items
from bot.channels.wecom.kefu_menu import SHAPES, NoMenu, menu_body
from bot.channels.wecom.media import SENT_AS, Picture, PictureShelf, Uploads
from bot.channels.wecom.parts import (
    TEXT_BYTES,
    file_body,
    image_body,
    kefu_link_body,
    links_body,
    text_body,
)
from bot.channels.wecom.sources import TemporaryMedia
from bot.channels.wecom.thumbnail import THUMBNAIL
from bot.channels.wecom.updates import read_update
from bot.channels.wecom.xml import Fields, first, read_xml
from bot.kernel.abilities import CustomerLookup, MediaSource
from bot.kernel.capability import Capability, Chat, Poll
from bot.kernel.checkup import Finding, Knock
from bot.kernel.clock import Clock
from bot.kernel.errors import RetryLater, Undeliverable
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
    Part,
    RawCallback,
    Recall,
    Receipt,
    Received,
    Text,
    Update,
    UpdateKind,
    part_json,
)
from bot.kernel.persons import KeyKind
from bot.kernel.ports import Limit, Page, Receiver, Sender
from bot.kernel.reception import Conversations, FrontDoors, Holder, Recommendations, Staff

KEFU = ChannelName("kefu")
CAPABILITY = Capability(
    chats=(Chat.CUSTOMER,),
    source="path/94670, 94677, 95122, 90312, 2026-07",
    hears=WORDLESS | {UpdateKind.EVENT, UpdateKind.TAP},
    can_push=False,
    reply_window_s=48 * 3600.0,
    max_replies=5,
    text_bytes=TEXT_BYTES,
    cards=SHAPES,
    links=True,
    images=True,
    files=SENT_AS,
    messages=2,
    hands_over=True,
    poll=Poll.MENU,
)
POLL_EVERY_S = 60
_HINT = "kf_msg_or_event"
_ACCOUNTS = "kf_account_auth_change"  # path/97712, 2026-07
_HINT_LIVES_S = 9 * 60.0  # of the ten minutes of path/94670, 2026-07
_CUSTOMER = re.compile(r"[0-9A-Za-z_-]{1,64}")
_PAGE = 1000
_MSGID_REUSED = 95033
_CODE_SPENT = 95007
_STATES = {2: "she waits for a human", 3: "a human has the session", 4: "the session has ended"}
_DECIDE_AGAIN_S = 2.0
_SEND = "/cgi-bin/kf/send_msg"
_SEND_ON_EVENT = "/cgi-bin/kf/send_msg_on_event"
_WELCOME = "welcome"
_KNOWN_FOR_S = 4 * 3600.0


class Kefu:
    """The accounts of one corp: Channel, Receiver, Fetcher and Sender in one."""

    capability = CAPABILITY
    drops_twins_s = _KNOWN_FOR_S  # no page says for how long a msgid is known
    concurrency = 32
    channel_limits: tuple[Limit, ...] = CORP_LIMITS
    hint_lives_s = _HINT_LIVES_S

    def __init__(
        self,
        *,
        api_base: str,
        corp_id: str,
        open_kfids: Sequence[str],
        secret: str,
        token: str,
        aes_key: str,
        media_root: Path,
        clock: Clock,
        name: ChannelName = KEFU,
        poll_every_s: float = POLL_EVERY_S,
        window_s: float = WINDOW_S,
        timeout_s: float = 10.0,
        received: FileStore | None = None,
        uploaded: MediaIds | None = None,
    ) -> None:
        """Build the door from plain values.

        Raises:
            ValueError: `aes_key` is not one, or there is no account.
        """
        if not open_kfids:
            raise ValueError("at least one open_kfid")
        self.name = name
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self
        self.books = self._accounts = tuple(open_kfids)
        self.poll_every_s = float(poll_every_s)
        self._clock = clock
        self._window_s = window_s
        self._door = Door(
            token=token, aes_key=aes_key, receive_id=corp_id, clock=clock, window_s=window_s
        )
        self.api = WecomApi(
            api_base=api_base, corp_id=corp_id, secret=secret, clock=clock, timeout_s=timeout_s
        )
        self.key_kind = KeyKind.EXTERNAL_USERID
        self.key_scope = corp_id
        self.desk = Desk(self.api, clock)
        self.abilities: Mapping[type, object] = {
            MediaSource: TemporaryMedia(self.api),
            CustomerLookup: KefuCustomers(self.api),
            Conversations: self.desk,
            Staff: Servicers(self.api, self._accounts),
            FrontDoors: Accounts(self.api, self._accounts),
            Recommendations: Upgrades(self.api),
        }
        self._pictures = PictureShelf(media_root, received)
        self._uploads = Uploads(
            self.api.upload, is_media_gone, clock, channel=name, uploaded=uploaded
        )

    async def start(self) -> None:
        """Open the connections to the API."""
        await self.api.start()

    async def stop(self) -> None:
        """Close them."""
        await self.api.stop()

    # ── at rest ─────────────────────────────────────────────────────────────────────────

    def check_up(self) -> AsyncIterator[Finding]:
        """Return what does not work, found out by calls that change nothing."""
        further = checkup.kefu(self.api, self.books)
        return checkup.examine(self.api, self._clock, self._window_s, further)

    def knock(self) -> Knock:
        """Return a test of the callback's address."""
        return self._door.knock(self._clock.now())

    # ── in ──────────────────────────────────────────────────────────────────────────────

    async def receive(self, raw: RawCallback) -> Received:
        """Open one callback: a hint, or an event about the accounts themselves."""
        if raw.method == "GET":
            return Received(answer=self._door.echo(raw.query))
        plaintext = self._door.open(raw.query, sealed_in_xml(raw.body))
        fields = read_xml(plaintext)
        if first(fields, "Event") == _HINT:
            told = first(fields, "OpenKfId")
            books = [book for book in self.books if told in {book, ""}]  # others are not ours
            return Received(hints=dict.fromkeys(books, first(fields, "Token")))
        update = read_update(self.name, plaintext)
        if update.event == _ACCOUNTS:
            return self._accounts_changed(update, fields)
        return Received((update,))

    def _accounts_changed(self, update: Update, fields: Fields) -> Received:
        """Have an account fetched no more that was taken away, and again one that was given."""
        given, taken = accounts_in(fields, "AuthAdd"), accounts_in(fields, "AuthDel")
        told = {"given": ",".join(given), "taken": ",".join(taken)}
        hints = {
            book: None if book in taken else "" for book in self.books if book in {*given, *taken}
        }
        return Received((replace(update, extra=told),), hints=hints)

    async def fetch(self, book: str, cursor: str, hint: str) -> Page:
        """Return what happened in one account behind `cursor`."""
        question: Json = {"open_kfid": book, "limit": _PAGE, "voice_format": 0}
        if cursor:
            question["cursor"] = cursor
        if hint:
            question["token"] = hint
        answer = await self.api.call("/cgi-bin/kf/sync_msg", question, sends=False, long=True)
        return Page(
            read_items(self.name, book, answer),
            text_in(answer, "next_cursor") or cursor,
            answer.get("has_more") in {1, "1"},
        )

    # ── out ─────────────────────────────────────────────────────────────────────────────

    def lane(self, outgoing: Outgoing) -> str:
        """Return account and customer, as her conversation is called; a welcome can't wait."""
        lane = f"{outgoing.via or self._accounts[0]}:{outgoing.recipient}"
        return f"{lane}:{_WELCOME}" if outgoing.ticket else lane

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return nothing: what is counted is answers to a message, not messages in a time."""
        del lane
        return ()

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Hand one message to the platform, under an id that makes a second one impossible."""
        if outgoing.to_group or not _CUSTOMER.fullmatch(outgoing.recipient):
            raise Undeliverable("微信客服 writes to one customer at a time")
        try:
            picture = await self._picture_in(outgoing.part)
            if picture is None:
                return await self._send(outgoing, _body(outgoing.part))
            return await self._uploads.using(
                picture, lambda media_id: self._send(outgoing, _body(outgoing.part, media_id))
            )
        except Undeliverable as exc:
            spent = {_MSGID_REUSED, _CODE_SPENT} if outgoing.ticket else {_MSGID_REUSED}
            if exc.code in spent and doubt_since is not None:
                return Receipt(msgid_of(outgoing), note="an earlier try had arrived")
            raise

    async def _picture_in(self, part: Part) -> Picture | None:
        """Return the picture or file that a message needs: a link has one beside it."""
        if isinstance(part, Image | File):
            return await self._pictures.read(part)
        return THUMBNAIL if isinstance(part, Link) else None

    async def _send(self, outgoing: Outgoing, said: Json) -> Receipt:
        body = {"msgid": msgid_of(outgoing), **said}
        ticket = outgoing.ticket
        if ticket is not None:
            return await self._welcome(body, ticket.code, ticket.until)
        to = {"touser": outgoing.recipient, "open_kfid": outgoing.via or self._accounts[0]}
        try:
            return _receipt(await self.api.call(_SEND, {**to, **body}))
        except Undeliverable as exc:
            if exc.code not in STATE_FORBIDS:
                raise
            refusal = exc
        raise await self._decide_again(refusal, outgoing)

    async def _welcome(self, body: Json, code: str, until: datetime) -> Receipt:
        if self._clock.now() >= until:
            raise Undeliverable("too late: the code for this answer has run out", quiet=True)
        if body["msgtype"] not in {"text", "msgmenu"}:
            raise Undeliverable("an answer to an event is words or a menu")
        try:
            return _receipt(await self.api.call(_SEND_ON_EVENT, {"code": code, **body}))
        except Undeliverable as exc:
            if exc.code != _CODE_SPENT:
                raise
            raise Undeliverable(str(exc), code=exc.code, quiet=True) from None

    async def _decide_again(
        self, refusal: Undeliverable, outgoing: Outgoing
    ) -> Undeliverable | RetryLater:
        """Ask who has the session: while a human has it, we only read."""
        account = outgoing.via or self._accounts[0]
        state, held = await self.desk.state(account, outgoing.recipient)
        if held.by is Holder.BOT:  # it has changed meanwhile
            return RetryLater(str(refusal), after_s=_DECIDE_AGAIN_S, code=refusal.code)
        self.desk.surprised(account, outgoing.recipient, held)
        reason = f"{refusal}, session state {state}: {_STATES.get(state, 'unknown')}"
        return Undeliverable(reason, code=refusal.code, quiet=not outgoing.loud)


def msgid_of(outgoing: Outgoing) -> str:
    """Return the id under which the platform knows a message: 32 signs, the same each time.

    The words are part of it, for a database that begins anew gives its numbers again.
    """
    said = f"{outgoing.key}\n{outgoing.via}\n{outgoing.recipient}\n".encode()
    words = part_json.dump_json(outgoing.part, exclude_defaults=True)
    return blake2b(said + words, digest_size=16).hexdigest()


def _body(part: Part, media_id: str = "") -> Json:
    match part:
        case Text(text) | Markdown(_, text):
            return text_body(text)
        case Image():
            return image_body(media_id)
        case File():
            return file_body(part.sent_as, media_id)
        case Link():
            return kefu_link_body(part, media_id)
        case News(articles):
            return links_body(articles)
        case Card():
            return _card_body(part)
        case CardUpdate() | Recall():
            raise Undeliverable("what 微信客服 has said can be neither changed nor recalled")


def _card_body(card: Card) -> Json:
    try:
        return menu_body(card)
    except NoMenu:
        return text_body(card.fallback)


def _receipt(answer: Answer) -> Receipt:
    return Receipt(text_in(answer, "msgid"))
