"""The unit of work that a use case sees, and the toolbox that a handler is given."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from bot.kernel.clock import Clock
from bot.kernel.errors import NeedsFence, Refusal
from bot.kernel.events import Event
from bot.kernel.ids import MemberId
from bot.kernel.messages import Outgoing, Update

if TYPE_CHECKING:
    from sqlmodel import Session  # no room needs an ORM: a start should not either

T = TypeVar("T")
Row = Sequence[object]


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A prepared statement in the SQL that SQLite and PostgreSQL share; values are `:name`.

    Instants go in as integer microseconds (`bot.storage.columns.micros`), days as ISO text.
    """

    sql: str


class Connection(Protocol):
    """The open transaction underneath a unit of work."""

    def run(self, statement: Statement, values: Mapping[str, object]) -> list[Row]:
        """Execute one statement and return its rows, none for a plain write."""
        ...

    def session(self) -> "Session":
        """Open an ORM session inside the same transaction."""
        ...

    def execute(self, sql: str) -> None:
        """Execute a bare command, such as a savepoint."""
        ...

    def take_turns(self, keys: Collection[str]) -> None:
        """Wait until no other open transaction has one of `keys`, and keep them to the end."""
        ...

    def changes(self) -> int:
        """Return a number that stays the same for as long as nothing is written."""
        ...


class UnitOfWork:
    """Everything that one update changes; committed together or forgotten together.

    Use cases neither commit nor wait: no network, no sleep, no await.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock
        self.events: list[Event] = []
        self.outgoing: list[Outgoing] = []
        self.wakes: list[str] = []
        self.wipes = False
        """True when words of somebody who was deleted must go from the disk at once."""
        self._hooks: list[Callable[[], None]] = []

    def run(self, statement: Statement, **values: object) -> list[Row]:
        """Execute a prepared statement: the quick way for what happens with every message."""
        if "session" in self.__dict__:  # as `flush`, but a call less for each statement
            self.session.flush()
        return self._connection.run(statement, values)

    def take_turns(self, keys: Collection[str]) -> None:
        """Let nobody else work on `keys` until this is committed or forgotten.

        What is written under a key then gets its ids in the order of the commits.
        """
        self._connection.take_turns(keys)

    @cached_property
    def session(self) -> "Session":
        """The ORM session: the comfortable way for everything that is not hot."""
        return self._connection.session()

    def publish(self, event: Event) -> None:
        """Tell the other rooms a fact, before the commit."""
        self.events.append(event)

    def send(self, outgoing: Outgoing) -> None:
        """Queue a message; it is written in this transaction and leaves after the commit."""
        self.outgoing.append(outgoing)

    def wake(self, key: str) -> None:
        """Ask the engine to drain `key` once this is committed."""
        self.wakes.append(key)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run a block whose writes, events and messages are forgotten when it raises."""
        self.flush()  # what was added before belongs before the savepoint
        self._connection.execute("SAVEPOINT attempt")
        events, outgoing, wakes = len(self.events), len(self.outgoing), len(self.wakes)
        try:
            yield
            self.flush()
        except Exception:
            self.close()
            self._connection.execute("ROLLBACK TO attempt")
            del self.events[events:], self.outgoing[outgoing:], self.wakes[wakes:]
            raise
        finally:
            self._connection.execute("RELEASE attempt")

    @contextmanager
    def attempt_boldly(self) -> Iterator[None]:
        """Run a block whose refusal leaves nothing, without the savepoint of `attempt`.

        Most refuse before they write, and then there is nothing to take back. Any other error has
        to undo the whole unit of work.

        Raises:
            NeedsFence: it has refused after writing; so has this.
        """
        changes = self._connection.changes()
        events, outgoing, wakes = len(self.events), len(self.outgoing), len(self.wakes)
        try:
            yield
        except Refusal as refusal:
            if "session" in self.__dict__ or self._connection.changes() != changes:
                raise NeedsFence(type(refusal).__name__) from refusal
            del self.events[events:], self.outgoing[outgoing:], self.wakes[wakes:]
            raise

    def flush(self) -> None:
        """Write what was added to the ORM session, if anybody has asked for one."""
        if "session" in self.__dict__:
            self.session.flush()

    def close(self) -> None:
        """Let the ORM session forget its objects; it can be used again."""
        if "session" in self.__dict__:
            self.session.close()

    def after_commit(self, hook: Callable[[], None]) -> None:
        """Call `hook` once this is committed; it must be quick and must not raise."""
        self._hooks.append(hook)

    @property
    def hooks(self) -> Sequence[Callable[[], None]]:
        """What `after_commit` collected."""
        return self._hooks


class Toolbox:
    """Settings and platform abilities, asked for by type."""

    def __init__(self, *tools: object) -> None:
        self._tools: dict[type, object] = {type(tool): tool for tool in tools}

    def add(self, kind: type[T], tool: T) -> None:
        """Offer `tool` to whoever asks for `kind`."""
        self._tools[kind] = tool

    def use(self, kind: type[T]) -> T:
        """Return the tool of that type.

        Raises:
            LookupError: nobody offered one, which is a mistake in `bot/app/`.
        """
        try:
            return cast("T", self._tools[kind])
        except KeyError:
            raise LookupError(f"no {kind.__name__} in the toolbox") from None


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler is given: one update, the member behind it, and the unit of work."""

    uow: UnitOfWork
    update: Update
    member: MemberId
    tools: Toolbox
    argument: str = ""
    """What followed the command word, trimmed; the pressed button's rest for a tap."""
