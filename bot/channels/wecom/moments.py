"""客户朋友圈: what employees are asked to publish (path/95094, 2026-07)."""

from collections.abc import Sequence

from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Json, errcode, text_in
from bot.channels.wecom.media import PictureShelf
from bot.channels.wecom.parts import web_url
from bot.channels.wecom.reading import must, object_in, texts_in
from bot.channels.wecom.tasks import (
    CALL,
    MOST_ATTACHMENTS,
    TEXT_BYTES,
    Pictures,
    cancel,
    entries,
    instant_in,
    make,
)
from bot.kernel.abilities import Confirmation, MassSendReady, Moment, MomentJob, MomentTasks
from bot.kernel.clock import Clock
from bot.kernel.errors import Undeliverable
from bot.kernel.words import cut_bytes, cut_chars

_CHARS = 2000
_TITLE_BYTES = 64
_MOST_SENDERS = 100_000
_DONE = 3


class WecomMoments(MomentTasks):
    """Makes tasks for the moments of employees (path/95094, 2026-07)."""

    def __init__(self, api: WecomApi, shelf: PictureShelf, clock: Clock) -> None:
        self._api = api

        async def upload(kind: str, name: str, content_type: str, content: bytes) -> str:
            query = {"media_type": kind, "attachment_type": "1"}  # of moments (path/95098, 2026-07)
            path = "/cgi-bin/media/upload_attachment"
            answer = await api.upload_to(path, query, name, content_type, content)
            return must(answer, "media_id", path)

        self._pictures = Pictures(upload, shelf, clock)

    @override
    async def prepare(self, wanted: Moment) -> MassSendReady:
        """Upload the pictures: nine of them, or a link with its cover."""
        body: Json = {}
        if wanted.text.strip():
            words = cut_chars(wanted.text, _CHARS)
            body["text"] = {"content": cut_bytes(words, TEXT_BYTES)}
        if attachments := await self._attachments(wanted):
            body["attachments"] = attachments
        if not body:
            raise Undeliverable("there is nothing to say")
        reaches: Json = {}
        if wanted.senders:
            reaches["sender_list"] = {"user_list": list(wanted.senders[:_MOST_SENDERS])}
        if wanted.customer_tags:
            reaches["external_contact_list"] = {"tag_list": list(wanted.customer_tags)}
        return MassSendReady(body | ({"visible_range": reaches} if reaches else {}))

    async def _attachments(self, wanted: Moment) -> list[Json]:
        if wanted.link is None:
            if len(wanted.images) > MOST_ATTACHMENTS:
                raise Undeliverable(f"{len(wanted.images)} pictures, 9 are taken")
            ids = [await self._pictures.media_id(image) for image in wanted.images]
            return [{"msgtype": "image", "image": {"media_id": media_id}} for media_id in ids]
        if wanted.images or wanted.link_cover is None:
            raise Undeliverable("a moment takes pictures, or one link with its cover")
        link = {
            "title": cut_bytes(wanted.link.title or wanted.link.url, _TITLE_BYTES),
            "url": web_url(wanted.link.url),
            "media_id": await self._pictures.media_id(wanted.link_cover),
        }
        return [{"msgtype": "link", "link": link}]

    @override
    async def create(self, ready: MassSendReady) -> str:
        """Ask for the task."""
        answer = await make(self._api, "add_moment_task", ready, "jobid", self._pictures)
        return text_in(answer, "jobid")

    @override
    async def made(self, job: str) -> MomentJob:
        """Return what came of it; status 3 is the end."""
        answer = await self._api.ask(f"{CALL}get_moment_task_result", {"jobid": job})
        result = answer.get("result")
        if answer.get("status") != _DONE or not isinstance(result, dict):
            return MomentJob(done=False)
        if code := errcode(result):
            raise Undeliverable(f"moment: errcode {code}", code=code)
        return MomentJob(
            done=True,
            moment=text_in(result, "moment_id"),
            invalid_senders=tuple(texts_in(object_in(result, "invalid_sender_list"), "user_list")),
        )

    @override
    async def confirmations(self, moment: str) -> Sequence[Confirmation]:
        """Return who has published."""
        body: Json = {"moment_id": moment, "limit": 1000}
        pages = entries(self._api, "get_moment_task", body, "task_list")
        return [
            Confirmation(
                text_in(entry, "userid"),
                bool(entry.get("publish_status")),
                instant_in(entry, "publish_time"),
            )
            async for entry in pages
        ]

    @override
    async def cancel(self, moment: str) -> None:
        """Stop the moment (path/97612, 2026-07)."""
        await cancel(self._api, "cancel_moment_task", {"moment_id": moment})
