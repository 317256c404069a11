"""Platforms of our own, each on a loopback port."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Self

from aiohttp import web

_MOST_BYTES = 32 * 1024 * 1024
ELSEWHERE = "/elsewhere"
"""Where redirects lead; whoever follows one believes that all is well."""


async def _agree(_request: web.Request) -> web.Response:
    token = {"access_token": "token-elsewhere", "expires_in": 7200}
    return web.json_response({"errcode": 0, "errmsg": "ok", **token})


class Loopback(ABC):
    """Serves its routes while it is entered, at `url`."""

    url = ""
    _runner: web.AppRunner | None = None

    @abstractmethod
    def routes(self) -> Iterable[web.RouteDef]:
        """Return what is served."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_routes(self.routes())
        app.router.add_route("*", ELSEWHERE, _agree)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
