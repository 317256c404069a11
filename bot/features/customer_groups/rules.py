"""How often, how long, and in which words."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

GREETING_BYTES = 3000  # path/92366, 2026-07
TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 128, 512, 2048
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


def wrong_in_greeting(
    text: str, title: str, url: str, description: str, image_url: str
) -> str | None:
    """Return the first field that the platform would not take; None when all is well."""
    if not text.strip() or len(text.encode()) > GREETING_BYTES:
        return "text"
    if not title.strip() or len(title.encode()) > TITLE_BYTES:
        return "title"
    if not is_web(url):
        return "url"
    if len(description.encode()) > DESCRIPTION_BYTES:
        return "description"
    return "image_url" if image_url and not is_web(image_url) else None


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
