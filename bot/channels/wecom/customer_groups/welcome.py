"""Greets a customer who has just become an employee's friend (path/92137, 2026-07).

The code in the event is good for 20 seconds and for one call. A customer group itself can't be
written to: what goes there is a task that its owner confirms.
"""

from collections.abc import Mapping
from datetime import datetime

from typing_extensions import override

from bot.channels.wecom.client import CORP_LIMITS, WecomApi
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Json
from bot.channels.wecom.media import PictureShelf, Uploads
from bot.channels.wecom.parts import link_fields
from bot.kernel.clock import Clock
from bot.kernel.errors import RetryLater, Undeliverable
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
    Ticket,
)
from bot.kernel.ports import Limit, Sender
from bot.kernel.words import cut_bytes

TEXT_BYTES = 4000
_SEND = "/cgi-bin/externalcontact/send_welcome_msg"
_SPENT = frozenset({41050, 41051})
_ATTACHMENTS = 9


class Welcomes(Sender):
    """Sends what has a ticket, and nothing else."""

    drops_twins_s = 20.0  # a code works once, and not for longer
    concurrency = 16
    channel_limits: tuple[Limit, ...] = CORP_LIMITS

    def __init__(self, api: WecomApi, clock: Clock, shelf: PictureShelf) -> None:
        self._api = api
        self._clock = clock
        self._pictures = shelf
        self._uploads = Uploads(api.upload, is_media_gone, clock)

    @override
    def lane(self, outgoing: Outgoing) -> str:
        """Return the customer."""
        return outgoing.recipient

    @override
    def lane_limits(self, lane: str) -> tuple[Limit, ...]:
        """Return nothing: a customer is greeted once."""
        del lane
        return ()

    @override
    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        """Hand over the greeting that a code allows; too late, it is dropped without a word."""
        ticket = outgoing.ticket
        if ticket is None or outgoing.to_group:
            raise Undeliverable("a customer group is written to by a task that its owner confirms")
        if self._clock.now() >= ticket.until:
            raise Undeliverable("too late: the code for this greeting has run out", quiet=True)
        try:
            await self._greet(outgoing.part, ticket)
        except Undeliverable as exc:
            if exc.code not in _SPENT:
                raise
            if doubt_since is not None:
                return Receipt(note="an earlier try had arrived, or the code has run out")
            raise Undeliverable(str(exc), code=exc.code, quiet=True) from None
        except RetryLater as exc:
            left_s = (ticket.until - self._clock.now()).total_seconds()
            if exc.after_s < left_s:
                raise
            raise Undeliverable(f"{exc}: too late by then", code=exc.code, quiet=True) from None
        return Receipt()

    async def _greet(self, part: Part, ticket: Ticket) -> Receipt:
        if not isinstance(part, Image):
            return await self._call(ticket, _body(part))
        picture = await self._pictures.read(part)
        return await self._uploads.using(
            picture,
            lambda media_id: self._call(ticket, _attached("image", {"media_id": media_id})),
        )

    async def _call(self, ticket: Ticket, body: Json) -> Receipt:
        await self._api.call(_SEND, {"welcome_code": ticket.code, **body})
        return Receipt()


def _body(part: Part) -> Json:
    match part:
        case Text(text) | Markdown(_, text):
            return _words(text)
        case Card():
            return _words(part.fallback)
        case Link():
            return _attached("link", link_fields(part))
        case News(articles):
            links = [_attachment("link", link_fields(link)) for link in articles[:_ATTACHMENTS]]
            return {"attachments": links}
        case File():
            return _words(part.words)
        case Image() | CardUpdate() | Recall():
            raise Undeliverable("what 客户联系 has said can be neither changed nor recalled")


def _words(text: str) -> Json:
    if not text.strip():
        raise Undeliverable("there is nothing to say")
    return {"text": {"content": cut_bytes(text, TEXT_BYTES)}}


def _attached(kind: str, fields: Mapping[str, str]) -> Json:
    return {"attachments": [_attachment(kind, fields)]}


def _attachment(kind: str, fields: Mapping[str, str]) -> Json:
    return {"msgtype": kind, kind: dict(fields)}
