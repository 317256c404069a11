"""Signatures for JS-SDK on our pages (path/90506, 2026-07); tickets are kept until they run out."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Mapping

from bot.channels.wecom.client import Token, TokenApi, WecomApi
from bot.channels.wecom.reading import lasting_in
from bot.kernel.clock import Clock
from bot.kernel.errors import PlatformError
from bot.kernel.visiting import Browser

_BAD_TICKET = frozenset({40093, 42012, 91040})
"""The platform is not content with its own ticket: it is asked for another."""
_CORP, _APP = "/cgi-bin/get_jsapi_ticket", "/cgi-bin/ticket/get"


class CorpSdk:
    """Signs for one app (`PageSdk`): as the corp for `config`, as the app for `agentConfig`."""

    def __init__(
        self,
        api: WecomApi,
        corp_id: str,
        agent_id: int,
        serves: tuple[Browser, ...],
        clock: Clock,
    ) -> None:
        self.serves = serves
        self._corp_id = corp_id
        self._agent_id = agent_id
        self._clock = clock
        self._corp = Token(fetch_ticket(api, _CORP, {}), clock)
        self._app = Token(fetch_ticket(api, _APP, {"type": "agent_config"}), clock)

    async def sign(self, url: str) -> Mapping[str, object]:
        """Return what `ww.register` wants."""
        return {
            "corpId": self._corp_id,
            "agentId": self._agent_id,
            "config": signed(await self._corp.get(), url, self._clock),
            "agentConfig": signed(await self._app.get(), url, self._clock),
        }

    async def stop(self) -> None:
        """Stop asking for tickets."""
        await self._corp.stop()
        await self._app.stop()


def fetch_ticket(
    api: TokenApi, path: str, query: Mapping[str, str]
) -> Callable[[], Awaitable[tuple[str, float]]]:
    """Return what asks for a ticket, and once more when the platform calls its own one bad."""

    async def fetch() -> tuple[str, float]:
        try:
            return lasting_in(await api.ask(path, query), "ticket", path)
        except PlatformError as error:
            if error.code not in _BAD_TICKET:
                raise
        return lasting_in(await api.ask(path, query), "ticket", path)

    return fetch


def signed(ticket: str, url: str, clock: Clock) -> Mapping[str, object]:
    """Return a signature of `url` and what else the script needs to show it."""
    nonce, timestamp = secrets.token_hex(8), int(clock.now().timestamp())
    return {
        "timestamp": timestamp,
        "nonceStr": nonce,
        "signature": signature(ticket, nonce, str(timestamp), url),
    }


def signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """Return the signature of a page's address, which is taken without what follows a `#`."""
    said = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(said.encode()).hexdigest()  # noqa: S324 - the platform's choice
