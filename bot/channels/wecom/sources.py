"""Where members' files come from: media ids of the API, and addresses of the platform's own.

A media id lives for 3 days and is shared by all apps of a corp (path/90253, 2026-07). Errors come
as JSON with status 200; above 20 MB the file must be asked for in parts whose length is a multiple
of 16 bytes (path/90254, 2026-07: 830002, 40146).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import ClientTimeout
from typing_extensions import override
from yarl import URL

from bot.channels.wecom.client import TokenApi
from bot.channels.wecom.download import TIMEOUT, Came, Wanted
from bot.channels.wecom.errors import is_media_gone
from bot.channels.wecom.http import Http, text_in
from bot.kernel.abilities import MediaSource, Missing, NotFetched
from bot.kernel.errors import RetryLater, Undeliverable
from bot.kernel.files import Intake
from bot.kernel.messages import Media

MEDIA_LIVES_S = 3 * 24 * 3600.0
PART_BYTES = 16 * 1024 * 1024
_GET = "/cgi-bin/media/get"
_IN_PARTS = frozenset({830002, 40146})
_REFUSED_S = 60.0
_UNREADABLE_S = 30.0
_TURNS = frozenset({301, 302, 303, 307, 308})
_MOST_TURNS = 3
_OK, _PARTIAL, _TOO_MANY, _SERVER_ERROR = 200, 206, 429, 500
_NOT_THERE = frozenset({403, 404, 410})


# ── media ids ───────────────────────────────────────────────────────────────────────────


class TemporaryMedia(MediaSource):
    """Files by their media ids; with `addresses` also by an address, when the id is gone."""

    lives_s = MEDIA_LIVES_S

    def __init__(
        self,
        api: TokenApi,
        *,
        is_gone: Callable[[int], bool] = is_media_gone,
        addresses: "Addresses | None" = None,
        timeout: ClientTimeout = TIMEOUT,
    ) -> None:
        """`addresses` are those that stand in for an id that is gone; `timeout` is a part's."""
        self._api = api
        self._is_gone = is_gone
        self._addresses = addresses
        self._timeout = timeout

    @override
    async def fetch(self, media: Media, most_bytes: int, into: Intake) -> str:
        wanted = Wanted(into, most_bytes, timeout=self._timeout)
        try:
            return await self._by_id(media.ref, replace(wanted, named=True))
        except Undeliverable as exc:
            if not self._is_gone(exc.code):
                raise
            if self._addresses is None or not media.url:
                raise NotFetched(Missing.GONE, str(exc), code=exc.code) from None
        return await self._addresses.pour(media.url, wanted)

    async def _by_id(self, media_id: str, wanted: Wanted) -> str:
        try:
            return (await self._get(media_id, wanted)).name
        except Undeliverable as exc:
            if exc.code not in _IN_PARTS:
                raise
        return await self._in_parts(media_id, wanted)

    async def _in_parts(self, media_id: str, wanted: Wanted) -> str:
        """Get a large file part by part; what the answers say about its length must agree."""
        into, name, whole = wanted.into, "", 0
        while not whole or into.size < whole:
            start = into.size
            bounds = f"bytes={start}-{start + PART_BYTES - 1}"
            came = await self._get(media_id, replace(wanted, headers={"Range": bounds}))
            name = came.name or name
            if came.status != _PARTIAL and not start:
                return name  # all of it, whatever was asked for
            fits = came.status == _PARTIAL and came.start == start < into.size <= came.whole_bytes
            if not fits or whole not in {0, came.whole_bytes}:
                raise RetryLater(f"{_GET}: the parts do not fit", after_s=_UNREADABLE_S)
            if came.whole_bytes > wanted.most_bytes:
                raise NotFetched(Missing.TOO_LARGE, "the file is larger than is taken")
            whole = came.whole_bytes
        return name

    async def _get(self, media_id: str, wanted: Wanted) -> Came:
        """Get a file or a part; 公众号 says of a video only where it is (doc/service, 2026-07)."""
        came, answer = await self._api.download(_GET, {"media_id": media_id}, wanted)
        if came.is_file:
            return came
        address = text_in(answer, "video_url")
        if not address or self._addresses is None:
            raise RetryLater(f"{_GET}: no file in the answer", after_s=_UNREADABLE_S)
        return Came(
            _OK,
            is_file=True,
            name=await self._addresses.pour(address, replace(wanted, named=False)),
        )


# ── addresses ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names that files may be fetched from; anything else could lead into our own network."""

    pattern: re.Pattern[str]
    scheme: str = "https"

    @classmethod
    def named(cls, *names: str, scheme: str = "https") -> "Hosts":
        """Return hosts by their names; `*` stands for any letters, dots among them."""
        forms = (re.escape(name).replace(r"\*", r"[a-z0-9.-]+") for name in names)
        return cls(re.compile("|".join(forms)), scheme)

    def address(self, text: str, *, behind: URL | None = None) -> URL:
        """Return the address, over the scheme that is safe; `behind` is what led to it.

        Raises:
            NotFetched: it is not one of the platform's own.
        """
        try:
            url = URL(text) if behind is None else behind.join(URL(text))
            port = url.explicit_port
        except (ValueError, TypeError):
            raise NotFetched(Missing.ELSEWHERE, "the address can't be read") from None
        if url.scheme == "http" and port in {None, 80} and self.scheme == "https":
            url, port = url.with_scheme("https").with_port(None), None  # both serve the same
        own = url.scheme == self.scheme and self.pattern.fullmatch(url.host or "") is not None
        if not own or url.user is not None or (self.scheme == "https" and port not in {None, 443}):
            raise NotFetched(Missing.ELSEWHERE, "the address is not the platform's own")
        return url


BOT_FILES = ("*.weixin.qq.com", "*.qpic.cn", "ww-aibot-*.myqcloud.com")
"""Where the platform keeps what bots are sent (path/100719, 2026-07)."""
BOT_HOSTS = Hosts.named(*BOT_FILES)
FOLLOWERS_FILES = Hosts.named("*.qpic.cn", "*.qlogo.cn", "*.video.qq.com", "*.tc.qq.com")
"""Where 公众号 keeps what followers send (doc/service, 接收普通消息, 2026-07)."""

CODES = Hosts.named("*.qpic.cn", "*.weixin.qq.com")
"""Where the platform keeps the codes that lead into groups (path/92229, 2026-07)."""


class Addresses:
    """Files at addresses of the platform's own; a redirect may lead only to another one."""

    def __init__(self, http: Http, hosts: Hosts) -> None:
        self._http = http
        self._hosts = hosts

    async def pour(self, address: str, wanted: Wanted) -> str:
        """Pour a file out; return its name."""
        url = self._hosts.address(address)
        for _ in range(_MOST_TURNS + 1):
            came = await self._http.download(str(url), {}, wanted)
            if came.is_file:
                return came.name
            if came.status not in _TURNS or not came.location:
                raise _refused(came.status)
            url = self._hosts.address(came.location, behind=url)
        raise NotFetched(Missing.ELSEWHERE, "too many redirects")


def _refused(status: int) -> NotFetched | RetryLater:
    if status in _NOT_THERE:
        return NotFetched(Missing.GONE, f"download: HTTP {status}")
    busy = status == _TOO_MANY or status >= _SERVER_ERROR
    return RetryLater(f"download: HTTP {status}", after_s=_UNREADABLE_S if busy else _REFUSED_S)
