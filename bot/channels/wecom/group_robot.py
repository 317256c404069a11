"""The group robot (群机器人, now 消息推送): a webhook that writes into one internal group.

It never hears anything, takes no questions and gives no message ids (path/99110, 2026-07).
The key in its address is the credential: it is in no error and no log.
"""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import datetime
from hashlib import md5
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bot.channels.wecom.cards import NOTICES, WEBHOOK_ROOM, Unfit, card_json
from bot.channels.wecom.http import Http, Json
from bot.channels.wecom.media import Picture, PictureShelf
from bot.channels.wecom.parts import (
    TEXT_BYTES,
    WEBHOOK_MARKDOWN_BYTES,
    markdown_body,
    news_body,
    text_body,
)
from bot.channels.wecom.reading import must
from bot.kernel.capability import Capability, Chat
from bot.kernel.checkup import Finding
from bot.kernel.errors import PauseScope, Undeliverable
from bot.kernel.files import FileStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Card,
    CardUpdate,
    File,
    Image,
    Link,
    Markdown,
    News,
    Outgoing,
    Part,
    Recall,
    Receipt,
    Text,
)
from bot.kernel.ports import Limit, Receiver, Sender

_MAX_IMAGE_BYTES = 2 * 1024 * 1024
CAPABILITY = Capability(
    chats=(Chat.INTERNAL_GROUP,),
    source="path/99110, 2026-07",
    can_receive=False,
    text_bytes=TEXT_BYTES,
    markdown_bytes=WEBHOOK_MARKDOWN_BYTES,
    cards=NOTICES,
    links=True,
    articles=8,
    images=True,
    messages=2,
    rates=(Limit(20, 60),),
)


class GroupRobot:
    """One webhook: Channel and Sender in one."""

    capability = CAPABILITY
    receiver: Receiver | None = None
    drops_twins_s = 0.0
    concurrency = 1
    channel_limits: tuple[Limit, ...] = ()

    def __init__(
        self,
        *,
        name: ChannelName,
        webhook_url: str,
        media_root: Path,
        received: FileStore | None = None,
        timeout_s: float = 10.0,
    ) -> None:
        """Build the robot called `name` (`group_robot.<its own name>`).

        Raises:
            ValueError: `webhook_url` has no key; the message does not repeat it.
        """
        url = urlsplit(webhook_url)
        keys = parse_qs(url.query).get("key", [])
        if url.scheme not in {"http", "https"} or not url.netloc or len(keys) != 1:
            raise ValueError("a webhook address looks like https://…/webhook/send?key=…")
        self.name = name
        self.sender: Sender | None = self
        self._key = keys[0]
        self._send_path = url.path
        self._upload_path = url.path.rpartition("/")[0] + "/upload_media"
        # a kept connection that the platform has closed would leave a message in doubt
        self._http = Http(
            f"{url.scheme}://{url.netloc}",
            timeout_s=timeout_s,
            limit=PauseScope.LANE,
            keep_alive=False,
        )
        self._pictures = PictureShelf(media_root, received)

    async def check_up(self) -> AsyncIterator[Finding]:
        """Return what is known without writing into the group: the address looks like one."""
        yield Finding(
            "form",
            "the webhook's address has a key; whether it works shows only a message: not tried",
            key="webhook_url",
        )

    async def start(self) -> None:
        """Open the session."""
        await self._http.start()

    async def stop(self) -> None:
        """Close it."""
        await self._http.stop()

    def lane(self, outgoing: Outgoing) -> str:
        """Return the one lane there is: the webhook."""
        del outgoing
        return "webhook"

    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return what the platform allows for a webhook."""
        del lane
        return CAPABILITY.rates

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Write one message into the group; the webhook knows which."""
        del doubt_since  # the platform does not look for twins here
        body = await self._body(outgoing.part)
        answer = await self._http.post(self._send_path, {"key": self._key}, body)
        self._http.check(answer, "webhook/send")
        return Receipt()

    async def _body(self, part: Part) -> Json:
        match part:
            case Text() | File():
                return text_body(part.text if isinstance(part, Text) else part.words)
            case Markdown(text):
                return markdown_body(text, WEBHOOK_MARKDOWN_BYTES)
            case Image():
                return await self._picture(await self._pictures.read(part))
            case Link():
                return news_body(part)
            case News(articles):
                return news_body(*articles)
            case Card():
                return _card(part)
            case CardUpdate() | Recall():
                raise Undeliverable("what a webhook has said can be neither changed nor recalled")

    async def _picture(self, picture: Picture) -> Json:
        """Return a picture in place, or as a file when it is too large or of another format."""
        content = picture.content
        if picture.suffix and len(content) <= _MAX_IMAGE_BYTES:
            digest = md5(content, usedforsecurity=False).hexdigest()
            return {
                "msgtype": "image",
                "image": {"base64": b64encode(content).decode(), "md5": digest},
            }
        query = {"key": self._key, "type": "file"}
        answer = await self._http.upload(
            self._upload_path, query, picture.name, picture.content_type, content
        )
        self._http.check(answer, "webhook/upload_media")
        media_id = must(answer, "media_id", "webhook/upload_media")
        return {"msgtype": "file", "file": {"media_id": media_id}}


def _card(card: Card) -> Json:
    """Return a notice as a card; one that asks for an answer can only be told of."""
    asks = any(not button.url for button in card.buttons)
    if card.shape not in NOTICES or asks:
        return text_body(card.fallback)
    try:
        made = card_json(card, WEBHOOK_ROOM)
    except Unfit:
        return text_body(card.fallback)
    made.pop("task_id", None)  # nothing calls back
    return {"msgtype": "template_card", "template_card": made}
