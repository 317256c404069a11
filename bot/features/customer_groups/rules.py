"""How often, how long, and in which words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

GREETING_BYTES = 3000  # path/92366, 2026-07
TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 128, 512, 2048
PROGRAM_TITLE_BYTES = 64
_APP_ID = re.compile(r"wx[0-9A-Za-z]{10,30}")
STATE_CHARS = 30  # path/92229, 2026-07


class CustomerGroupsSettings(BaseModel):
    """The section `[customer_groups]` of the configuration."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reconcile_every_h: float = Field(default=6.0, ge=0.25, le=168)
    """Hours between two full readings of all groups; events are heard in between."""
    left_kept_days: int = Field(default=365, ge=7, le=3650)
    """How long it is kept that somebody was in a group, after she has left it."""
    welcome: bool = True
    """Greet a customer who becomes an employee's friend."""
    welcome_text: str = Field(default="", max_length=1000)
    """The greeting; empty for the bot's own words."""
    welcome_content: str = ""
    """A content file whose words are the greeting, before `welcome_text`."""


class Attached(StrEnum):
    """What goes with the words of a greeting: exactly one of these (path/92366, 2026-07)."""

    LINK = "link"
    IMAGE = "image"
    MINI_PROGRAM = "miniprogram"
    FILE = "file"
    VIDEO = "video"


_MB = 1024 * 1024
_LEAST_BYTES = 6  # this and the sizes: path/90253, 2026-07
_PICTURES = (("image/jpeg", "image/png"), 10 * _MB)
_TAKEN: Mapping[Attached, tuple[tuple[str, ...], int]] = {
    Attached.IMAGE: _PICTURES,
    Attached.MINI_PROGRAM: _PICTURES,
    Attached.VIDEO: (("video/mp4",), 10 * _MB),
    Attached.FILE: ((), 20 * _MB),
}


@dataclass(frozen=True, slots=True)
class Greeting:
    """A greeting as operators write it."""

    text: str
    title: str = ""
    url: str = ""
    description: str = ""
    image_url: str = ""
    kind: Attached = Attached.LINK
    path: str = ""
    """Below `content/media/`: the picture, file or video, or the cover of a mini program."""
    app_id: str = ""
    page: str = ""

    def alone(self) -> "Greeting":
        """Return it without the fields that belong to another kind."""
        words = Greeting(self.text, kind=self.kind)
        match self.kind:
            case Attached.LINK:
                return replace(self, path="", app_id="", page="")
            case Attached.MINI_PROGRAM:
                return replace(self, url="", description="", image_url="")
            case _:
                return replace(words, path=self.path)


def wrong_in_greeting(words: Greeting) -> str | None:
    """Return the first field that the platform would not take; None when all is well."""
    if not words.text.strip() or len(words.text.encode()) > GREETING_BYTES:
        return "text"
    match words.kind:
        case Attached.LINK:
            return _wrong_in_link(words)
        case Attached.MINI_PROGRAM:
            return _wrong_in_program(words)
        case _:
            return None if words.path else "path"


def _wrong_in_link(words: Greeting) -> str | None:
    if not words.title.strip() or len(words.title.encode()) > TITLE_BYTES:
        return "title"
    if not is_web(words.url):
        return "url"
    if len(words.description.encode()) > DESCRIPTION_BYTES:
        return "description"
    return "image_url" if words.image_url and not is_web(words.image_url) else None


def _wrong_in_program(words: Greeting) -> str | None:
    if not words.title.strip() or len(words.title.encode()) > PROGRAM_TITLE_BYTES:
        return "program_title"
    if not _APP_ID.fullmatch(words.app_id):
        return "app_id"
    page = words.page
    if not page or len(page.encode()) > URL_BYTES or not page.isprintable() or " " in page:
        return "page"
    return None if words.path else "path"


def takes(kind: Attached, content_type: str, size: int) -> bool:
    """Return True for a file that goes with a greeting as this kind."""
    types, most = _TAKEN[kind]
    return _LEAST_BYTES <= size <= most and (not types or content_type in types)


def is_web(url: str) -> bool:
    """Return True for an address that WeChat can open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and url.isprintable()
        and " " not in url
        and len(url.encode()) <= URL_BYTES
    )
