"""Knocks at the addresses of our own callbacks, as the platforms do to test them."""

from ipaddress import ip_address
from time import perf_counter
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    DummyCookieJar,
)

from bot.kernel.checkup import Finding, Knock, Level

WITHIN_S = 7.0
_PLATFORM_WAITS_S = 1.0  # for the test of an address (path/90930, 2026-07)
_RUN = "start it: bot run; a proxy in front has to hand /callback/ on to it"
_CHECK = "callback"
_OK = 200


def place(base_url: str) -> Finding:
    """Return what an address that links and callbacks begin with promises."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    key = "public_url"
    if is_near(host):
        message = f"{base_url} is an address of this machine or network: no platform reaches it"
        hint = "set public_url in [server] to the https:// address that the world knows"
        return Finding("public-url", message, Level.WARNING, hint, key)
    if parts.scheme != "https":
        message = f"{base_url} is not encrypted: members' pages and links can be read on the way"
        return Finding(
            "tls", message, Level.WARNING, "put a proxy with a certificate before it", key
        )
    return Finding("public-url", f"{base_url} is encrypted, and no address of this machine")


def is_near(host: str) -> bool:
    """Return True for a host that only this machine, or its network, finds."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host


async def knock(address: str, test: Knock) -> Finding:
    """Ask our own address what a platform asks when it is set; one of ours answers rightly."""
    timeout = ClientTimeout(total=WITHIN_S, connect=WITHIN_S / 2)
    began = perf_counter()
    try:
        async with (
            ClientSession(timeout=timeout, cookie_jar=DummyCookieJar()) as session,
            session.get(address, params=dict(test.query), allow_redirects=False) as response,
        ):
            said = await response.content.read(len(test.answer) + 1)
            if response.status == _OK and said == test.answer:
                return _answered(address, perf_counter() - began)
            return _understand(address, response.status)
    except (ClientError, TimeoutError, OSError) as exc:
        return _unanswered(address, exc)


def _unanswered(address: str, error: Exception) -> Finding:
    match error:
        case ClientConnectorDNSError():
            message = f"{address}: there is no host {urlsplit(address).hostname}"
            return _broken(message, "is public_url right, and its DNS record set?", "public_url")
        case ClientSSLError():
            hint = "platforms refuse it, too: renew it, with its whole chain"
            message = f"{address}: the certificate is not to be trusted"
            return _broken(message, hint, "public_url")
        case ClientConnectorError():
            return _broken(f"{address}: nothing answers", _RUN)
        case TimeoutError():
            hint = "a firewall swallows it, or this machine can't go out and in again: try outside"
            return _broken(f"{address}: no answer in time", hint)
    return _broken(f"{address}: what answers is no web server", _RUN)


def _answered(address: str, took_s: float) -> Finding:
    if took_s <= _PLATFORM_WAITS_S:
        return Finding(_CHECK, f"{address}: answers as ours")
    message = f"{address}: answers as ours, but after {took_s:.1f} s"
    hint = "a platform waits 1 s when the address is set, and 5 s for a callback"
    return Finding(_CHECK, message, Level.WARNING, hint)


def _understand(address: str, status: int) -> Finding:
    said = f"{address}: HTTP {status}"
    match status:
        case 200:
            return _broken(f"{address}: somebody else answers", _RUN, "public_url")
        case 301 | 302 | 303 | 307 | 308:
            hint = "platforms follow no redirects: let the proxy hand /callback/ on as it is"
            return _broken(f"{said}, a redirect", hint, "public_url")
        case 400 | 403:
            hint = "the bot that runs has another token, key, id or clock: start it again"
            return _broken(f"{said}: refuses what these settings sign", hint, "token")
        case 404 | 405:
            hint = "the bot that runs lacks this channel, or something else answers: start it again"
            return _broken(f"{said}: there is no such door", hint)
        case 502 | 503 | 504:
            return _broken(f"{said}: the proxy reaches no bot", _RUN)
    return _broken(f"{said}: not an answer of ours", _RUN)


def _broken(message: str, hint: str, key: str = "") -> Finding:
    return Finding(_CHECK, message, Level.PROBLEM, hint, key)
