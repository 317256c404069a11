"""Turns the plaintext of an account's callback into an update.

Kinds and events are those of developers.weixin.qq.com/doc/service (2026-07). A kind that is
not known is kept as such, never refused.

A press on the account's menu (CLICK) and one on a menu in the chat are taps. Both carry words
besides: what the operator wrote as the menu's key, what stands on the entry. A room that knows
the button gets the tap; else the words count as if she had typed them.
"""

import json
from collections.abc import Mapping

from bot.channels.wecom.mp.menus import tap_of
from bot.channels.wecom.updates import KINDS, WORDS, digest, instant_in
from bot.channels.wecom.xml import Fields, first, leaves, read_xml, texts, within
from bot.kernel.errors import BadCallback
from bot.kernel.following import AGREED, DECLINED, REPORTED, Outcome
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Media, Tap, Update, UpdateKind

_KINDS = {**KINDS, "shortvideo": UpdateKind.VIDEO}
_PLACED = frozenset(
    {
        *("ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Event"),
        *("Content", "MediaId", "ThumbMediaId"),
    }
)
_OF_NOBODY = frozenset({"MASSSENDJOBFINISH"})
"""Events that the platform's own helper sends: no follower has done anything."""
_SCENES = frozenset({"subscribe", "SCAN"})
_QR_SCENE = "qrscene_"
_CONSENTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
}
_STATUSES = {"success": Outcome.DELIVERED, "failed:userblock": Outcome.REFUSED}
_MAX_DEPTH = 16


def read_fields(plaintext: str) -> Fields:
    """Return the fields of a callback in XML or JSON.

    Raises:
        BadCallback: it is neither.
    """
    if not is_json(plaintext):
        return read_xml(plaintext)
    try:
        said = json.loads(plaintext)
    except (ValueError, RecursionError):
        raise BadCallback("the plaintext is not JSON") from None
    return _fields(said, _MAX_DEPTH)


def is_json(plaintext: str) -> bool:
    """Return True for a callback of an account whose data format is JSON."""
    return plaintext.lstrip().startswith("{")


def _fields(said: Mapping[str, object], depth: int) -> Fields:
    if not depth:
        raise BadCallback("nested too deeply")
    fields: Fields = {}
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            inside = _fields(one, depth - 1) if isinstance(one, dict) else _word(one)
            fields.setdefault(name, []).append(inside)
    return fields


def _word(value: object) -> str:
    return "" if value is None else str(value)


def read_update(channel: ChannelName, plaintext: str) -> Update:
    """Return the update that `plaintext` tells of.

    Raises:
        BadCallback: it cannot be read, or does not say what happened when to whom.
    """
    fields = read_fields(plaintext)
    said = first(fields, "MsgType")
    if not said:
        raise BadCallback("a callback without MsgType")
    kind = _KINDS.get(said, UpdateKind.UNKNOWN)
    if kind is UpdateKind.EVENT or kind is UpdateKind.UNKNOWN:
        return _event(channel, fields, kind)
    return _message(channel, fields, kind)


def _message(channel: ChannelName, fields: Fields, kind: UpdateKind) -> Update:
    who = first(fields, "FromUserName")
    tap = tap_of(first(fields, "bizmsgmenuid")) if kind is UpdateKind.TEXT else None
    return Update(
        channel=channel,
        key=first(fields, "MsgId") or digest(fields),
        kind=UpdateKind.TAP if tap else kind,
        conversation=f"{channel}:{who}",
        at=instant_in(fields),
        sender=who or None,
        text=first(fields, WORDS[kind]) if kind in WORDS else "",
        tap=tap,
        media=_media(fields, kind) if "MediaId" in fields else (),
        extra=_extra(fields),
    )


def _event(channel: ChannelName, fields: Fields, kind: UpdateKind) -> Update:
    who = first(fields, "FromUserName")
    event = first(fields, "Event") or first(fields, "MsgType")
    key = first(fields, "EventKey")
    is_press = event == "CLICK" and key
    return Update(
        channel=channel,
        key=f"{event[:40]}:{digest(fields)}",
        kind=UpdateKind.TAP if is_press else kind,
        conversation=f"{channel}:{who}",
        at=instant_in(fields),
        sender=None if event in _OF_NOBODY else who or None,
        text=key if is_press else "",
        event=event,
        tap=Tap(key) if is_press else None,
        extra=_extra(fields) | _meant(fields, event, key),
    )


def _meant(fields: Fields, event: str, key: str) -> dict[str, str]:
    """Return what an event means in words that no platform owns."""
    if event in _SCENES:
        return _scene(key)
    if event in _CONSENTS:
        return _consents(_entries(fields, _CONSENTS[event]))
    if event == "subscribe_msg_sent_event":
        entries = _entries(fields, "SubscribeMsgSentEvent")
        found = [(first(one, "MsgID"), _outcome_of(first(one, "ErrorCode"))) for one in entries]
    elif event == "TEMPLATESENDJOBFINISH":
        status = first(fields, "Status").replace(" ", "").lower()
        found = [(first(fields, "MsgID"), _STATUSES.get(status, Outcome.FAILED))]
    else:
        return {}
    reports = ",".join(f"{note}={outcome.value}" for note, outcome in found if note)
    return {REPORTED: reports} if reports else {}


def _entries(fields: Fields, around: str) -> list[Fields]:
    """Return the entries of a list, which JSON has without the element around it."""
    return [*within(fields, around, "List"), *within(fields, "List")]


def _consents(entries: list[Fields]) -> dict[str, str]:
    """Return which templates she agreed to; what is neither yes nor no is no."""
    said: dict[str, list[str]] = {AGREED: [], DECLINED: []}
    for one in entries:
        key = AGREED if first(one, "SubscribeStatusString") == "accept" else DECLINED
        if template := first(one, "TemplateId"):
            said[key].append(template)
    return {key: ",".join(templates) for key, templates in said.items() if templates}


def _outcome_of(code: str) -> Outcome:
    return {"0": Outcome.DELIVERED, "43101": Outcome.REFUSED}.get(code, Outcome.FAILED)


def _scene(key: str) -> dict[str, str]:
    scene = key.removeprefix(_QR_SCENE)
    return {"scene": scene} if scene else {}


def _media(fields: Fields, kind: UpdateKind) -> tuple[Media, ...]:
    audio = f"audio/{first(fields, 'Format') or 'amr'}" if kind is UpdateKind.VOICE else ""
    main = Media(first(fields, "MediaId"), "", audio, url=first(fields, "PicUrl"))
    return (main, *(Media(ref, "thumbnail") for ref in texts(fields, "ThumbMediaId")))


def _extra(fields: Fields) -> dict[str, str]:
    """Return the fields without a place of their own, repeated ones joined by commas."""
    extra: dict[str, str] = {}
    for path, text in () if fields.keys() <= _PLACED else leaves(fields):
        if path not in _PLACED:
            extra[path] = f"{extra[path]},{text}" if path in extra else text
    return extra
