"""The socket by which a room brings pages to the operator console."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from bot.kernel.clock import instant_of
from bot.kernel.words import count_in
from bot.kernel.work import Toolbox, UnitOfWork

_BIGGEST = 2**63 - 1


class Aisle(StrEnum):
    """Where a page stands in the console's menu; this is also their order."""

    TODAY = "today"
    """What is done in the shop and looked at every day."""
    RECEPTION = "reception"
    CONTENT = "content"
    PLAY = "play"
    MEMBERS = "members"
    BENEFITS = "benefits"
    SYSTEM = "system"
    """Platforms and settings."""


Load = Callable[[UnitOfWork, Toolbox, Mapping[str, str]], Mapping[str, object]]
Act = Callable[[UnitOfWork, Toolbox, Mapping[str, str], str], str]
"""(unit of work, tools, form, who) → the sentence shown to the operator."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a page hands out; a browser shows it only when it is a picture."""

    name: str
    content_type: str
    open: Callable[[], BinaryIO]
    """Called on a thread of its own. FileNotFoundError means that there is none."""
    version: str = ""
    """What is the same for the same content: a browser that has it asks only whether it changed."""


Give = Callable[[UnitOfWork, Toolbox, int], Download | None]
"""(unit of work, tools, number) → the file of that number, None for none."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that an operator sent; there only while it is read."""

    name: str
    """As she calls it."""
    path: Path
    """Its ending is that of the name, in small letters."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that a page takes: its form is `multipart/form-data`, to `/console/<page>/upload`.

    `csrf_field` stands before the files in it.
    """

    read: Callable[[Toolbox, Mapping[str, str], Mapping[str, Uploaded]], Any]
    """(tools, fields, files by field) → what `take` gets. It runs on a thread of its own, writes
    nothing, and may raise a `Refusal`."""
    take: Callable[[UnitOfWork, Toolbox, Any, str], str]
    """(unit of work, tools, what was read, who) → the sentence shown to the operator."""
    most_bytes: int
    """Of all files together."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `/console/<name>`; `load` fills the template, `actions` answer its forms.

    The template is the inside of a page, from its `<h1>` on. Besides what `load` returns it
    gets `csrf_field`, which every form holds: `<form method="post"
    action="/console/<name>/<action>">{{ csrf_field }}…`. An action that raises a `Refusal`
    changes nothing and its words are shown instead. Afterwards the page is shown again, with
    the query that a field `back` holds. Files are at `/console/<name>/files/<number>`.
    """

    name: str
    title: str
    template: str
    load: Load
    actions: Mapping[str, Act] = field(default_factory=dict)
    files: Give | None = None
    aisle: Aisle = Aisle.SYSTEM
    place: int = 5
    """Where in its aisle: small numbers first, equal ones in the order of the rooms."""
    advisors: bool = False
    """Advisors may open it, who see nothing else of the console."""
    upload: Upload | None = None


def number_in(word: str) -> int | None:
    """Return the id or count that an address or a form holds; None for anything else.

    It is at least 1, and fits into the 64 bits of a database's number.
    """
    return count_in(word, _BIGGEST) or None


def instant_in(word: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant that a form holds, by the clock on the wall; None for anything else."""
    try:
        wall = datetime.fromisoformat(word.strip()).replace(tzinfo=None)
        return instant_of(wall, zone).astimezone(zone)
    except (ValueError, OverflowError):
        return None
