"""The socket by which a room plugs into the house."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.kernel.calling import Call
from bot.kernel.console import Download, Page
from bot.kernel.events import Event
from bot.kernel.exporting import Export
from bot.kernel.files import Parcel
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply
from bot.kernel.ports import Work
from bot.kernel.privacy import PersonalData
from bot.kernel.router import Router
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import DeskPage

Listener = Callable[[UnitOfWork, Any, Toolbox], None]
"""Hears one kind of event; the second argument is that event."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the clock starts. It must be safe to run twice and on two replicas at once.

    A `run` that returns True has more to do and is run again when the other jobs that are due
    have had their turn, in a unit of work of its own: big work in small bites, so that nobody
    waits long for the writer.

    `before` looks at what is slow to find, files for instance, so that `run` need not while it
    holds the writer. It runs before each `run`, changes nothing, and keeps what it found.

    `next_due` tells the simulator's clock where to stop on its way; None means that the job
    is only housekeeping.
    """

    name: str
    run: Callable[[UnitOfWork, Toolbox], bool | None]
    every_s: float = 60.0
    before: Callable[[UnitOfWork, Toolbox], object] | None = None
    next_due: Callable[[UnitOfWork, Toolbox, datetime], datetime | None] | None = None
    sends: bool = False
    """Whether members see something at `next_due`: where "go to the next" of the simulator goes."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Work for which a platform has to be asked: look what is due, call, write down the result.

    Most often one process at a time runs it, but never rely on that; it may die anywhere and is
    then run anew. So whatever must not happen twice is written down before the call. It is run
    every `every_s` seconds, at each start, and when somebody asks for it by `Errands.soon`.

    A PlatformError that leaves `run` makes it rest as the error asks, longer each time, and
    tells operators in the end. Trouble with one of many things should therefore be kept with
    that thing, and only trouble with the platform itself be let out.
    """

    name: str
    """Room and task, `groups.reconcile`; no colon in it."""
    run: Callable[[Work, Toolbox], Awaitable[float | None]]
    """May return after how many seconds there is more to do, if that is sooner."""
    every_s: float = 60.0
    """At most 600."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A gauge read from the database when somebody asks."""

    name: str
    help: str
    read: Callable[[UnitOfWork], float]
    title: str = ""
    """What the console calls it; without one `help` is shown."""
    waits_on: str = ""
    """The console page on which somebody should work off what is counted; the menu shows it there,
    so it is read with every page: let it be a count over an index."""


PageAct = Callable[[UnitOfWork, Toolbox, MemberId, Mapping[str, str]], Reply]
"""What a form on a member's page does: a use case, and the words to show. May raise a Refusal,
whose words are shown and which takes back what was written."""


Packs = Callable[[UnitOfWork, Toolbox, MemberId], Sequence[Parcel]]
"""What a member may take along from a page."""


@dataclass(frozen=True, slots=True)
class MemberPage:
    """A page for the member who opens it: `/m/<room>/<name>`.

    The address alone is fit for a group: it asks who is there. `Links.to` makes one for a single
    member. `load` is given the query. Forms post to `{{ here }}/do/<act>` and hold
    `{{ csrf_field }}`; the same form sent twice acts once. `told` is True when the frame shows what
    came of a form.
    """

    name: str
    template: str
    load: Callable[[UnitOfWork, Toolbox, MemberId, Mapping[str, str]], Mapping[str, object]]
    title: str = "我的"
    acts: Mapping[str, PageAct] = field(default_factory=dict)
    ask: str = ""
    """What a member writes to the bot to get a link of her own to this page."""
    files: Callable[[UnitOfWork, Toolbox, MemberId, int], Download | None] | None = None
    """Gives the files of the page, `{{ here }}/files/<number>`, to her who is signed in."""
    listed: bool = True
    """False when only other pages lead there."""
    wechat: bool = False
    """True when it holds WeChat's own buttons (`wx-open-…`); `in_wechat` says where they work."""
    packs: Packs | None = None
    """Files to take along. The page is then seen by a link of one's own only, whoever holds it; it
    draws `parcels` (`number`, `files`, `bytes`, `is_spent`), and a form with `part` to `{{ here }}`
    takes each once. `in_app` is True in a browser that saves no files."""


class NoSettings(BaseModel):
    """Settings of a room that has none."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One room. Its templates live in `bot/features/<name>/templates/` as `<name>/…`."""

    name: str
    router: Router = field(default_factory=Router)
    settings: type[BaseModel] = NoSettings
    listeners: Mapping[type[Event], Sequence[Listener]] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    errands: Sequence[Errand] = ()
    pages: Sequence[Page] = ()
    desk: Sequence[DeskPage] = ()
    """Pages of the advisors' desk."""
    member_pages: Sequence[MemberPage] = ()
    metrics: Sequence[Metric] = ()
    personal: Sequence[PersonalData] = ()
    content: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """The front matter of the files in a folder below `content/`, a `PostMatter` of the room's."""
    tables: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    """Files below `content/` that are one table of TOML each, and what they take."""
    exports: Sequence[Export] = ()
    calls: Sequence[Call] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    """What the reasons of points that this room books are called: `{"checkin": "打卡"}`."""


class Rooms(tuple[Feature, ...]):
    """All rooms in the order of the menu; for whoever tells what the house can do.

    A room that can do something for members says it in its template `<name>/menu.txt.j2`, and
    how points are earned in it in `<name>/earn.txt.j2`, which is given its `settings`.
    """

    __slots__ = ()
