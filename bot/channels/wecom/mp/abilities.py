"""What an account can do besides messages: its menu, QR codes with a scene, notes by template.

Read on doc/service/api (2026-07): custommenu/api_createcustommenu, qrcode/qrcodes/api_createqrcode,
notify/template/api_sendtemplatemessage, notify/notify/api_sendnewsubscribemsg.
"""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from typing_extensions import override

from bot.channels.wecom.client import TokenApi
from bot.channels.wecom.http import Answer, Json, text_in
from bot.channels.wecom.mp.errors import NO_MENU, NOTICE, TEMPLATE
from bot.channels.wecom.reading import object_in, rows_in
from bot.kernel.clock import Clock
from bot.kernel.errors import Ambiguous, PlatformError, RetryLater, Undeliverable
from bot.kernel.following import (
    EntryKind,
    MenuEntry,
    Menus,
    Note,
    NoteKind,
    SceneCode,
    SceneCodes,
    TemplateMessages,
)

PICTURES = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="
_LONGEST_S = 2_592_000
_SCENE_CHARS = 64
_LEVELS = 2
_UNREADABLE_S = 30.0
_CUT = {"thing": 20, "phrase": 5}
"""Characters that a field of a kind holds; the kind begins its name. That of `phrase` is common
knowledge, not read on a page."""


class AccountMenus(Menus):
    """The menu below the chat."""

    def __init__(self, api: TokenApi) -> None:
        self._api = api

    @override
    async def publish(self, menu: Sequence[MenuEntry]) -> None:
        if not menu:
            await self._api.ask("/cgi-bin/menu/delete")
            return
        body = {"button": [_button(entry) for entry in menu]}
        await self._api.call("/cgi-bin/menu/create", body, sends=False)

    @override
    async def current(self) -> Sequence[MenuEntry]:
        try:
            answer = await self._api.ask("/cgi-bin/menu/get")
        except PlatformError as exc:
            if exc.code == NO_MENU:
                return ()
            raise
        return _entries(rows_in(object_in(answer, "menu"), "button"), _LEVELS)


def _button(entry: MenuEntry) -> Json:
    if entry.below:
        return {"name": entry.name, "sub_button": [_button(one) for one in entry.below]}
    if entry.kind is None:
        raise Undeliverable("an entry of a menu does something, or has entries below it")
    fields = {"key": entry.key, "url": entry.url, "appid": entry.app_id, "pagepath": entry.page}
    button = {"name": entry.name, "type": entry.kind.value}
    return button | {name: value for name, value in fields.items() if value}


def _entries(buttons: Sequence[Answer], levels: int) -> tuple[MenuEntry, ...]:
    """Return what can be read of a menu; kinds that only the platform's own editor has are left."""
    read = (_entry(button, levels) for button in (buttons if levels else ()))
    return tuple(entry for entry in read if entry.kind is not None or entry.below)


def _entry(row: Answer, levels: int) -> MenuEntry:
    kinds = {kind.value: kind for kind in EntryKind}
    return MenuEntry(
        text_in(row, "name"),
        kinds.get(text_in(row, "type")),
        key=text_in(row, "key"),
        url=text_in(row, "url"),
        app_id=text_in(row, "appid"),
        page=text_in(row, "pagepath"),
        below=_entries(rows_in(row, "sub_button"), levels - 1),
    )


class AccountCodes(SceneCodes):
    """QR codes with a scene, lent for 30 days at most, or lasting (100,000 in all)."""

    def __init__(self, api: TokenApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock

    @override
    async def make(self, scene: str, *, lives_s: int | None) -> SceneCode:
        if not 1 <= len(scene) <= _SCENE_CHARS:
            raise Undeliverable(f"a scene has 1 to {_SCENE_CHARS} characters")
        kind = "QR_LIMIT_STR_SCENE" if lives_s is None else "QR_STR_SCENE"
        body: Json = {"action_name": kind, "action_info": {"scene": {"scene_str": scene}}}
        if lives_s is not None:
            body["expire_seconds"] = min(lives_s, _LONGEST_S)
        path = "/cgi-bin/qrcode/create"
        answer = await self._api.call(path, body, sends=False)
        if not (ticket := text_in(answer, "ticket")):
            raise RetryLater(f"{path}: no ticket in the answer", after_s=_UNREADABLE_S)
        ends = answer.get("expire_seconds")
        lasts = lives_s is None or not isinstance(ends, int)
        return SceneCode(
            PICTURES + quote(ticket, safe=""),
            text_in(answer, "url"),
            None if lasts else self._clock.now() + timedelta(seconds=int(str(ends))),
        )


class AccountNotes(TemplateMessages):
    """Notes by template: 模板消息 about her own business, 订阅通知 that she agreed to."""

    remembers_s = 540.0  # client_msg_id holds for 10 minutes

    def __init__(self, api: TokenApi) -> None:
        self._api = api

    @override
    async def send_note(self, note: Note) -> str:
        path = TEMPLATE if note.kind is NoteKind.SERVICE else NOTICE
        body: Json = {
            "touser": note.recipient,
            "template_id": note.template,
            "data": {name: {"value": _cut(name, words)} for name, words in note.words.items()},
        }
        if note.kind is NoteKind.SERVICE:
            body |= {"client_msg_id": note.key} if note.key else {}
            body |= {"url": note.url} if note.url else {}
        elif note.url:
            body["page"] = note.url
        try:
            answer = await self._api.call(path, body)
        except RetryLater as exc:
            if exc.doubtful:
                raise Ambiguous(str(exc), code=exc.code) from None
            raise
        number = answer.get("msgid")
        return str(number) if isinstance(number, int | str) else ""


def _cut(field: str, words: str) -> str:
    """Cut words to what a field of its kind holds; the platform refuses longer ones (47003)."""
    most = next((most for kind, most in _CUT.items() if field.startswith(kind)), None)
    return words if most is None or len(words) <= most else words[: most - 1] + "…"
