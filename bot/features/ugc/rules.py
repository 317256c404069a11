"""Settings, states, and what is looked for in the words of a submission. Arithmetic only."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

MOST_PICTURES = 9
TEXT_CHARS = 2000
CREDIT_CHARS = 20
ALIKE_BITS = 10
"""Pictures whose hashes differ in so few of 64 bits look alike. Of 150 scenes that we drew, copies
(a third of the size, JPEG 30, a label in a corner) differ in at most 4, with 2 % cut off each side
in at most 10 but for one; of 11,175 pairs of different scenes the nearest differ in 11."""
_MB = 1024 * 1024


class UgcSettings(BaseModel):
    """The section `[ugc]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    draft_pause_minutes: int = Field(default=30, ge=5, le=24 * 60)
    """So long without anything new, and what she writes is no part of her submission any more."""
    draft_keep_days: int = Field(default=7, ge=1, le=60)
    """How long a submission that was not ended waits for 完成."""
    tell_after_s: int = Field(default=120, ge=0, le=24 * 3600)
    """So long after a verdict its author is told: until then it is taken back without a trace."""
    second_pair: bool = True
    """Two operators look at what others will see."""
    max_picture_mb: int = Field(default=10, ge=1, le=100)
    rejected_keep_days: int = Field(default=30, ge=1, le=365)
    """How long pictures of what was not accepted are kept."""

    @property
    def picture_bytes(self) -> int:
        """What a picture may weigh."""
        return self.max_picture_mb * _MB


class State(StrEnum):
    """Where a submission stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    """Given up before it was sent, or nothing of it could be taken."""


class PictureState(StrEnum):
    """Where a picture stands."""

    COMING = "coming"
    """It is being fetched or looked at."""
    KEPT = "kept"
    REFUSED = "refused"
    GONE = "gone"
    """It was kept, and let go of."""


class Credit(StrEnum):
    """How the author is named."""

    ANONYMOUS = "anonymous"
    NICKNAME = "nickname"
    NAME = "name"
    """By a name that she wrote for this submission."""


class Reason(StrEnum):
    """Why a submission is not accepted; each has kind words of its own."""

    BLURRED = "blurred"
    OFF_TOPIC = "off_topic"
    ADVERTISING = "advertising"
    CONTACT = "contact"
    NOT_HERS = "not_hers"
    OTHERS_SEEN = "others_seen"
    TWICE = "twice"
    OTHER = "other"


class Found(StrEnum):
    """What a check found; for the moderator, never a verdict."""

    PHONE = "phone"
    WECHAT = "wechat"
    LINK = "link"
    ADVERTISING = "advertising"
    SENSITIVE = "sensitive"
    CODE = "code"
    """A picture holds what looks like a code to scan."""
    SAME_OTHER = "same_other"
    """Another member sent the same picture."""
    SAME_BEFORE = "same_before"
    """She sent it in something that was not accepted, or that she withdrew."""
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Flag:
    """Something for the moderator to look at: what, where, and the words or the number."""

    what: Found
    where: str
    """`text`, or `picture 2`."""
    words: str = ""


class Unfit(Exception):
    """A picture that can't be taken; `reason` is a word of the templates."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture that can be taken."""

    copy: bytes
    """A JPEG of its pixels."""
    width: int
    height: int
    shape: str
    """64 bits in hex: what it looks like."""
    has_code: bool


_ADVERTISING = (
    *("代购", "代理", "招商", "加盟", "兼职", "刷单", "返利", "微商", "一件代发", "清仓甩卖"),
    *("扫码领", "私信我", "私我", "拼多多", "淘宝", "闲鱼", "直播间", "下单链接", "优惠码"),
)
_PHONE = re.compile(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}\d{7,8}(?!\d)")
_WECHAT = re.compile(
    r"(?:微信号?|薇信|威信|徽信|v信|vx|wx|wechat|weixin|企鹅号?|qq|加我|加v)"
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


def _digits(text: str) -> str:
    """Return a text with numerals as digits: 一三八… is a telephone too."""
    return text.translate(_NUMERALS)


def _words(tight: str, words: Iterable[str], what: Found) -> list[Flag]:
    wanted = dict.fromkeys(words)
    return [Flag(what, "text", word) for word in wanted if _tight(word) in tight]


def _tight(word: str) -> str:
    return _GAPS.sub("", unicodedata.normalize("NFKC", word).casefold())


def apart(one: str, other: str) -> int:
    """Return in how many of 64 bits two hashes of pictures differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def most_alike(shape: str, others: Sequence[tuple[int, str]]) -> int | None:
    """Return the submission with the picture that is most like this one; None when none is."""
    near = ((apart(shape, other), number) for number, other in others)
    return min((each for each in near if each[0] <= ALIKE_BITS), default=(0, None))[1]


@dataclass(frozen=True, slots=True)
class Wish:
    """What she chose for one of her submissions."""

    number: int
    public: bool
    credit: Credit = Credit.ANONYMOUS
    name: str = ""


_CHOICE = re.compile(r"\s*(?:编号|第|#|№)?\s*(\d{1,18})\s*(?:号)?\s*(.*)", re.DOTALL)
_NAMED = re.compile(r"(?:署名|名字|实名|用名字?|叫)\s*[:：]?\s*(.+)", re.DOTALL)


def wish_in(words: str, *, public: bool) -> Wish | None:
    """Return what `12 昵称`, `12 匿名` or `12 署名 王小美` asks for; None for nothing clear."""
    found = _CHOICE.fullmatch(unicodedata.normalize("NFKC", words))
    if found is None:
        return None
    number, rest = int(found[1]), found[2].strip()
    if not public or rest in {"", "匿名", "不署名"}:
        return Wish(number, public)
    if rest in {"昵称", "用昵称", "署昵称"}:
        return Wish(number, public, Credit.NICKNAME)
    named = _NAMED.fullmatch(rest)
    name = " ".join(named[1].split()) if named else ""
    if not name or len(name) > CREDIT_CHARS:
        return None
    return Wish(number, public, Credit.NAME, name)


def number_in(words: str) -> int | None:
    """Return the number of a submission that somebody typed."""
    found = _CHOICE.fullmatch(unicodedata.normalize("NFKC", words))
    return int(found[1]) if found and not found[2].strip() else None


def excerpt(text: str, most: int) -> str:
    """Return the beginning of a text on one line, fit for a content file: nothing in it is code."""
    line = " ".join(text.split()).replace("{", "｛").replace("}", "｝")
    return line if len(line) <= most else f"{line[: most - 1]}…"
