"""Who calls, from where, and what a form of theirs holds."""

import asyncio
import hmac
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.pages import Trouble, storable

Form = Mapping[str, str]

_FORM_TIMEOUT_S = 10.0
_FORM = "application/x-www-form-urlencoded"


class Callers:
    """Tells callers apart.

    Args:
        base_url: how people reach us; forms from anywhere else are refused.
        proxies: addresses or networks whose word about the caller's address is believed.
    """

    def __init__(self, base_url: str, proxies: Sequence[str] = ()) -> None:
        self._origin = "://".join(urlsplit(base_url)[:2])
        self._proxies = [ip_network(proxy, strict=False) for proxy in proxies]

    def is_foreign(self, request: web.Request) -> bool:
        """Return True when the browser says that another site sent this form."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return True
        origin = request.headers.get("Origin")
        if origin is None or origin == self._origin:
            return False
        return origin.partition("://")[2] != request.host

    async def own_form(
        self, request: web.Request, csrf: str, *, otherwise: str = "foreign_form"
    ) -> Form:
        """Read a form that stood on a page of ours.

        Args:
            request: brings it.
            csrf: the token that was on that page.
            otherwise: the kind of trouble when the form has another token.

        Raises:
            Trouble: it came from elsewhere, or can't be read.
        """
        if self.is_foreign(request):
            raise Trouble(403, "foreign_form")
        form = await read_form(request)
        if not is_same(form.get("csrf", ""), csrf):
            raise Trouble(403, otherwise)
        return form

    def address(self, request: web.Request) -> str:
        """Return who calls: the nearest address that is not one of our proxies."""
        chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        caller = request.remote or ""
        while chain and chain[-1] and self._is_proxy(caller):
            caller = chain.pop()
        return caller

    def _is_proxy(self, address: str) -> bool:
        return any(_inside(address, network) for network in self._proxies)


def is_same(said: str, meant: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(said.encode(errors="replace"), meant.encode())


async def read_form(request: web.Request) -> Form:
    """Read a form; files are not taken, of equal names the last one counts."""
    if request.content_type != _FORM:
        raise Trouble(415, "bad_form")
    try:
        async with asyncio.timeout(_FORM_TIMEOUT_S):
            fields = await request.post()
    except (TimeoutError, LookupError, ValueError) as exc:
        raise Trouble(400, "bad_form") from exc
    return {name: storable(value) for name, value in fields.items() if isinstance(value, str)}


def _inside(address: str, network: IPv4Network | IPv6Network) -> bool:
    try:
        return ip_address(address) in network
    except ValueError:
        return False
