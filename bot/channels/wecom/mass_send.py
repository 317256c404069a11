"""企业群发: what owners of groups, and friends of customers, confirm (path/92135, 93338, 2026-07).

A task that was made by the interface comes back from get_groupmsg_list_v2 without its creator, so
nobody is asked for there; the time of its making comes as text or number (path/93338, 2026-07).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.media import PictureShelf
from bot.channels.wecom.parts import link_fields
from bot.channels.wecom.reading import object_in, texts_in, whole_in
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
from bot.kernel.abilities import (
    Arrival,
    Audience,
    Confirmation,
    MassSend,
    MassSendFound,
    MassSendMade,
    MassSendReady,
    MassSendTasks,
    SendQuota,
    SendResult,
)
from bot.kernel.clock import Clock
from bot.kernel.errors import Undeliverable
from bot.kernel.messages import Image, Link
from bot.kernel.words import cut_bytes

MOST_GROUPS = 2000
MOST_CUSTOMERS = 10_000
_TOO_OFTEN = 41094
_ARRIVALS = {
    1: Arrival.SENT,
    2: Arrival.NOT_A_FRIEND,
    3: Arrival.HAD_OTHERS,
}
_CHAT_TYPES = {Audience.GROUPS: "group", Audience.CUSTOMERS: "single"}


class WecomMassSend(MassSendTasks):
    """Makes tasks for owners of groups and friends of customers, and watches them."""

    most: Mapping[Audience, int] = {
        Audience.GROUPS: MOST_GROUPS,
        Audience.CUSTOMERS: MOST_CUSTOMERS,
    }

    def __init__(self, api: WecomApi, shelf: PictureShelf, clock: Clock, quota: SendQuota) -> None:
        self.quota = quota
        self._api = api
        self._pictures = Pictures(api.upload, shelf, clock)

    @override
    async def prepare(self, wanted: MassSend) -> MassSendReady:
        """Upload the pictures, and check what the platform would refuse."""
        body = _recipients(wanted)
        if wanted.text.strip():
            body["text"] = {"content": cut_bytes(wanted.text, TEXT_BYTES)}
        if len(wanted.attachments) > MOST_ATTACHMENTS:
            raise Undeliverable(f"{len(wanted.attachments)} attachments, 9 are taken")
        if wanted.attachments:
            body["attachments"] = [await self._attachment(one) for one in wanted.attachments]
        if "text" not in body and not wanted.attachments:
            raise Undeliverable("there is nothing to say")
        return MassSendReady(body)

    async def _attachment(self, part: Image | Link) -> Json:
        if isinstance(part, Image):
            return {"msgtype": "image", "image": {"media_id": await self._pictures.media_id(part)}}
        link = link_fields(replace(part, title=part.title or part.url))
        return {"msgtype": "link", "link": link}

    @override
    async def create(self, ready: MassSendReady) -> MassSendMade:
        """Make the task."""
        answer = await make(self._api, "add_msg_template", ready, "msgid", self._pictures)
        return MassSendMade(text_in(answer, "msgid"), tuple(texts_in(answer, "fail_list")))

    @override
    async def find(
        self, since: datetime, until: datetime, audience: Audience
    ) -> Sequence[MassSendFound]:
        """Return the tasks of a time, the company's and people's own."""
        body: Json = {
            "chat_type": _CHAT_TYPES[audience],
            "start_time": int(since.timestamp()),
            "end_time": int(until.timestamp()),
            "filter_type": 2,
            "limit": 100,
        }
        pages = entries(self._api, "get_groupmsg_list_v2", body, "group_msg_list")
        return [_found(entry) async for entry in pages if text_in(entry, "msgid")]

    @override
    async def confirmations(self, task: str) -> Sequence[Confirmation]:
        """Return who has confirmed: whatever is not 0, for pages differ about 1 and 2."""
        pages = entries(self._api, "get_groupmsg_task", {"msgid": task, "limit": 1000}, "task_list")
        return [
            Confirmation(
                text_in(entry, "userid"), bool(entry.get("status")), instant_in(entry, "send_time")
            )
            async for entry in pages
        ]

    @override
    async def results(self, task: str, sender: str) -> Sequence[SendResult]:
        """Return what was sent; groups to which nothing was are not listed, customers are."""
        body = {"msgid": task, "userid": sender, "limit": 1000}
        pages = entries(self._api, "get_groupmsg_send_result", body, "send_list")
        return [_result(entry) async for entry in pages]

    @override
    async def remind(self, task: str) -> bool:
        """Remind the owner; three times in 24 hours (path/97610, 2026-07)."""
        try:
            await self._api.call(f"{CALL}remind_groupmsg_send", {"msgid": task}, sends=False)
        except Undeliverable as exc:
            if exc.code == _TOO_OFTEN:
                return False
            raise
        return True

    @override
    async def cancel(self, task: str) -> None:
        """Stop the task (path/97611, 2026-07)."""
        await cancel(self._api, "cancel_groupmsg_send", {"msgid": task})


def _recipients(wanted: MassSend) -> Json:
    groups, customers = len(wanted.groups), len(wanted.customers)
    if bool(groups) == bool(customers) or groups > MOST_GROUPS or customers > MOST_CUSTOMERS:
        raise Undeliverable("a task takes 1 to 2,000 groups, or 1 to 10,000 customers")
    if not wanted.sender:
        raise Undeliverable("nobody is named who should confirm")
    if groups:
        return {
            "chat_type": "group",
            "sender": wanted.sender,
            "chat_id_list": list(wanted.groups),
        }
    return {
        "chat_type": "single",
        "external_userid": list(wanted.customers),
        "sender": wanted.sender,
        "allow_select": False,
    }


def _found(entry: Answer) -> MassSendFound:
    attachments = entry.get("attachments")
    return MassSendFound(
        id=text_in(entry, "msgid"),
        text=text_in(object_in(entry, "text"), "content"),
        at=instant_in(entry, "create_time"),
        attachments=len(attachments) if isinstance(attachments, list) else 0,
        creator=text_in(entry, "creator"),
    )


def _result(entry: Answer) -> SendResult:
    arrival = _ARRIVALS.get(whole_in(entry, "status"), Arrival.WAITING)
    recipient = text_in(entry, "chat_id") or text_in(entry, "external_userid")
    return SendResult(recipient, arrival, instant_in(entry, "send_time"))
