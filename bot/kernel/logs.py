"""How the program speaks about itself: one event a line, ids and numbers, never content."""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

_SECRET_WORDS = ("secret", "token", "password", "aes_key", "authorization", "cookie")


def configure(level: str, form: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Set up logging once, before the first line.

    Args:
        level: debug, info, warning or error.
        form: `json` for machines, `console` for people.
        stream: where to write, stderr by default.
    """
    out = stream or sys.stderr
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_dump)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=out, format="%(levelname)s %(name)s %(message)s", force=True
    )


def _without_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Blank what is named like a secret; the last fence, nobody should log one anyway."""
    for key in event:
        if key.endswith(_SECRET_WORDS):
            event[key] = "***"
    return event


def _dump(event: Any, **_options: Any) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)
