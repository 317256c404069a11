"""How the groups stand: for pages, figures, and whoever has to know an owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_WEEK = timedelta(days=7)
_CUSTOMER = 2
_COLUMNS = (
    "g.chat_id, g.name, g.owner, g.notice, g.status, g.handover, g.opened_at, g.read_at,"
    " g.due_at, g.ended_at, g.ended_how, g.error, g.admins"
)
_LIST = Statement(
    f"SELECT {_COLUMNS} FROM customer_groups g WHERE (:any = 1 OR g.status = 'open')"
    " ORDER BY g.status DESC, g.name, g.chat_id LIMIT :most OFFSET :skip"
)
_ONE = Statement(f"SELECT {_COLUMNS} FROM customer_groups g WHERE g.chat_id = :chat")
_COUNTS = Statement(
    "SELECT count(*), COALESCE(sum(CASE WHEN kind = 2 THEN 1 ELSE 0 END), 0) FROM group_members"
    " WHERE chat_id = :chat AND left_at IS NULL"
)
_CAME = Statement("SELECT count(*) FROM group_members WHERE chat_id = :chat AND joined_at > :since")
_WENT = Statement("SELECT count(*) FROM group_members WHERE chat_id = :chat AND left_at > :since")
_OWNER = Statement("SELECT owner FROM customer_groups WHERE chat_id = :chat")
OPEN = Statement("SELECT count(*) FROM customer_groups WHERE status = 'open'")
PEOPLE = Statement("SELECT count(*) FROM group_members WHERE left_at IS NULL AND kind = 2")
DISMISSED = Statement("SELECT count(*) FROM customer_groups WHERE status <> 'open'")
_HISTORY = Statement(
    "SELECT at, came, identity, kind, scene, inviter, state, left_how, nickname, name FROM ("
    "SELECT joined_at AS at, 1 AS came, identity, kind, scene, inviter, state, left_how, nickname,"
    " name, id FROM group_members WHERE chat_id = :chat UNION ALL"
    " SELECT left_at, 0, identity, kind, scene, inviter, state, left_how, nickname, name, id"
    " FROM group_members WHERE chat_id = :chat AND left_at IS NOT NULL) AS happened"
    " ORDER BY at DESC, came, id DESC LIMIT :most"
)
_NAMES = Statement(
    "SELECT nickname, name FROM group_members WHERE identity = :identity ORDER BY id DESC LIMIT 1"
)
FORGET_LEFT = Statement(
    "DELETE FROM group_members WHERE id IN (SELECT id FROM group_members"
    " WHERE left_at < :before ORDER BY left_at LIMIT :most) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as we know it."""

    chat_id: str
    name: str
    owner: str
    notice: str
    is_open: bool
    handover: str
    opened_at: datetime | None
    read_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    ended_how: str
    error: str
    admins: Sequence[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """People of one group."""

    present: int
    customers: int
    came_this_week: int
    went_this_week: int


@dataclass(frozen=True, slots=True)
class Happened:
    """Somebody came into a group or went out of it."""

    at: datetime
    came: bool
    identity: str
    is_customer: bool
    scene: str
    inviter: str
    state: str
    left_how: str
    name: str
    """What she is called in the group, else in general; as she typed it."""


def groups(
    uow: UnitOfWork, *, most: int, skip: int = 0, dismissed: bool = False
) -> Sequence[GroupRow]:
    """Return groups by name, open ones first; with `dismissed` also those that are no more."""
    return [_group(row) for row in uow.run(_LIST, any=int(dismissed), most=most, skip=skip)]


def group(uow: UnitOfWork, chat_id: str) -> GroupRow | None:
    """Return one group."""
    rows = uow.run(_ONE, chat=chat_id)
    return _group(rows[0]) if rows else None


def owner_of(uow: UnitOfWork, chat_id: str) -> str:
    """Return the userid of a group's owner; empty when we know of no such group."""
    rows = uow.run(_OWNER, chat=chat_id)
    return str(rows[0][0]) if rows else ""


def counts_of(uow: UnitOfWork, chat_id: str) -> Counts:
    """Return how many are in a group, and came and went in the last seven days."""
    since = micros(uow.clock.now() - _WEEK)
    present, customers = uow.run(_COUNTS, chat=chat_id)[0]
    came = uow.run(_CAME, chat=chat_id, since=since)[0][0]
    went = uow.run(_WENT, chat=chat_id, since=since)[0][0]
    return Counts(integer(present), integer(customers), integer(came), integer(went))


def count_open(uow: UnitOfWork) -> int:
    """Return how many groups there are."""
    return integer(uow.run(OPEN)[0][0])


def count_dismissed(uow: UnitOfWork) -> int:
    """Return how many groups are no more."""
    return integer(uow.run(DISMISSED)[0][0])


def count_customers(uow: UnitOfWork) -> int:
    """Return how many customers are in groups, one in two groups twice."""
    return integer(uow.run(PEOPLE)[0][0])


def history(uow: UnitOfWork, chat_id: str, *, most: int) -> Sequence[Happened]:
    """Return who came and went, the latest first."""
    return [
        Happened(
            at=instant(at),
            came=bool(came),
            identity=str(identity),
            is_customer=kind == _CUSTOMER,
            scene=str(scene),
            inviter=str(inviter),
            state=str(state),
            left_how=str(how),
            name=str(nickname or name),
        )
        for at, came, identity, kind, scene, inviter, state, how, nickname, name in uow.run(
            _HISTORY, chat=chat_id, most=most
        )
    ]


def name_of(uow: UnitOfWork, identity: str) -> str:
    """Return what somebody in a group is called; empty when nobody told us."""
    rows = uow.run(_NAMES, identity=identity)
    return str(rows[0][1] or rows[0][0]) if rows else ""


def forget_left(uow: UnitOfWork, *, after_days: int, most: int) -> int:
    """Delete at most so many stays that ended so long ago; return how many there were."""
    before = micros(uow.clock.now() - timedelta(days=after_days))
    return len(uow.run(FORGET_LEFT, before=before, most=most))


def _group(row: Row) -> GroupRow:
    chat_id, name, owner, notice, status, handover, opened, read, due, ended, how, error, admins = (
        row
    )
    return GroupRow(
        chat_id=str(chat_id),
        name=str(name),
        owner=str(owner),
        notice=str(notice),
        is_open=status == "open",
        handover=str(handover),
        opened_at=_instant(opened),
        read_at=_instant(read),
        due_at=_instant(due),
        ended_at=_instant(ended),
        ended_how=str(how),
        error=str(error),
        admins=str(admins).split(",") if admins else (),
    )


def _instant(value: object) -> datetime | None:
    return None if value is None else instant(value)
