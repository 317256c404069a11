"""Writes notices down and sends them on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kernel.desk import Notice, NoticeLevel
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

WHY = "notice"
"""The `Outgoing.why` of a notice that is sent on."""

_PUT = Statement(
    "INSERT INTO notices (key, level, text, at, seen_by) VALUES (:key, :level, :text, :now, '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_COLUMNS = "SELECT id, level, text, at, seen_at, seen_by FROM notices"
_RECENT = Statement(f"{_COLUMNS} WHERE id < :before ORDER BY id DESC LIMIT :limit")
_RECENT_UNSEEN = Statement(
    f"{_COLUMNS} WHERE seen_at IS NULL AND id < :before ORDER BY id DESC LIMIT :limit"
)
_UNSEEN = Statement("SELECT count(*) FROM notices WHERE seen_at IS NULL")
_SEEN = Statement(
    "UPDATE notices SET seen_at = :now, seen_by = :who"
    " WHERE id = :id AND seen_at IS NULL RETURNING id"
)
_SEEN_ALL = Statement(
    "UPDATE notices SET seen_at = :now, seen_by = :who WHERE seen_at IS NULL RETURNING id"
)
_TOLD_SINCE = Statement(
    "SELECT id FROM notices WHERE at >= :since AND substr(key, 1, length(:kind)) = :kind LIMIT 1"
)
_FORGET = Statement("DELETE FROM notices WHERE seen_at < :before")

_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class AlertTarget:
    """One place where notices are sent: a channel, and whom on it."""

    channel: ChannelName
    recipient: str = ""
    to_group: bool = False

    @classmethod
    def read(cls, written: str) -> "AlertTarget":
        """Read `channel:recipient`; a group robot is a channel with nobody behind the colon."""
        channel, _, recipient = written.partition(":")
        return cls(ChannelName(channel), recipient)


AlertTargets = tuple[AlertTarget, ...]
"""`[alerts] to` of the configuration."""


def tell_operators(
    uow: UnitOfWork,
    *,
    key: str,
    text: str,
    level: NoticeLevel = NoticeLevel.WARNING,
    to: AlertTargets = (),
) -> bool:
    """Tell operators something; False when this key was told before, then nothing happens.

    Args:
        uow: the unit of work; what it forgets is not told.
        key: names the happening, its day or item included.
        text: words for an operator, without what members wrote.
        level: how urgent it is.
        to: where to send it besides. Leave it empty for a notice about a notice that did
            not arrive (`Outgoing.why == WHY`), or the two go round for ever.
    """
    if not uow.run(_PUT, key=key, level=level, text=text, now=micros(uow.clock.now())):
        return False
    for target in to:
        uow.send(
            Outgoing(
                channel=target.channel,
                recipient=target.recipient,
                part=Text(text),
                key=f"notice:{key}:{target.channel}:{target.recipient}",
                why=WHY,
                to_group=target.to_group,
                voice=Voice.CARE,
            )
        )
    return True


def told_since(uow: UnitOfWork, kind: str, since: datetime) -> bool:
    """Return True when a notice whose key begins with `kind` was told at `since` or later."""
    return bool(uow.run(_TOLD_SINCE, kind=kind, since=micros(since)))


@dataclass(frozen=True, slots=True)
class Notices:
    """`tell_operators` with the configured targets; waits in the toolbox."""

    to: AlertTargets = ()

    def tell(
        self,
        uow: UnitOfWork,
        *,
        key: str,
        text: str,
        level: NoticeLevel = NoticeLevel.WARNING,
    ) -> bool:
        """Tell operators something, in the console and wherever alerts go."""
        return tell_operators(uow, key=key, text=text, level=level, to=self.to)


def recent(
    uow: UnitOfWork, *, unseen: bool = False, before: int | None = None, limit: int = 50
) -> Sequence[Notice]:
    """Return notices, newest first; with `unseen` only those that nobody has seen."""
    rows = uow.run(_RECENT_UNSEEN if unseen else _RECENT, before=before or _NEWEST, limit=limit)
    return [
        Notice(
            id=integer(number),
            level=NoticeLevel(str(level)),
            text=str(text),
            at=instant(at),
            seen_at=None if seen_at is None else instant(seen_at),
            seen_by=str(seen_by),
        )
        for number, level, text, at, seen_at, seen_by in rows
    ]


def unseen(uow: UnitOfWork) -> int:
    """Return how many notices nobody has seen."""
    return integer(uow.run(_UNSEEN)[0][0])


def mark_seen(uow: UnitOfWork, who: str, notice: int | None = None) -> int:
    """Mark one notice as seen, or all; return how many were not seen before."""
    now = micros(uow.clock.now())
    if notice is None:
        return len(uow.run(_SEEN_ALL, now=now, who=who))
    return len(uow.run(_SEEN, now=now, who=who, id=notice))


def forget_seen(uow: UnitOfWork, *, after_days: int) -> None:
    """Remove notices that were seen so long ago; for a housekeeping job."""
    uow.run(_FORGET, before=micros(uow.clock.now() - timedelta(days=after_days)))
