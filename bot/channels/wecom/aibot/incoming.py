"""Turns the JSON of a bot's callback into an update (path/100719 and 101027, 2026-07).

Fields may be missing, of another type, once or many times: what can be read is kept, and a
kind that is not known is kept as such.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from bot.channels.wecom.aibot.window import Window, is_the_platforms
from bot.kernel.errors import BadCallback
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, Tap, Update, UpdateKind

PRESS, ENTER, POLL = "template_card_event", "enter_chat", "stream"
_KINDS = {
    "text": UpdateKind.TEXT,
    "mixed": UpdateKind.TEXT,
    "image": UpdateKind.IMAGE,
    "voice": UpdateKind.VOICE,
    "video": UpdateKind.VIDEO,
    "file": UpdateKind.FILE,
    "event": UpdateKind.EVENT,
}
_MENTION = re.compile(r"^\s*@\S+(?:\s+|$)")
_MOST_DEEP = 8
_PLACED = frozenset({"msgid", "create_time", "chatid", "chattype", "from", "msgtype"})
# every callback brings another one: it is a permission and no part of what happened
_PERMISSION = "response_url"

Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """The platform asks how an answer goes on."""

    stream: str
    place: str = ""
    """The group, or else the person, for whom it asks; empty when it does not say."""


def read(channel: ChannelName, plaintext: str, *, sent_s: str, now: datetime) -> Update | Asked:
    """Return what `plaintext` tells of.

    Args:
        channel: the channel's name.
        plaintext: JSON.
        sent_s: when the callback was signed; messages have no time of their own.
        now: the present instant.

    Raises:
        BadCallback: it is not JSON, or not an object.
    """
    try:
        body = json.loads(plaintext, strict=False)  # control characters may stand in texts
    except (ValueError, RecursionError):
        raise BadCallback("the plaintext is not JSON") from None
    if not isinstance(body, dict):
        raise BadCallback("the plaintext is no object")
    return read_body(channel, body, sent_s=sent_s, now=now)


def read_body(channel: ChannelName, body: Fields, *, sent_s: str, now: datetime) -> Update | Asked:
    """Return what the fields of a callback tell of; see `read`."""
    said = text_in(body, "msgtype")
    if said == POLL:
        _, _, place = _place(body)
        return Asked(text_in(body, "stream", "id"), place)
    return _update(channel, body, said, _instant(body, sent_s, now), now)


def _update(channel: ChannelName, body: Fields, said: str, at: datetime, now: datetime) -> Update:
    who, group, place = _place(body)
    kind = _KINDS.get(said, UpdateKind.UNKNOWN)
    event = _event_name(body) if kind is UpdateKind.EVENT else ""
    tap = _tap(body) if event == PRESS else None
    text, media = _content(body, said)
    if said == "mixed" and not text:
        kind = UpdateKind.IMAGE
    return Update(
        channel=channel,
        key=_key(body, event),
        kind=UpdateKind.TAP if tap else kind,
        conversation=f"{channel}:{place or 'nobody'}",
        at=at,
        sender=who or None,
        group=group,
        text=_MENTION.sub("", text, count=1) if group else text,
        event=event or ("" if said in _KINDS else said),
        media=media,
        quoted=_quoted(body),
        tap=tap,
        extra=_extra(body, said, event),
        reply_to=Window(now, _url(text_in(body, _PERMISSION))).written(),
    )


def _place(body: Fields) -> tuple[str, str | None, str]:
    """Return who speaks, in which group, and what the two of them are kept in order by."""
    who, chat = text_in(body, "from", "userid"), text_in(body, "chatid")
    group = chat if chat and text_in(body, "chattype") != "single" else None
    return who, group, group or who


def _key(body: Fields, event: str) -> str:
    """Return what tells this from everything else: its id, or all that it says."""
    msgid = text_in(body, "msgid")
    if not msgid:
        said = [f"{path}={text}" for path, text in _leaves(body) if path != _PERMISSION]
        msgid = blake2b("\n".join(said).encode(), digest_size=16).hexdigest()
    return f"{event[:40]}:{msgid}" if event else msgid


def _instant(body: Fields, sent_s: str, now: datetime) -> datetime:
    for text in (text_in(body, "create_time"), sent_s):
        try:
            return datetime.fromtimestamp(int(text), UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return now


def _event_name(body: Fields) -> str:
    return text_in(body, "event", "eventtype") or "event"


def _content(body: Fields, said: str) -> tuple[str, tuple[Media, ...]]:
    """Return the words and the addresses in a message or a quoted one; both may be none."""
    if said == "mixed":
        parts = [_content(item, text_in(item, "msgtype")) for item in _items(body)]
        words = "\n".join(text for text, _ in parts if text)
        return words, tuple(medium for _, media in parts for medium in media)
    url = text_in(body, said, "url")
    name, secret = text_in(body, said, "filename"), text_in(body, said, "aeskey")
    media = (Media(f"{url}#{secret}" if secret else url, name),) if url else ()
    return text_in(body, said, "content"), media


def _items(body: Fields) -> Iterator[Fields]:
    """Yield the pieces of a mixed message; a piece is never mixed itself."""
    for item in _many(_at(body, "mixed", "msg_item")):
        if isinstance(item, dict) and text_in(item, "msgtype") != "mixed":
            yield item


def _tap(body: Fields) -> Tap:
    press = _at(body, "event", PRESS)
    fields = press if isinstance(press, dict) else {}
    card = text_in(fields, "task_id") or text_in(fields, "taskid")
    chosen = tuple(option for _, options in _selected(fields) for option in options)
    # the parameter table of path/101027 leaves out the underscores that its samples have
    button = text_in(fields, "event_key") or text_in(fields, "eventkey")
    return Tap(button=button, card=card, chosen=chosen, handle=card)


def _selected(press: Fields) -> Iterator[tuple[str, list[str]]]:
    for item in _many(_at(press, "selected_items", "selected_item")):
        if isinstance(item, dict):
            ids = _at(item, "option_ids", "option_id") or _at(item, "optionids", "optionid")
            options = [text for one in _many(ids) if (text := _text(one))]
            yield text_in(item, "question_key") or text_in(item, "questionkey"), options


def _extra(body: Fields, said: str, event: str) -> Mapping[str, str]:
    extra: dict[str, str] = {}
    quote = _at(body, "quote")
    if isinstance(quote, dict):
        kind = text_in(quote, "msgtype")
        words, _ = _content(quote, kind)
        extra |= {"quote": words, "quote_type": kind}
    if said in _KINDS and not event:
        return extra
    for path, text in _leaves(body):
        top = path.partition(".")[0]
        if top not in _PLACED and path != _PERMISSION and "selected_items." not in path:
            name = path.removeprefix("event.").removeprefix(f"{event}.")
            extra[name] = f"{extra[name]},{text}" if name in extra else text
    press = _at(body, "event", PRESS)
    for key, options in _selected(press) if isinstance(press, dict) else ():
        extra[f"chosen.{key}"] = ",".join(options)
    return extra


def _quoted(body: Fields) -> tuple[Media, ...]:
    quote = _at(body, "quote")
    return _content(quote, text_in(quote, "msgtype"))[1] if isinstance(quote, dict) else ()


def _leaves(value: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _MOST_DEEP:
        for name, child in value.items():
            yield from _leaves(child, f"{path}.{_clean(name)}" if path else _clean(name), depth + 1)
    elif isinstance(value, list) and depth < _MOST_DEEP:
        for child in value:
            yield from _leaves(child, path, depth + 1)
    elif text := _text(value):
        yield path, text


def text_in(fields: Fields, *path: str) -> str:
    """Return the text at the end of `path`; of several the first, empty when there is none."""
    return _text(_at(fields, *path))


def _at(value: object, *path: str) -> object:
    for name in path:
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _many(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _text(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _clean(str(value))


def _clean(text: str) -> str:
    """Return `text` as a database takes it: no half characters and no zero ones."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _url(text: str) -> str:
    return text if is_the_platforms(text) else ""
