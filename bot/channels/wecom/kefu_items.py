"""Turns what sync_msg lists into updates (path/94670, 2026-07).

Nothing here refuses: an item that says less than it should is kept as what can be read of it,
for the cursor moves past it and it will not come again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

from pydantic_core import to_json

from bot.channels.wecom.http import Answer
from bot.channels.wecom.kefu_events import change_in, plainly, text_of, ticket_in
from bot.channels.wecom.kefu_menu import read_press
from bot.channels.wecom.reading import rows_in
from bot.channels.wecom.updates import KINDS
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, Update, UpdateKind

_WORDS = {UpdateKind.TEXT: "content", UpdateKind.LOCATION: "name", UpdateKind.LINK: "title"}
_AUDIO = "audio/amr"  # as we ask for it: voice_format 0
_CUSTOMER, _SERVICER = 3, 5
_SERVICER_SAID = "servicer_said"
_ENTERED = "enter_session"
_NOBODY = "sys"
_LAST = 4_102_444_800  # 2100: a later time is none, and what is added to it must not run over
_EXTRA_CHARS = 2000
_ID_CHARS = 200  # of what an index holds; the platform's own ids have up to 64


def read_items(channel: ChannelName, book: str, answer: Answer) -> list[Update]:
    """Return the updates of one page, in its order."""
    return [_read(channel, book, item) for item in rows_in(answer, "msg_list")]


def _read(channel: ChannelName, book: str, item: Mapping[str, object]) -> Update:
    said = text_of(item, "msgtype")
    body = item.get(said)
    fields: Mapping[str, object] = body if isinstance(body, dict) else {}
    via = text_of(item, "open_kfid") or text_of(fields, "open_kfid") or book
    who = text_of(item, "external_userid") or text_of(fields, "external_userid")
    via, who = via[:_ID_CHARS], who[:_ID_CHARS]
    update_of = {_CUSTOMER: _message, _SERVICER: _overheard}.get(_origin(item, said), _event)
    update = update_of(channel, item, fields, who)
    return _with(update, via=via, conversation=f"{channel}:{via}:{who or _NOBODY}")


def _origin(item: Mapping[str, object], said: str) -> int:
    origin = item.get("origin")
    if isinstance(origin, str) and origin.isdigit():
        origin = int(origin)
    return 0 if said == "event" or not isinstance(origin, int) else origin


def _with(update: Update, *, via: str, conversation: str) -> Update:
    return replace(update, via=via, conversation=conversation)


def _message(
    channel: ChannelName, item: Mapping[str, object], fields: Mapping[str, object], who: str
) -> Update:
    """Return what a customer has said."""
    kind = KINDS.get(text_of(item, "msgtype"), UpdateKind.UNKNOWN)
    tap = read_press(text_of(fields, "menu_id")) if kind is UpdateKind.TEXT else None
    return Update(
        channel=channel,
        key=_key(item),
        kind=UpdateKind.TAP if tap else kind,
        conversation="",
        at=_instant(item),
        sender=who or None,
        text=text_of(fields, _WORDS[kind]) if kind in _WORDS else "",
        media=_media(fields, kind),
        tap=tap,
        extra={} if kind is UpdateKind.TEXT and not tap else _extra(item, fields),
    )


def _overheard(
    channel: ChannelName, item: Mapping[str, object], fields: Mapping[str, object], who: str
) -> Update:
    """Return what a human of ours has said to a customer: kept, and never taken for hers."""
    kind = KINDS.get(text_of(item, "msgtype"), UpdateKind.UNKNOWN)
    return Update(
        channel=channel,
        key=_key(item),
        kind=UpdateKind.EVENT,
        conversation="",
        at=_instant(item),
        text=text_of(fields, _WORDS[kind]) if kind in _WORDS else "",
        event=_SERVICER_SAID,
        media=_media(fields, kind),
        about=who,
        extra=_extra(item, fields),
    )


def _event(
    channel: ChannelName, item: Mapping[str, object], fields: Mapping[str, object], who: str
) -> Update:
    """Return what the platform tells of; of all events only coming in is hers."""
    at = _instant(item)
    event = text_of(fields, "event_type") or text_of(item, "msgtype")
    is_hers = event == _ENTERED and bool(who)
    return Update(
        channel=channel,
        key=_key(item),
        kind=UpdateKind.EVENT,
        conversation="",
        at=at,
        sender=who if is_hers else None,
        about="" if is_hers else who,
        event=event,
        extra={**_extra(item, fields), **plainly(event, fields)},
        ticket=ticket_in(event, fields, at),
        changes=change_in(event, fields, who),
    )


def _media(fields: Mapping[str, object], kind: UpdateKind) -> tuple[Media, ...]:
    ref, thumbnail = text_of(fields, "media_id"), text_of(fields, "thumb_media_id")
    main = (Media(ref, "", _AUDIO if kind is UpdateKind.VOICE else ""),) if ref else ()
    return (*main, Media(thumbnail, "thumbnail")) if thumbnail else main


_PLACED = frozenset(
    {"content", "media_id", "thumb_media_id", "open_kfid", "external_userid", "event_type"}
) | {"welcome_code", "msg_code", "scene", "scene_param"}


def _extra(item: Mapping[str, object], fields: Mapping[str, object]) -> Mapping[str, str]:
    """Return what has no place of its own, as texts; what is nested, as JSON."""
    extra = {"msgtype": text_of(item, "msgtype")}
    if servicer := text_of(item, "servicer_userid"):
        extra["servicer_userid"] = servicer
    extra |= {path: text for path, text in _leaves(fields) if path not in _PLACED}
    return extra


def _leaves(fields: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, dict) and not path:
            yield from _leaves(value, f"{name}.")
        elif isinstance(value, str | int | float):
            yield path + str(name), str(value)[:_EXTRA_CHARS]
        elif value is not None:
            words = to_json(value, inf_nan_mode="strings").decode()
            yield path + str(name), words[:_EXTRA_CHARS]


def _key(item: Mapping[str, object]) -> str:
    """Return the platform's id, or, should it be missing, one made of all that is said."""
    msgid = text_of(item, "msgid")
    return (
        msgid if 0 < len(msgid) <= _ID_CHARS else blake2b(to_json(item), digest_size=16).hexdigest()
    )


def _instant(item: Mapping[str, object]) -> datetime:
    """Return when it was sent; the beginning of time when that can't be: long ago."""
    sent = item.get("send_time")
    try:
        return datetime.fromtimestamp(min(int(sent), _LAST), UTC)  # type: ignore[call-overload]  # whatever it is, it says so
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
