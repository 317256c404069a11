"""Listens. The routes come from the parts; nothing here wraps them, so callbacks stay lean."""

import errno
import logging
from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_runner import BaseSite
from typing_extensions import override

from bot.kernel.errors import BotError
from bot.web.log_budget import LogBudget

log = structlog.get_logger(__name__)

MAX_FORM_BYTES = 1024 * 1024
_KEEP_ALIVE_S = 75.0
_BACKLOG = 1024
_LINGER_S = 2.0  # for a refused body, so that its sender reads the answer
_LINES_PER_S = 10


class CannotListen(BotError):
    """The address is taken, or not ours to listen on."""


class _HttpLog(logging.Logger):
    """What aiohttp says about requests: bad ones in one line, without what was in them."""

    def __init__(self) -> None:
        super().__init__("bot.web.http")
        self._budget = LogBudget(_LINES_PER_S)

    @override
    def exception(self, *_args: object, exc_info: object = True, **_more: object) -> None:
        unsaid = self._budget.take()
        if unsaid is None:
            return
        if isinstance(exc_info, HttpProcessingError):
            reason = type(exc_info).__name__
            log.warning("http.refused", reason=reason, status=exc_info.code, unsaid=unsaid)
        else:
            log.error("http.failed", exc_info=exc_info, unsaid=unsaid)


Routes = Iterable[web.AbstractRouteDef]


def build(*parts: Routes) -> web.Application:
    """Return the application that answers all `parts`.

    It has no middleware: those would run for every callback too. Pages wrap themselves
    (`bot.web.pages`).
    """
    app = web.Application(client_max_size=MAX_FORM_BYTES)
    for routes in parts:
        app.add_routes(routes)
    return app


@dataclass(frozen=True, slots=True)
class Server:
    """A listening server."""

    runner: web.AppRunner
    port: int

    async def stop(self) -> None:
        """Stop listening, let requests under way finish, then close their connections."""
        await self.runner.cleanup()


async def serve(
    app: web.Application, host: str, port: int, *, shutdown_timeout_s: float = 5.0
) -> Server:
    """Start to listen; port 0 takes a free one.

    Args:
        app: what answers.
        host: address to listen on.
        port: port to listen on.
        shutdown_timeout_s: how long `stop` waits for requests under way.

    Raises:
        CannotListen: the address is taken or may not be used.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_HttpLog(),
        lingering_time=_LINGER_S,
        auto_decompress=False,  # platforms never compress; a bomb stays its small self
        keepalive_timeout=_KEEP_ALIVE_S,
        shutdown_timeout=shutdown_timeout_s,
        handle_signals=False,
    )
    await runner.setup()
    site: BaseSite = web.TCPSite(runner, host, port, backlog=_BACKLOG)
    try:
        await site.start()
    except OSError as exc:
        await runner.cleanup()
        raise CannotListen(_why(exc, host, port)) from exc
    bound = int(runner.addresses[0][1])
    log.info("server.listening", host=host, port=bound)
    return Server(runner, bound)


def _why(exc: OSError, host: str, port: int) -> str:
    if exc.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken: stop the other program or choose another port"
    if exc.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} needs more rights: choose one above 1023 and put a proxy in front"
    return f"cannot listen on {host} port {port}: {exc.strerror or exc}"
