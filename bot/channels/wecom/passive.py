"""The answer to a press that travels in the response: a changed card, as XML (path/90241, 2026-07).

Only card updates go this way. Other words would reach the member as well, but nobody would
know whether they did; they are sent by the API, which gives a receipt.
"""

from collections.abc import Callable
from datetime import datetime
from secrets import token_hex

from bot.channels.wecom.cards import update_json
from bot.channels.wecom.http import Json
from bot.channels.wecom.xml import printable
from bot.kernel.messages import CardUpdate

Seal = Callable[[str, datetime], bytes]
"""(plaintext, present instant) → the body of the response."""

_NAMES = {"checkbox": "CheckBox", "keyname": "KeyName", "userid": "UserId"}


def card_update_xml(update: CardUpdate, *, to: str, sender: str, now: datetime) -> str:
    """Return the plaintext of a passive card update.

    Args:
        update: what changes.
        to: userid of the member who pressed; nobody else sees the change.
        sender: the corp id.
        now: the present instant.
    """
    changed = update_json(update)
    _without_links(changed.get("template_card", {}))
    if "button" in changed:
        kind, body = "update_button", {"button": changed["button"]}
    else:
        kind, body = "update_template_card", changed
    head = {"to_user_name": to, "from_user_name": sender, "create_time": int(now.timestamp())}
    return _element("xml", {**head, "msg_type": kind, **body}, name="xml")


def _without_links(card: Json) -> None:
    """Leave buttons out that open a page: a response has no field for them, unlike a message."""
    if buttons := [one for one in card.get("button_list", ()) if "key" in one]:
        card["button_list"] = buttons


def _element(key: str, value: object, *, name: str = "") -> str:
    name = name or _NAMES.get(key) or "".join(word.capitalize() for word in key.split("_"))
    match value:
        case list():
            return "".join(_element(key, one) for one in value)
        case dict():
            inside = "".join(_element(child, one) for child, one in value.items())
        case bool():
            inside = "true" if value else "false"
        case int():
            inside = str(value)
        case _:
            inside = cdata(str(value))
    return f"<{name}>{inside}</{name}>"


def cdata(text: str) -> str:
    """Return `text` so that no part of it can be read as markup, or not be read at all."""
    return f"<![CDATA[{printable(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def wechatpy_seal(token: str, aes_key: str, receive_id: str) -> Seal:
    """Return wechatpy's way to encrypt and sign a response.

    Importing wechatpy brings its whole blocking client, 0.2 s and 10 MB, so it happens here,
    off the loop, when the first card is pressed.
    """
    from wechatpy.work.crypto import WeChatCrypto  # noqa: PLC0415 - see above

    crypto = WeChatCrypto(token, aes_key, receive_id)

    def seal(plaintext: str, now: datetime) -> bytes:
        timestamp = str(int(now.timestamp()))
        return str(crypto.encrypt_message(plaintext, token_hex(8), timestamp)).encode()

    return seal
