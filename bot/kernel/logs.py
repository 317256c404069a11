"""How the program speaks about itself: one event a line, ids and numbers, never content."""

import atexit
import json
import logging
import sys
import threading
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from time import time
from typing import Any, Literal, TextIO

import structlog
from pydantic_core import to_json

_EVERY_S = 0.1
_SECRET_WORDS = ("secret", "token", "password", "aes_key", "authorization", "cookie")


def configure(
    level: str, form: Literal["console", "json"], stream: TextIO | None = None
) -> "Lines":
    """Set up logging once, before the first line; return where the lines go.

    Args:
        level: debug, info, warning or error.
        form: `json` for machines, `console` for people.
        stream: where to write, stderr by default.
    """
    out = stream or sys.stderr
    lines = Lines(out)
    renderer: structlog.typing.Processor = (
        _as_json
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            _stamped,
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lines.logger,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=out, format="%(levelname)s %(name)s %(message)s", force=True
    )
    return lines


def _stamped(
    _logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add level and time, and blank what is named like a secret.

    The blanking is the last fence: nobody should log one anyway.
    """
    for key in event:
        if key not in _HARMLESS:
            if key.endswith(_SECRET_WORDS):
                event[key] = "***"
            else:
                _HARMLESS.add(key)
    event["level"] = method
    now_s = time()
    event["at"] = f"{_second(int(now_s))}.{int(now_s % 1 * 1000):03}+00:00"
    return event


@lru_cache(maxsize=1)
def _second(now_s: int) -> str:
    return datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


_HARMLESS: set[str] = set()


def _as_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    try:
        return to_json(event, fallback=str).decode()
    except ValueError:  # half a character, in a path for instance
        return json.dumps(event, default=str)


class Lines:
    """Writes log lines ten times a second, all that came together.

    Every write of its own would hand the interpreter over to another thread, which costs a
    callback more than everything else about its line. A killed process loses at most the
    last tenth of a second of its talk, never a message.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._waiting: list[str] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        atexit.register(self.close)
        threading.Thread(target=self._write_for_ever, name="logs", daemon=True).start()

    def logger(self, *_names: object) -> "_LineLogger":
        """Return a logger for structlog."""
        return _LineLogger(self._waiting)

    def close(self) -> None:
        """Write what waits, and no more after that."""
        self._over.set()
        self.write()

    def write(self) -> None:
        """Write what waits."""
        with self._lock:
            lines = self._waiting[:]
            del self._waiting[: len(lines)]
            if lines and not self._out.closed:
                self._out.write("\n".join(lines) + "\n")
                self._out.flush()

    def _write_for_ever(self) -> None:
        while not self._over.wait(_EVERY_S):
            self.write()


class _LineLogger:
    """What structlog calls with a finished line."""

    def __init__(self, waiting: list[str]) -> None:
        self.debug = self.info = self.warning = self.error = self.critical = waiting.append
        self.exception = self.fatal = self.msg = self.log = waiting.append
