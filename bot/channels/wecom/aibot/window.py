"""How long something may be answered, and where; kept as text in the rows of the trip."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from bot.kernel.errors import Undeliverable

STREAM_S = 290.0
"""The platform asks for 6 minutes (path/100719, 2026-07); the outbox holds nothing over 5."""
PRESS_S = 4.0
"""A press and an entering are answered in 5 s or never (path/101027, 2026-07)."""
_URL_S = 3600.0 - 60  # a response_url lives for an hour (path/101138, 2026-07)


_PLATFORM = re.compile(r"(?:[a-z0-9-]+\.)*weixin\.qq\.com(?::443)?", re.IGNORECASE)


def is_the_platforms(url: str) -> bool:
    """Return True for an address of the platform, or on this machine.

    Whoever could seal a callback must not be able to send us elsewhere.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        if parts.scheme == "https" and _PLATFORM.fullmatch(parts.netloc):
            return True
        plain = parts.scheme in {"http", "https"} and not {"@", "\\"} & set(parts.netloc)
        return plain and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Window:
    """When something was heard, by our clock, and the one-time address for a late answer."""

    heard: datetime
    url: str = ""

    def written(self) -> str:
        """Return this as text."""
        return f"{self.heard.timestamp():.3f} {self.url}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Return what was written; for anything else a window that is over."""
        heard, _, url = text.partition(" ")
        try:
            return cls(datetime.fromtimestamp(float(heard), UTC), url)
        except (ValueError, OverflowError, OSError):
            return cls(datetime.fromtimestamp(0, UTC))

    def left_s(self, now: datetime, of_s: float) -> float:
        """Return what is left of so many seconds since it was heard; 0 when nothing is."""
        gone = max(0.0, (now - self.heard).total_seconds())  # our clock may have been set back
        return max(0.0, of_s - gone)

    def late_address(self, now: datetime) -> str:
        """Return the address that takes one answer.

        Raises:
            Undeliverable: there is none, or its hour is over.
        """
        if not self.url:
            raise Undeliverable("in callback mode a bot answers, and can't begin by itself")
        if now - self.heard > timedelta(seconds=_URL_S):
            raise Undeliverable("a bot's answer is taken for one hour, which is over")
        return self.url
