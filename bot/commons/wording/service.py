"""What members write of their own: as they typed it, likened, looked through. No database."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from bot.kernel.words import closed, plain

_SIGNS_AROUND = " \t\r\n:：,，、;；。"
_OPENING_CHARS = 80
"""A command with its mention and decoration is not longer."""
_CONTROL = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_GAPS = re.compile(r"[\W_]+")
_NUMERALS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "001234567891234567891")
_PHONE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}\d{7,8}(?!\d)")
_ACCOUNT = re.compile(
    r"(?:微信|薇信|徽信|v信|vx|wx|wechat|weixin|qq|扣扣|加我|加v)号?[是为]?(?:[a-z][a-z0-9]{5,19}|[1-9]\d{5,11})"
)
_LINK = re.compile(r"https?://|(?:www\.)?[a-z0-9-]+\.(?:com|cn|net|top|shop|xyz|vip|cc)\b")
_ADVERTISING = (
    *("代购", "代理", "招商", "加盟", "兼职", "刷单", "返利", "微商", "一件代发", "扫码领"),
    *("私信我", "私我", "拼多多", "闲鱼", "直播间", "下单链接", "优惠码"),
)


class Found(StrEnum):
    """What words hold that an operator should look at; never a verdict."""

    CONTACT = "contact"
    LINK = "link"
    ADVERTISING = "advertising"


def flags_in(text: str) -> tuple[Found, ...]:
    """Return what an operator should look at before others read a text."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    joined = tight(text)
    is_contact = _PHONE.search(joined.translate(_NUMERALS)) or _ACCOUNT.search(joined)
    found = {
        Found.CONTACT: bool(is_contact),
        Found.LINK: bool(_LINK.search(folded)),
        Found.ADVERTISING: any(word in joined for word in _ADVERTISING),
    }
    return tuple(what for what, is_there in found.items() if is_there)


def typed_after(text: str, commands: Iterable[str]) -> str:
    """Return what follows the command in a message as it was typed; the router folds it.

    Args:
        text: the whole message.
        commands: the words that lead to the handler.
    """
    forms = {closed(plain(word)) for word in commands}
    ends: dict[str, int] = {}
    for end in range(1, min(len(text), _OPENING_CHARS) + 1):
        ends.setdefault(closed(plain(text[:end])), end)
    longest = max(ends.keys() & forms, key=len, default="")
    return tidy(text[ends.get(longest, 0) :])


def visible(text: str) -> str:
    """Return a text without what nobody sees and what turns the words around it."""
    return _CONTROL.sub("", text)


def tidy(text: str) -> str:
    """Return a text without what nobody sees, and without signs before and spaces behind it."""
    lines = (" ".join(line.split()) for line in visible(text).splitlines())
    return "\n".join(line for line in lines if line).lstrip(_SIGNS_AROUND).rstrip()


def tight(text: str) -> str:
    """Return the letters and digits of a text alone: what makes two texts the same."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", text).casefold())


def alike(one: str, other: str) -> float:
    """Return how much of the shorter text is in the other, by pairs of letters: 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    smaller = min(len(first), len(second))
    return len(first & second) / smaller if smaller else 0.0


def _pairs(text: str) -> set[str]:
    letters = tight(text)
    return {letters[n : n + 2] for n in range(len(letters) - 1)}


_ONES = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_SAID = re.compile(
    r"(?:第|编号|号|no\.?|#)?\s*(\d{1,9}|[零一二两三四五六七八九]?十?[零一二两三四五六七八九]?)\s*(?:号|个|条)?"
)


def number_said(text: str) -> int | None:
    """Return the number that a text says, and nothing else: `3`, `３`, `第 3 个`, `十二`."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip(_SIGNS_AROUND)
    found = _SAID.fullmatch(folded)
    if found is None or not found[1]:
        return None
    if found[1].isdigit():
        return int(found[1])
    tens, ten, ones = found[1].rpartition("十")
    if not ten and len(ones) > 1:
        return None
    return _ONES.get(tens, 1) * 10 * bool(ten) + _ONES.get(ones, 0)
