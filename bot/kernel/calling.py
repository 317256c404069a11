"""The socket by which a room answers other systems: `POST /api/v1/<path>` with a bearer token."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Call:
    """Something that another system may ask for; all or nothing, in one unit of work.

    It has to bear being asked twice: whoever gets no answer asks again. A `Refusal` takes back
    what was written; its words and its `why` are answered.
    """

    path: str
    """Below `/api/v1/`, `coupons/redeem`."""
    summary: str
    """What it does, for the OpenAPI file."""
    takes: type[BaseModel]
    gives: type[BaseModel]
    act: Callable[[UnitOfWork, Toolbox, Any, str], BaseModel]
    """(unit of work, tools, a `takes`, who asks) → a `gives`."""
