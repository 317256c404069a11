"""Turns the plaintext of an app's callback into an update (path/90239 and 90240, 2026-07).

The platform's words end here. A kind that is not known is kept as such, never refused: the
platform invents new ones without asking.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b

from bot.channels.wecom.xml import Fields, first, leaves, read_xml, texts, within
from bot.kernel.errors import BadCallback
from bot.kernel.ids import ChannelName
from bot.kernel.messages import WORDLESS, Media, Tap, Update, UpdateKind

KINDS = {kind.value: kind for kind in WORDLESS | {UpdateKind.TEXT, UpdateKind.EVENT}}
"""How the platforms of the family call kinds: as we do."""
TAPS = frozenset({"template_card_event", "template_card_menu_event"})
WORDS = {UpdateKind.TEXT: "Content", UpdateKind.LOCATION: "Label", UpdateKind.LINK: "Title"}
# What every callback has, and what has a place of its own in an update
_PLACED = frozenset(
    {
        *("ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "AgentID", "Event"),
        *("Content", "MediaId", "ThumbMediaId", "ResponseCode"),
    }
)
_NOBODY = "sys"
_CONTACTS = "change_contact"
_OF_CONTACTS = frozenset({"ChangeType", "UserID", "NewUserID", "Id", "ParentId", "TagId"}) | {
    *("AddUserItems", "DelUserItems", "AddPartyItems", "DelPartyItems"),
    *("Status", "Department"),
}
"""What is kept of news about colleagues: names, telephones and addresses are none of our business
(path/90240, 2026-07)."""


def read_update(channel: ChannelName, plaintext: str) -> Update:
    """Return the update that `plaintext` tells of.

    Raises:
        BadCallback: it is not XML, or does not say what happened when.
    """
    fields = read_xml(plaintext)
    said = first(fields, "MsgType")
    kind = KINDS.get(said, UpdateKind.UNKNOWN)
    # callbacks keep the case a userid was registered in, answers of the API do not
    who = first(fields, "FromUserName").lower()
    update_of = _message if kind not in {UpdateKind.EVENT, UpdateKind.UNKNOWN} else _event
    return update_of(channel, fields, kind, who)


def _message(channel: ChannelName, fields: Fields, kind: UpdateKind, who: str) -> Update:
    return Update(
        channel=channel,
        key=first(fields, "MsgId") or digest(fields),
        kind=kind,
        conversation=f"{channel}:{who}",
        at=instant_in(fields),
        sender=who or None,
        text=first(fields, WORDS[kind]) if kind in WORDS else "",
        media=_media(fields, kind) if "MediaId" in fields else (),
        extra={} if kind is UpdateKind.TEXT else _extra(fields),
    )


def _event(channel: ChannelName, fields: Fields, kind: UpdateKind, who: str) -> Update:
    event = first(fields, "Event") or first(fields, "MsgType")
    tap = _tap(fields) if event in TAPS else None
    return Update(
        channel=channel,
        key=first(fields, "MsgId") or f"{event[:40]}:{digest(fields)}",
        kind=UpdateKind.TAP if tap else kind,
        conversation=f"{channel}:{who or _NOBODY}",
        at=instant_in(fields),
        sender=None if who in {"", _NOBODY} else who,
        event=event,
        tap=tap,
        extra=_of_contacts(fields) if event == _CONTACTS else _extra(fields),
    )


def _of_contacts(fields: Fields) -> Mapping[str, str]:
    return {name: text for name, text in _extra(fields).items() if name in _OF_CONTACTS}


def _tap(fields: Fields) -> Tap:
    chosen = within(fields, "SelectedItems", "SelectedItem", "OptionIds")
    return Tap(
        button=first(fields, "EventKey"),
        card=first(fields, "TaskId"),
        chosen=tuple(option for ids in chosen for option in texts(ids, "OptionId")),
        handle=first(fields, "ResponseCode"),
    )


def _media(fields: Fields, kind: UpdateKind) -> tuple[Media, ...]:
    audio = f"audio/{first(fields, 'Format') or 'amr'}" if kind is UpdateKind.VOICE else ""
    main = Media(first(fields, "MediaId"), first(fields, "FileName"), audio)
    return (main, *(Media(ref, "thumbnail") for ref in texts(fields, "ThumbMediaId")))


def _extra(fields: Fields) -> Mapping[str, str]:
    """Return the fields without a place of their own, repeated ones joined by commas."""
    extra: dict[str, str] = {}
    if fields.keys() <= _PLACED:  # as in most messages
        return extra
    for path, text in leaves(fields):
        if path not in _PLACED and not path.startswith("SelectedItems."):
            extra[path] = f"{extra[path]},{text}" if path in extra else text
    for item in within(fields, "SelectedItems", "SelectedItem"):
        options = [option for ids in within(item, "OptionIds") for option in texts(ids, "OptionId")]
        extra[f"chosen.{first(item, 'QuestionKey')}"] = ",".join(options)
    return extra


def digest(fields: Fields) -> str:
    """Return what tells this event from every other one: all it says, shortened.

    Sender, second and name are not enough, two events can share them; the response code is
    left out, because it is a permission and not part of what happened.
    """
    said = [f"{path}={text}" for path, text in leaves(fields) if path != "ResponseCode"]
    return blake2b("\n".join(said).encode(), digest_size=16).hexdigest()


def instant_in(fields: Fields) -> datetime:
    """Return when it happened.

    Raises:
        BadCallback: `CreateTime` is none.
    """
    try:
        return datetime.fromtimestamp(int(first(fields, "CreateTime")), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadCallback("CreateTime is no time") from None
