"""Reads the simulator's rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.simulator.intake import Picture
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant

_STATE = Statement("SELECT value FROM simulator_state WHERE name = :name")
_IMAGE = Statement("SELECT content_type, data FROM simulator_images WHERE id = :id")
_IMAGES = Statement("SELECT id FROM simulator_images WHERE message_id = :message ORDER BY id")
_COLUMNS = (
    "m.id, m.chat, m.group_id, m.member, m.sender, m.kind, m.text, m.payload, m.status,"
    " m.revision, m.at, n.name FROM simulator_messages m"
    " LEFT JOIN simulator_members n ON n.identity = m.sender"
)
_AFTER = Statement(
    f"SELECT {_COLUMNS} WHERE m.chat = :chat AND m.id > :after AND m.status <> 'lost' "
    "ORDER BY m.id LIMIT :limit"
)
_BEFORE = Statement(
    f"SELECT {_COLUMNS} WHERE m.chat = :chat AND m.id < :before AND m.status <> 'lost' "
    "ORDER BY m.id DESC LIMIT :limit"
)
_CHANGED = Statement(
    f"SELECT {_COLUMNS} WHERE m.revision > :revision ORDER BY m.revision LIMIT :limit"
)
_LAST_OF_CHATS = Statement(
    f"SELECT {_COLUMNS} WHERE m.id IN (SELECT MAX(id) FROM simulator_messages "
    "WHERE status <> 'lost' GROUP BY chat) ORDER BY m.id DESC LIMIT :limit"
)
_ONE = Statement(f"SELECT {_COLUMNS} WHERE m.id = :id")
_ANY = Statement("SELECT id FROM simulator_messages LIMIT 1")
_TAPS = Statement(
    "SELECT member, button, chosen, answer FROM simulator_taps "
    "WHERE message_id = :message AND status = 'shown' ORDER BY id"
)
_MEMBERS = Statement(
    "SELECT identity, name FROM simulator_members ORDER BY created_at, identity LIMIT :limit"
)
_NAME = Statement("SELECT name FROM simulator_members WHERE identity = :identity")
_FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Tapped:
    """What one member last did with a card, and how it looks to them since."""

    button: str
    chosen: Sequence[str]
    answer: object


@dataclass(frozen=True, slots=True)
class Message:
    """A message as kept, with its pictures' ids and what members did with its card."""

    id: int
    chat: str
    group: str | None
    member: str | None
    sender: str
    kind: str
    text: str
    payload: dict[str, object]
    status: str
    revision: int
    at: datetime
    name: str | None
    images: Sequence[int]
    taps: dict[str, Tapped]


def one(uow: UnitOfWork, message: int) -> Message | None:
    """Return one message."""
    rows = uow.run(_ONE, id=message)
    return _message(uow, rows[0]) if rows else None


def after(uow: UnitOfWork, chat: str, message: int, limit: int) -> Sequence[Message]:
    """Return the next messages of a chat behind `message`, in order."""
    rows = uow.run(_AFTER, chat=chat, after=message, limit=limit)
    return [_message(uow, row) for row in rows]


def before(uow: UnitOfWork, chat: str, message: int | None, limit: int) -> Sequence[Message]:
    """Return the last messages of a chat ahead of `message`, or of all, in order."""
    rows = uow.run(_BEFORE, chat=chat, before=message or _FOREVER, limit=limit)
    return [_message(uow, row) for row in reversed(rows)]


def changed(uow: UnitOfWork, revision: int, limit: int) -> Sequence[Message]:
    """Return what was written or changed behind `revision`, in the order of change."""
    rows = uow.run(_CHANGED, revision=revision, limit=limit)
    return [_message(uow, row) for row in rows]


def last_of_chats(uow: UnitOfWork, limit: int) -> Sequence[Message]:
    """Return the newest message of each chat, the liveliest chat first."""
    return [_message(uow, row) for row in uow.run(_LAST_OF_CHATS, limit=limit)]


def is_empty(uow: UnitOfWork) -> bool:
    """Return True when nobody has said anything yet."""
    return not uow.run(_ANY)


def image(uow: UnitOfWork, picture: int) -> Picture | None:
    """Return the bytes of a kept picture."""
    for kind, data in uow.run(_IMAGE, id=picture):
        if isinstance(data, bytes | memoryview):
            return Picture(str(kind), bytes(data))
    return None


def members(uow: UnitOfWork, limit: int) -> Sequence[tuple[str, str]]:
    """Return identity and nickname of the added members, oldest first."""
    return [(str(identity), str(name)) for identity, name in uow.run(_MEMBERS, limit=limit)]


def name_of(uow: UnitOfWork, identity: str) -> str | None:
    """Return the nickname of an added member."""
    rows = uow.run(_NAME, identity=identity)
    return _maybe(rows[0][0]) if rows else None


def state(uow: UnitOfWork, name: str) -> int:
    """Return a kept number, 0 when it was never kept."""
    rows = uow.run(_STATE, name=name)
    return number(rows) if rows else 0


def number(rows: Sequence[Row]) -> int:
    """Return the number in the first column of the first row."""
    value = rows[0][0]
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no number")
    return value


def _message(uow: UnitOfWork, row: Row) -> Message:
    key, chat, group, member, sender, kind, text, payload, status, revision, at, name = row
    message = number([[key]])
    return Message(
        id=message,
        chat=str(chat),
        group=_maybe(group),
        member=_maybe(member),
        sender=str(sender),
        kind=str(kind),
        text=str(text),
        payload=json.loads(str(payload)),
        status=str(status),
        revision=number([[revision]]),
        at=instant(at),
        name=_maybe(name),
        images=[number([found]) for found in uow.run(_IMAGES, message=message)],
        taps=_taps(uow, message) if kind == "card" else {},
    )


def _taps(uow: UnitOfWork, message: int) -> dict[str, Tapped]:
    """Return each member's last press."""
    return {
        str(member): Tapped(
            button=str(button),
            chosen=json.loads(str(chosen)),
            answer=None if answer is None else json.loads(str(answer)),
        )
        for member, button, chosen, answer in uow.run(_TAPS, message=message)
    }


def _maybe(value: object) -> str | None:
    return None if value is None else str(value)
