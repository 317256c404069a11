"""Writes the simulator's rows.

Each change takes the next `revision` first. That locks one row until the commit, so changes
become visible in the order of their numbers, on several writers too, and a listener that
has seen number N misses nothing before it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.simulator.intake import Picture, Pressed
from bot.channels.simulator.reads import number, one
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros

_BUMP = Statement(
    "INSERT INTO simulator_state (name, value) VALUES ('revision', 1) "
    "ON CONFLICT (name) DO UPDATE SET value = simulator_state.value + 1 RETURNING value"
)
_KEEP = Statement(
    "INSERT INTO simulator_state (name, value) VALUES (:name, :value) "
    "ON CONFLICT (name) DO UPDATE SET value = :value"
)
_PUT = Statement(
    "INSERT INTO simulator_messages (chat, group_id, member, sender, kind, text, payload, key,"
    " status, revision, at, created_at) VALUES (:chat, :group_id, :member, :sender, :kind,"
    " :text, :payload, :key, 'shown', :revision, :at, :now)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_AGAIN = Statement(
    "UPDATE simulator_messages SET status = 'shown', revision = :revision "
    "WHERE key = :key AND status = 'lost'"
)
_BY_KEY = Statement("SELECT id FROM simulator_messages WHERE key = :key")
_PUT_IMAGE = Statement(
    "INSERT INTO simulator_images (message_id, content_type, data) "
    "VALUES (:message, :content_type, :data)"
)
_SET_STATUS = Statement(
    "UPDATE simulator_messages SET status = :status, revision = :revision "
    "WHERE id = :id AND sender = 'bot' RETURNING id"
)
_LOSE = Statement(
    "UPDATE simulator_messages SET status = 'lost', revision = :revision WHERE id = :id"
)
_SET_PAYLOAD = Statement(
    "UPDATE simulator_messages SET payload = :payload, revision = :revision WHERE id = :id"
)
_TOUCH = Statement("UPDATE simulator_messages SET revision = :revision WHERE id = :id")
_TAP = Statement(
    "INSERT INTO simulator_taps (message_id, member, button, chosen, key, status, at) VALUES "
    "(:message, :member, :button, :chosen, :key, 'shown', :now) "
    "ON CONFLICT (key) DO UPDATE SET status = 'shown' RETURNING id"
)
_LOSE_TAP = Statement("UPDATE simulator_taps SET status = 'lost' WHERE key = :key")
_ANSWER_TAP = Statement(
    "UPDATE simulator_taps SET answer = :answer WHERE key = :key RETURNING message_id"
)
_ADD_MEMBER = Statement(
    "INSERT INTO simulator_members (identity, name, created_at) VALUES (:identity, :name, :now) "
    "ON CONFLICT (identity) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to keep; `key` makes it unique."""

    chat: str
    group: str | None
    member: str | None
    sender: str
    kind: str
    text: str
    key: str
    payload: object = None
    images: Sequence[Picture] = ()
    at: datetime | None = None


def put(uow: UnitOfWork, new: NewMessage) -> int:
    """Keep a message and return its id; a known key keeps nothing and returns the old id."""
    now = micros(uow.clock.now())
    revision = number(uow.run(_BUMP))
    rows = uow.run(
        _PUT,
        chat=new.chat,
        group_id=new.group,
        member=new.member,
        sender=new.sender,
        kind=new.kind,
        text=new.text,
        payload=json.dumps(new.payload or {}, ensure_ascii=False),
        key=new.key,
        revision=revision,
        at=now if new.at is None else micros(new.at),
        now=now,
    )
    if not rows:
        uow.run(_AGAIN, key=new.key, revision=revision)
        return number(uow.run(_BY_KEY, key=new.key))
    message = number(rows)
    for picture in new.images:
        uow.run(
            _PUT_IMAGE,
            message=message,
            content_type=picture.content_type,
            data=picture.data,
        )
    return message


def lose(uow: UnitOfWork, message: int) -> None:
    """Hide a member's message that could not be accepted; the same key brings it back."""
    uow.run(_LOSE, id=message, revision=number(uow.run(_BUMP)))


def recall(uow: UnitOfWork, message: int) -> bool:
    """Take back a message of the bot; False when there is none."""
    revision = number(uow.run(_BUMP))
    return bool(uow.run(_SET_STATUS, id=message, status="recalled", revision=revision))


def change_card(uow: UnitOfWork, message: int, answer: object) -> bool:
    """Change how a card looks to everybody; False when there is none."""
    revision = number(uow.run(_BUMP))
    found = one(uow, message)
    if found is None or found.kind != "card":
        return False
    payload = json.dumps({**found.payload, "answer": answer}, ensure_ascii=False)
    uow.run(_SET_PAYLOAD, id=message, payload=payload, revision=revision)
    return True


def change_card_of_presser(uow: UnitOfWork, tap_key: str, answer: object) -> bool:
    """Change how a card looks to who pressed it; False when nobody did so."""
    revision = number(uow.run(_BUMP))
    rows = uow.run(_ANSWER_TAP, key=tap_key, answer=json.dumps(answer, ensure_ascii=False))
    if rows:
        uow.run(_TOUCH, id=number(rows), revision=revision)
    return bool(rows)


def tap(uow: UnitOfWork, pressed: Pressed, button: str, key: str) -> None:
    """Keep a press; a known key keeps nothing."""
    revision = number(uow.run(_BUMP))
    uow.run(
        _TAP,
        message=pressed.message,
        member=pressed.member,
        button=button,
        chosen=json.dumps(pressed.options, ensure_ascii=False),
        key=key,
        now=micros(uow.clock.now()),
    )
    uow.run(_TOUCH, id=pressed.message, revision=revision)


def lose_tap(uow: UnitOfWork, message: int, key: str) -> None:
    """Forget a press that could not be accepted; the same key brings it back."""
    revision = number(uow.run(_BUMP))
    uow.run(_LOSE_TAP, key=key)
    uow.run(_TOUCH, id=message, revision=revision)


def add_member(uow: UnitOfWork, identity: str, name: str) -> None:
    """Give a new identity a nickname."""
    now = micros(uow.clock.now())
    uow.run(_ADD_MEMBER, identity=identity, name=name, now=now)


def keep_state(uow: UnitOfWork, name: str, value: int) -> None:
    """Keep a number over restarts."""
    uow.run(_KEEP, name=name, value=value)
