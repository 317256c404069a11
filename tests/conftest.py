"""What every test gets: quiet, plain logs; and what it may ask for.

One PostgreSQL server serves the whole session.
"""

import logging
import os
from types import CodeType
from typing import Any

import structlog
from hypothesis import settings
from jinja2 import Environment

from tests.kit.postgres import cluster, empty_postgres, postgres, template
from tests.kit.rooms import store, store_on_both

__all__ = ["cluster", "empty_postgres", "postgres", "store", "store_on_both", "template"]

structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
)

# tests start the program many times: its files are compiled once
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# a busy machine is no mistake
settings.register_profile("house", deadline=None)
settings.load_profile("house")

# tests open thousands of houses: their templates are compiled once
_compile = Environment.compile
_compiled: dict[object, CodeType] = {}


def _compile_once(self: Environment, source: Any, *names: Any) -> CodeType:
    kind = type(self), self.autoescape is True
    return _compiled.get(key := (source, names, kind)) or _compiled.setdefault(
        key, _compile(self, source, *names)
    )


Environment.compile = _compile_once  # type: ignore[method-assign,assignment]
