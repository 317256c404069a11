"""Looks at words before others read them: contact data, advertising, and what operators list."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bot.commons.vetting.flags import Flag, Found

Word = Annotated[str, Field(min_length=1, max_length=40)]


class WordsTable(BaseModel):
    """The file `content/words.toml`: what a moderator is shown, besides the house's own list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sensitive: tuple[Word, ...] = ()
    advertising: tuple[Word, ...] = ()


_ADVERTISING = (
    *("代购", "代理", "招商", "加盟", "兼职", "刷单", "返利", "微商", "一件代发", "清仓甩卖"),
    *("扫码领", "私信我", "私我", "拼多多", "淘宝", "闲鱼", "直播间", "下单链接", "优惠码"),
)
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}\d{7,8}(?!\d)")
_WECHAT = re.compile(
    r"(?:微信号?|薇信|威信|徽信|v信|vx|wx|wechat|weixin|企鹅号?|扣扣|qq|加我|加v)"
    r"[是为:号\-_~]{0,3}(?P<id>[a-z][-_a-z0-9]{5,19}|[1-9]\d{5,11})"
)
_LINK = re.compile(r"https?://\S+|(?:www\.)?[a-z0-9-]+\.(?:com|cn|net|top|shop|xyz|vip|cc)\b\S*")
_GAPS = re.compile(r"[\s\u200b\u2060\ufeff·.,，。、/|*_~()（）-]+")
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")
_NUMERALS = str.maketrans(
    "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖幺", "00123456789123456789" + "1"
)
_SHOWN_CHARS = 30


def flags_in(
    text: str, *, sensitive: Iterable[str] = (), advertising: Iterable[str] = ()
) -> list[Flag]:
    """Return what the words of a submission hold that a moderator should look at."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    tight = _GAPS.sub("", folded)
    digits = (_digits(folded), _digits(tight))  # spaced out, and among other numbers
    phones = dict.fromkeys(found for form in digits for found in _PHONE.findall(form))
    flags = [Flag(Found.PHONE, "text", phone) for phone in phones]
    spaceless = _SPACES.sub("", folded)
    flags += [Flag(Found.WECHAT, "text", found["id"]) for found in _WECHAT.finditer(spaceless)]
    links = (found[0][:_SHOWN_CHARS] for found in _LINK.finditer(folded))
    flags += [Flag(Found.LINK, "text", link) for link in links]
    flags += _words(tight, (*_ADVERTISING, *advertising), Found.ADVERTISING)
    return flags + _words(tight, sensitive, Found.SENSITIVE)


def kinds_in(text: str) -> tuple[Found, ...]:
    """Return of what kinds of thing words hold any that somebody should look at, each once."""
    return tuple(dict.fromkeys(flag.what for flag in flags_in(text)))


def _digits(text: str) -> str:
    """Return a text with numerals as digits: 一三八… is a telephone too."""
    return text.translate(_NUMERALS)


def _words(tight: str, words: Iterable[str], what: Found) -> list[Flag]:
    wanted = dict.fromkeys(words)
    return [Flag(what, "text", word) for word in wanted if _tight(word) in tight]


def _tight(word: str) -> str:
    return _GAPS.sub("", unicodedata.normalize("NFKC", word).casefold())
