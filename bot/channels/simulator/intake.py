"""Reads what a client of the simulator says; nothing in it is trusted.

A complaint is written for whoever uses the page: it is Chinese and names the field.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MAX_TEXT_CHARS = 4000
MAX_IMAGES = 9
MAX_IMAGE_BYTES = 2 * 1024 * 1024
MAX_KEY_CHARS = 128
MAX_NAME_CHARS = 20
MAX_TRAVEL = timedelta(days=400)

_IDENTITY = re.compile(r"[\w.\-]{1,64}")
_RESERVED = frozenset({"bot", "advisor"})
_DATA_URL = re.compile(r"data:image/[\w.+-]+;base64,")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_YEARS = range(2000, 2101)


class Invalid(Exception):
    """The client said something that cannot be; `status` is the HTTP answer."""

    def __init__(self, field: str, error: str, *, status: int = 400) -> None:
        super().__init__(f"{field}: {error}")
        self.field = field
        self.error = error
        self.status = status


@dataclass(frozen=True, slots=True)
class Picture:
    """The bytes of a picture whose kind its first bytes prove."""

    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Said:
    """One message as a member sent it; `group` None is the 1:1 chat with the bot."""

    member: str
    group: str | None
    text: str
    images: tuple[Picture, ...] = ()
    key: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press of a card's button, or an answer to its question."""

    member: str
    message: int
    button: str
    options: tuple[str, ...]
    key: str = ""


def read_object(body: bytes) -> Mapping[str, object]:
    """Return the JSON object in `body`.

    Raises:
        Invalid: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("", "请求的内容不是 JSON") from None
    if not isinstance(found, dict):
        raise Invalid("", "请求的内容应当是一个 JSON 对象")
    return found


def read_said(data: Mapping[str, object], zone: ZoneInfo) -> Said:
    """Return the message in `data`; an `at` without a zone is local time in `zone`.

    Raises:
        Invalid: a field is missing or cannot be.
    """
    text = _text(data, "text", MAX_TEXT_CHARS)
    images = _images(data)
    if not text.strip() and not images:
        raise Invalid("text", "写点什么，或者选一张图片")
    return Said(
        member=identity(data),
        group=_text(data, "group", 128) or None,
        text=text,
        images=images,
        key=_text(data, "key", MAX_KEY_CHARS),
        at=None if data.get("at") is None else read_instant(data, "at", zone),
    )


def read_pressed(data: Mapping[str, object]) -> Pressed:
    """Return the press in `data`.

    Raises:
        Invalid: a field is missing or cannot be.
    """
    message = data.get("message_id")
    if isinstance(message, str) and message.isascii() and message.isdigit():
        message = int(message[:18])
    if isinstance(message, bool) or not isinstance(message, int) or not 0 < message < 2**62:
        raise Invalid("message_id", "应当是一条消息的 id")
    options = data.get("option")
    if options is None or isinstance(options, str):
        options = [options] if options else []
    if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        raise Invalid("option", "应当是一个选项，或一组选项")
    button = _text(data, "button", 1024)
    if not button and not options:
        raise Invalid("button", "要有 button 或 option")
    key = _text(data, "key", MAX_KEY_CHARS)
    return Pressed(identity(data), message, button, tuple(dict.fromkeys(options)), key)


def read_name(data: Mapping[str, object]) -> str:
    """Return the nickname in `data`.

    Raises:
        Invalid: there is none, or it is too long.
    """
    name = _UNSEEN.sub("", _text(data, "name", 200)).strip()
    if not name:
        raise Invalid("name", "请写一个昵称")
    if len(name) > MAX_NAME_CHARS:
        raise Invalid("name", f"昵称最多 {MAX_NAME_CHARS} 个字")
    return name


def identity(data: Mapping[str, object], field: str = "member") -> str:
    """Return who speaks.

    Raises:
        Invalid: nobody, or nobody who can be a member.
    """
    member = _text(data, field, 64)
    if not _IDENTITY.fullmatch(member):
        raise Invalid(field, "要有会员名：1–64 个字母、数字、汉字、_ - .")
    if member.casefold() in _RESERVED:
        raise Invalid(field, f"{member} 是保留的名字")
    return member


def read_instant(data: Mapping[str, object], field: str, zone: ZoneInfo) -> datetime:
    """Return the instant in a field; without a zone it is local time in `zone`.

    Raises:
        Invalid: it is no ISO 8601 instant, or centuries away.
    """
    value = data.get(field)
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        found = found.astimezone(zone)
    except (ValueError, OverflowError):
        raise Invalid(field, "应当是时间，例如 2026-12-01T08:29:00+08:00") from None
    if found.year not in _YEARS:
        raise Invalid(field, f"年份应当在 {_YEARS.start}–{_YEARS.stop - 1} 之间")
    return found


def read_destination(data: Mapping[str, object], now: datetime, zone: ZoneInfo) -> datetime:
    """Return where a client wants the clock: forward, and not too far.

    Raises:
        Invalid: neither or both of `advance_s` and `set`, backwards, or over 400 days.
    """
    if ("advance_s" in data) == ("set" in data):
        raise Invalid("advance_s", "要有 advance_s（秒）或 set（时间），只要一个")
    if "set" in data:
        field, target = "set", read_instant(data, "set", zone)
    else:
        field, target = "advance_s", now + _seconds(data["advance_s"])
    if target < now:
        raise Invalid(field, "时钟只能往前走")
    if target - now > MAX_TRAVEL:
        raise Invalid(field, f"一次最多快进 {MAX_TRAVEL.days} 天")
    return target


def read_picture(url: str) -> Picture | None:
    """Return the picture in a data URL; None when it is none of the four kinds."""
    head = _DATA_URL.match(url)
    if head is None:
        return None
    try:
        data = base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        return None
    kind = content_type(data)
    return Picture(kind, data) if kind else None


def content_type(data: bytes) -> str | None:
    """Return what kind of picture the first bytes say; None for none that we show."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def _images(data: Mapping[str, object]) -> tuple[Picture, ...]:
    urls = data.get("images")
    if urls is None:
        return ()
    if not isinstance(urls, list):
        raise Invalid("images", "应当是一组图片")
    if len(urls) > MAX_IMAGES:
        raise Invalid("images", f"一次最多 {MAX_IMAGES} 张图片")
    found = [read_picture(url) if isinstance(url, str) else None for url in urls]
    pictures = tuple(one for one in found if one is not None)
    if len(pictures) < len(urls):
        raise Invalid("images", "只支持 PNG、JPEG、GIF、WebP 图片（data URL）")
    if any(len(one.data) > MAX_IMAGE_BYTES for one in pictures):
        raise Invalid("images", "每张图片最大 2 MB", status=413)
    return pictures


def _seconds(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Invalid("advance_s", "应当是秒数")
    try:
        return timedelta(seconds=value)
    except OverflowError:
        raise Invalid("advance_s", f"一次最多快进 {MAX_TRAVEL.days} 天") from None


def _text(data: Mapping[str, object], field: str, limit: int) -> str:
    value = data.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(field, "应当是文字")
    if len(value) > limit:
        raise Invalid(field, f"最多 {limit} 个字")
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Invalid(field, "里面有不能显示的字符")
    return value
