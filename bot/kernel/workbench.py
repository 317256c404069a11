"""The socket by which a room brings pages to the advisors' desk (工作台)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.kernel.console import Download
from bot.kernel.desk import Role
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who is at the desk."""

    account: str
    role: Role
    renamed: str = ""
    """The userid that she has now, where her account still bears one from before."""

    @property
    def userid(self) -> str:
        """Her id as cases know advisors; a colleague's account says it behind a colon."""
        return self.renamed or self.account.rpartition(":")[2].lower()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a page, or of one of its acts."""

    who: Colleague
    number: int = 0
    """Of a numbered page, from the address; else 0."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Of the query, or of the form."""
    key: str = ""
    """Of a form: the same form sent again has the same."""


DeskLoad = Callable[[UnitOfWork, Toolbox, Asked], Mapping[str, object] | None]
"""None says that there is no such page."""
DeskAct = Callable[[UnitOfWork, Toolbox, Asked], str]
"""Returns the sentence to show. A `Refusal` changes nothing: its words are shown on the same page,
and what was typed is there again."""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """A page of the desk: `/desk/<name>`, or `/desk/<name>/<number>` when it is numbered.

    The template is the inside of the page. Besides what `load` returns it gets `here`, the address
    of the page; `form_fields`, which every form holds: `<form method="post"
    action="{{ here }}/<act>">{{ form_fields }}…`; `refused`, the name of the act that was just
    refused, `said`, why, and `typed`, what its form held; all empty otherwise. Parts marked
    `data-live="<name>"` are kept fresh; children of theirs marked `data-key` are changed one by
    one. `load` may return `title`. Files are at `/desk/<name>/files/<number>`.
    """

    name: str
    """Empty for the desk's first page, which has no acts."""
    title: str
    template: str
    load: DeskLoad
    acts: Mapping[str, DeskAct] = field(default_factory=dict)
    files: Callable[[UnitOfWork, Toolbox, int], Download | None] | None = None
    mark: Callable[[UnitOfWork, Toolbox, Asked], str] | None = None
    """Returns something short that is another one whenever the page shows something else."""
    count: Callable[[UnitOfWork, Toolbox, Colleague], int] | None = None
    """How much waits for her on the page; her tab shows it, and every page asks for it."""
    numbered: bool = False
    """It is about one thing, and no tab leads there."""
    supervisors: bool = False
    """Advisors see nothing of it."""
    place: int = 5
    """Where among the tabs: small numbers first."""
