"""What the house hands to the operator console: the state of the trip, notices, accounts.

All functions that take a unit of work are plain use cases; the console runs them through
`Work`. Rows carry ids, times and errors, never what a member wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork

# ── the trip ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class InboxSummary:
    """How the inbox stands."""

    waiting: int
    parked: int
    oldest_due_s: float
    """How long the oldest due update has been waiting; 0 when none is due."""


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """How one lane of the outbox stands; lanes with nothing to tell are left out."""

    channel: str
    lane: str
    queued: int = 0
    sending: int = 0
    parked: int = 0
    maybe: int = 0
    rests_until: datetime | None = None
    rests_because: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of the whole trip at one moment."""

    inbox: InboxSummary
    lanes: Sequence[LaneSummary]
    outbox_oldest_due_s: float
    """How long the oldest due message has been waiting to leave; 0 when none is due."""

    @property
    def oldest_due_s(self) -> float:
        """The age of whatever has been due for longest."""
        return max(self.inbox.oldest_due_s, self.outbox_oldest_due_s)


@dataclass(frozen=True, slots=True)
class Rest:
    """A channel or a lane that sends nothing for a while."""

    scope: str
    """The channel's name, or the lane with the channel's name in front."""
    channel: str
    until: datetime | None
    """None when it ends only by an operator's word."""
    because: str
    waiting: int
    """Messages that wait for its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that the bot said."""

    words: str
    why: str
    """What made it: a command, a schedule."""
    trace: str
    """The update that it answers, for the logs."""


class Answers(Protocol):
    """Finds what the bot said; waits in the toolbox."""

    def find(self, uow: UnitOfWork, channel: ChannelName, key: str) -> Answer | None:
        """Return a message by its key, or the answer to the update of that key.

        None when it was deleted, with its member or because it is long ago.
        """
        ...


class Shelf(StrEnum):
    """Which of the items that stopped moving are meant."""

    PARKED = "parked"
    """Given up or ambiguous: waits for an operator."""
    DROPPED = "dropped"
    """An operator decided that it needs nothing more; can be put back."""


@dataclass(frozen=True, slots=True)
class ParkedUpdate:
    """An update whose handling stopped."""

    id: int
    channel: str
    kind: str
    conversation: str
    received_at: datetime
    tries: int
    error: str
    """The traceback of the last try."""


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A message that did not leave, or of which nobody knows whether it did."""

    id: int
    channel: str
    lane: str
    recipient: str
    why: str
    maybe: bool
    """True when it may have arrived all the same: sending again may double it."""
    created_at: datetime
    tries: int
    error: str
    error_code: int


class PipelineDesk(Protocol):
    """The trip as an operator sees and mends it.

    Listings are newest first, at most `limit`, with ids below `before` when it is given.
    Every change returns False when the item is not (or no longer) in the state that the
    change needs, and leaves who did it in the records.
    """

    def summary(self, uow: UnitOfWork) -> Summary:
        """Return the state of the trip."""
        ...

    def rests(self, uow: UnitOfWork) -> Sequence[Rest]:
        """Return what rests now; what only an operator can end first."""
        ...

    def resume(self, uow: UnitOfWork, scope: str, who: str) -> bool:
        """Let a channel or a lane send again; False when it does not rest any more."""
        ...

    def channels(self, uow: UnitOfWork) -> Sequence[str]:
        """Return the names of the channels that a listing can be narrowed to."""
        ...

    def inbox_shelf(
        self,
        uow: UnitOfWork,
        shelf: Shelf,
        *,
        channel: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[ParkedUpdate]:
        """Return updates that stopped moving."""
        ...

    def outbox_shelf(
        self,
        uow: UnitOfWork,
        shelf: Shelf,
        *,
        channel: str | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[ParkedMessage]:
        """Return messages that stopped moving; parked ones and ambiguous ones together."""
        ...

    def retry_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Handle a parked update again from its first try."""
        ...

    def drop_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Decide that a parked update needs no answer any more."""
        ...

    def restore_inbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Put a dropped update back among the parked ones."""
        ...

    def retry_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Send a parked or ambiguous message again from its first try."""
        ...

    def drop_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Decide that a parked or ambiguous message shall not be sent any more."""
        ...

    def restore_outbox(self, uow: UnitOfWork, item: int, who: str) -> bool:
        """Put a dropped message back among the parked ones."""
        ...


# ── notices ─────────────────────────────────────────────────────────────────────────────


class NoticeLevel(StrEnum):
    """How urgent a notice is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that operators should know, told once."""

    id: int
    level: NoticeLevel
    text: str
    at: datetime
    seen_at: datetime | None = None
    seen_by: str = ""


class NoticeBoard(Protocol):
    """Notices as the console shows them."""

    def recent(
        self, uow: UnitOfWork, *, unseen: bool = False, before: int | None = None, limit: int = 50
    ) -> Sequence[Notice]:
        """Return notices, newest first; with `unseen` only those that nobody has seen."""
        ...

    def unseen(self, uow: UnitOfWork) -> int:
        """Return how many notices nobody has seen."""
        ...

    def mark_seen(self, uow: UnitOfWork, who: str, notice: int | None = None) -> int:
        """Mark one notice as seen, or all; return how many were not seen before."""
        ...


# ── accounts ────────────────────────────────────────────────────────────────────────────


class Role(StrEnum):
    """What a console account may open."""

    OPERATOR = "operator"
    ADVISOR = "advisor"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A role, and where it comes from (`bot.kernel.entering`)."""

    role: Role
    source: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a valid session."""

    name: str
    role: Role
    stale: bool = False
    """True when the session's last use should be written down again."""
    source: str = ""
    """Where a colleague's role comes from (`bot.kernel.entering`); empty behind a password."""
    userid: str = ""
    """The userid that she has now, where her account still bears one from before."""


class Accounts(Protocol):
    """Console accounts and their sessions.

    Checking and making hashes is slow on purpose (about 50 ms): call those two in a thread,
    never inside a unit of work.
    """

    def make_hash(self, password: str) -> str:
        """Return the hash to keep for a new password.

        Raises:
            WeakPassword: the password is too easy.
        """
        ...

    def matches(self, kept_hash: str | None, password: str) -> bool:
        """Check a password; takes as long when there is no account (None)."""
        ...

    def kept_hash(self, uow: UnitOfWork, name: str) -> str | None:
        """Return the hash of an account that may sign in; None for any other name."""
        ...

    def open_session(self, uow: UnitOfWork, name: str, kept_hash: str) -> str | None:
        """Open a session and return its secret; None when the password has changed since."""
        ...

    def find_session(self, uow: UnitOfWork, secret: str) -> SignedIn | None:
        """Return who holds the session; None when it is over or never was."""
        ...

    def touch_session(self, uow: UnitOfWork, secret: str) -> None:
        """Write down that the session was used now."""
        ...

    def close_session(self, uow: UnitOfWork, secret: str) -> None:
        """End a session."""
        ...

    def begin_form(self, uow: UnitOfWork, key: str) -> str | None:
        """Note that a form is acted upon; None, or what was said when it came before."""
        ...

    def end_form(self, uow: UnitOfWork, key: str, said: str) -> None:
        """Keep what was said to a form, for when it comes again."""
        ...

    def replace_hash(self, uow: UnitOfWork, name: str, kept_hash: str, new_hash: str) -> bool:
        """Change a password and end all the account's sessions; False when it was changed."""
        ...

    def spend_login(self, uow: UnitOfWork, state: str) -> bool:
        """Note that a colleague came back from the platform with `state`; False the second time."""
        ...

    def is_granted(self, uow: UnitOfWork, userid: str) -> bool:
        """Return True when a colleague's role was granted in the console."""
        ...

    def was_called(self, uow: UnitOfWork, userid: str) -> Sequence[str]:
        """Return the userids that a colleague had before: rules may still name one of them."""
        ...

    def enter(self, uow: UnitOfWork, userid: str, rule: RoleRule | None) -> str | None:
        """Open a colleague's session and return its secret; what was granted goes before `rule`.

        None when she has no role, or her account is disabled; her sessions are over then.
        """
        ...
