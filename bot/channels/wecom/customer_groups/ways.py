"""Join ways of groups and the greetings that owners pick (path/92229 and 92366, 2026-07)."""

from collections.abc import Awaitable, Callable

from typing_extensions import override

from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.download import Wanted
from bot.channels.wecom.http import Json, text_in
from bot.channels.wecom.media import PictureShelf, Uploads
from bot.channels.wecom.parts import link_fields
from bot.channels.wecom.reading import made_in, object_in, texts_in
from bot.channels.wecom.sources import Addresses
from bot.kernel.customers import (
    Greeting,
    GroupGreetings,
    JoinWay,
    JoinWayDraft,
    JoinWays,
    MiniProgram,
)
from bot.kernel.errors import Undeliverable
from bot.kernel.files import Intake
from bot.kernel.messages import File, Image, Link, Receipt
from bot.kernel.words import cut_bytes, cut_chars

_WAY = "/cgi-bin/externalcontact/groupchat"
_GREETING = "/cgi-bin/externalcontact/group_welcome_template"
_BY_CODE = 2
_MOST_GROUPS = 5
_STATE_CHARS, _REMARK_CHARS, _NAME_CHARS = 30, 30, 40
GREETING_BYTES = 3000
_PROGRAM_TITLE_BYTES = 64

Ask = Callable[[Json], Awaitable[Receipt]]
"""Hands a greeting to the platform."""


class Ways(JoinWays):
    """Codes that lead into groups."""

    def __init__(self, api: WecomApi, addresses: Addresses) -> None:
        self._api = api
        self._addresses = addresses

    @override
    async def add(self, draft: JoinWayDraft) -> str:
        """Make one."""
        call = f"{_WAY}/add_join_way"
        return made_in(await self._api.call(call, _way(draft)), "config_id", call)

    @override
    async def get(self, way_id: str) -> JoinWay:
        """Return one with its picture."""
        answer = await self._api.call(f"{_WAY}/get_join_way", {"config_id": way_id}, sends=False)
        way = object_in(answer, "join_way")
        draft = JoinWayDraft(
            texts_in(way, "chat_id_list"),
            text_in(way, "state"),
            text_in(way, "remark"),
            text_in(way, "room_base_name"),
        )
        return JoinWay(text_in(way, "config_id") or way_id, draft, text_in(way, "qr_code"))

    @override
    async def picture(self, url: str, most_bytes: int, into: Intake) -> None:
        """Pour out the picture of one."""
        await self._addresses.pour(url, Wanted(into, most_bytes))

    @override
    async def update(self, way_id: str, draft: JoinWayDraft) -> None:
        """Change one."""
        body = {"config_id": way_id, **_way(draft)}
        await self._api.call(f"{_WAY}/update_join_way", body, sends=False)

    @override
    async def remove(self, way_id: str) -> None:
        """Take one back."""
        await self._api.call(f"{_WAY}/del_join_way", {"config_id": way_id}, sends=False)


def _way(draft: JoinWayDraft) -> Json:
    if not 1 <= len(draft.chat_ids) <= _MOST_GROUPS:
        raise Undeliverable(f"a join way leads to 1 to 5 groups, not {len(draft.chat_ids)}")
    body: Json = {
        "scene": _BY_CODE,
        "auto_create_room": int(bool(draft.new_group_name)),
        "chat_id_list": list(draft.chat_ids),
    }
    texts = {
        "state": cut_chars(draft.state, _STATE_CHARS),
        "remark": cut_chars(draft.remark, _REMARK_CHARS),
        "room_base_name": cut_chars(draft.new_group_name, _NAME_CHARS),
    }
    return body | {name: text for name, text in texts.items() if text}


class Greetings(GroupGreetings):
    """Greetings from which owners pick, at most 100 for one corp.

    What is attached is uploaded before; an id that the platform has forgotten is replaced once.
    """

    def __init__(self, api: WecomApi, shelf: PictureShelf, uploads: Uploads) -> None:
        self._api = api
        self._shelf = shelf
        self._uploads = uploads

    @override
    async def add(self, greeting: Greeting) -> str:
        """Keep one more."""
        call = f"{_GREETING}/add"

        async def ask(body: Json) -> Receipt:
            answer = await self._api.call(call, body | {"notify": int(greeting.tell_owners)})
            return Receipt(made_in(answer, "template_id", call))

        return (await self._with_attached(greeting, ask)).platform_id

    @override
    async def edit(self, greeting_id: str, greeting: Greeting) -> None:
        """Change one."""

        async def ask(body: Json) -> Receipt:
            known = {"template_id": greeting_id, **body}
            await self._api.call(f"{_GREETING}/edit", known, sends=False)
            return Receipt()

        await self._with_attached(greeting, ask)

    async def _with_attached(self, greeting: Greeting, ask: Ask) -> Receipt:
        text: Json = {"text": {"content": cut_bytes(greeting.text, GREETING_BYTES)}}
        attached = greeting.attached
        if attached is None:
            raise Undeliverable("a greeting without link, picture, mini program or file")
        if isinstance(attached, Link):
            return await ask(text | {"link": link_fields(attached)})
        part = attached.cover if isinstance(attached, MiniProgram) else attached
        picture = await self._shelf.read(part)
        return await self._uploads.using(
            picture, lambda media_id: ask(text | _uploaded(attached, media_id))
        )

    @override
    async def get(self, greeting_id: str) -> Greeting:
        """Return one."""
        answer = await self._api.call(f"{_GREETING}/get", {"template_id": greeting_id}, sends=False)
        text = text_in(object_in(answer, "text"), "content")
        link = object_in(answer, "link")
        if not link:
            return Greeting(text, None)
        picture = text_in(link, "picurl") or text_in(link, "pic_url")
        return Greeting(
            text,
            Link(text_in(link, "title"), text_in(link, "url"), text_in(link, "desc"), picture),
        )

    @override
    async def remove(self, greeting_id: str) -> None:
        """Take one back."""
        await self._api.call(f"{_GREETING}/del", {"template_id": greeting_id}, sends=False)


def _uploaded(attached: MiniProgram | Image | File, media_id: str) -> Json:
    match attached:
        case MiniProgram(title, app_id, page):
            return {
                "miniprogram": {
                    "title": cut_bytes(title, _PROGRAM_TITLE_BYTES),
                    "pic_media_id": media_id,
                    "appid": app_id,
                    "page": page,
                }
            }
        case Image():
            return {"image": {"media_id": media_id}}
        case File():
            return {attached.sent_as.value: {"media_id": media_id}}
