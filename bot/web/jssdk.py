"""Signs the addresses of our pages for the platform's JavaScript: `/m/jssdk?url=…`."""

from collections.abc import Callable, Iterable, Mapping

import structlog
from aiohttp import web

from bot.kernel.errors import PlatformError
from bot.kernel.ids import ChannelName
from bot.kernel.visiting import PageSdk
from bot.web.attempts import Allowance
from bot.web.callers import Callers
from bot.web.member_browsers import browser_of, fitting
from bot.web.pages import Handler

log = structlog.get_logger(__name__)

_MOST_URL_CHARS = 2048
_A_MINUTE = 120


class JsSdk:
    """Answers what a page hands to `wx.config` or `ww.register`."""

    def __init__(
        self, sdks: Mapping[ChannelName, PageSdk], base_url: str, callers: Callers
    ) -> None:
        self._sdks = sdks
        self._base_url = base_url
        self._callers = callers
        self._allowance = Allowance(_A_MINUTE, per_s=60)

    def routes(self, guard: Callable[[Handler], Handler]) -> Iterable[web.RouteDef]:
        """Return the route."""
        yield web.get("/m/jssdk", guard(self._sign))

    async def _sign(self, request: web.Request) -> web.Response:
        url = request.query.get("url", "").partition("#")[0]
        if not self._is_ours(url):
            return _no(400, "url: an address of a page below the configured public_url")
        fit = fitting(self._sdks, browser_of(request))
        if not fit:
            return _no(404, "no configured platform signs pages for this browser")
        if not self._allowance.take(self._callers.address(request)):
            return _no(429, "too many at once: wait a minute")
        channel = fit[0]
        try:
            said = await self._sdks[channel].sign(url)
        except PlatformError as error:
            log.warning("jssdk.failed", channel=channel, code=error.code, error=str(error))
            return _no(503, "the platform gives no ticket now")
        return web.json_response({"channel": channel, **said})

    def _is_ours(self, url: str) -> bool:
        is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>')
        return len(url) <= _MOST_URL_CHARS and is_plain and url.startswith(f"{self._base_url}/m/")


def _no(status: int, error: str) -> web.Response:
    headers = {"Retry-After": "60"} if status in {429, 503} else None
    return web.json_response({"error": error}, status=status, headers=headers)
