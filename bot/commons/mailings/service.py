"""Writes the same to everybody whom an audience means when their turn comes, in bites."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.commons import audience, outreach, salutations
from bot.commons.outreach import Letter, Purpose, Told
from bot.kernel.ids import MemberId
from bot.kernel.messages import Part, part_json
from bot.kernel.ports import Groups
from bot.kernel.work import Row, Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

BITE = 50
_COLUMNS = "id, key, title, audience, parts, at, until, next_member, told, hushed, no_way, done_at"
_BEGIN = Statement(
    "INSERT INTO mailings (key, title, audience, parts, at, until, next_member, told, hushed,"
    " no_way) VALUES (:key, :title, :audience, :parts, :now, :until, 0, 0, 0, 0)"
    " ON CONFLICT (key) DO NOTHING"
)
# The row is locked by this on PostgreSQL: of two replicas one takes the next bite.
_TAKE = Statement(
    "UPDATE mailings SET told = told WHERE id = (SELECT MIN(id) FROM mailings"
    f" WHERE done_at IS NULL) AND done_at IS NULL RETURNING {_COLUMNS}"
)
_ON = Statement(
    "UPDATE mailings SET next_member = :next, told = told + :told, hushed = hushed + :hushed,"
    " no_way = no_way + :no_way, done_at = :done WHERE id = :id"
)
_FORGET_WORDS = Statement("UPDATE mailings SET audience = '[]' WHERE id = :id")
_ONE = Statement(f"SELECT {_COLUMNS} FROM mailings WHERE key = :key")


@dataclass(frozen=True, slots=True)
class Mailing:
    """A mailing as it stands."""

    id: int
    key: str
    title: str
    audience: tuple[str, ...]
    parts: tuple[Part, ...]
    at: datetime
    until: datetime
    next_member: int
    told: int
    hushed: int
    no_way: int
    done_at: datetime | None


def begin(
    uow: UnitOfWork,
    key: str,
    title: str,
    words: Sequence[str],
    parts: Sequence[Part],
    *,
    until: datetime,
) -> None:
    """Let everybody whom the words mean be written to; once for each key.

    Args:
        uow: the unit of work.
        key: the same key is the same mailing.
        title: what it is about, for operators.
        words: of an audience; whom they mean is looked up when it is their turn.
        parts: what is said, a message each.
        until: what could not be sent by then, is not sent.
    """
    uow.run(
        _BEGIN,
        key=key,
        title=title,
        audience=json.dumps(list(words), ensure_ascii=False),
        parts=json.dumps([part_json.dump_python(each, mode="json") for each in parts]),
        now=micros(uow.clock.now()),
        until=micros(until),
    )


def go_on(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Write to the next people of the oldest mailing; False when there is none."""
    rows = uow.run(_TAKE)
    if not rows:
        return False
    found, now = _mailing(rows[0]), uow.clock.now()
    people: Sequence[MemberId] = ()
    if now <= found.until:
        groups = tools.use(Groups)
        people = audience.members_of(
            uow, found.audience, groups, after=found.next_member, most=BITE
        )
    told = Counter(_tell(uow, tools, found, member) for member in people)
    uow.run(
        _ON,
        id=found.id,
        next=people[-1] if people else found.next_member,
        told=told[Told.QUEUED],
        hushed=told[Told.HUSHED],
        no_way=told[Told.NO_WAY],
        done=micros(now) if len(people) < BITE else None,
    )
    if len(people) < BITE:
        uow.run(_FORGET_WORDS, id=found.id)
    return True


def _tell(uow: UnitOfWork, tools: Toolbox, found: Mailing, member: MemberId) -> Told:
    """Write to one of them; nobody has to call whom no door leads to because of it."""
    silenced = outreach.hushes_of(uow, member).keys() - {outreach.Hushed.CALLS}
    if silenced or not outreach.wants(uow, member, Purpose.OFFER):
        return Told.HUSHED
    if not outreach.ways(uow, tools, member):
        return Told.NO_WAY
    told = Told.BEFORE
    for place, part in enumerate(found.parts):
        key = f"{found.key}:{member}:{place}"
        said = salutations.filled(uow, member, part)
        letter = Letter(key, found.title, Purpose.OFFER, part=said)
        told = outreach.tell(uow, tools, member, letter)
    return told


def of_key(uow: UnitOfWork, key: str) -> Mailing | None:
    """Return the mailing of that key."""
    rows = uow.run(_ONE, key=key)
    return _mailing(rows[0]) if rows else None


def _mailing(row: Row) -> Mailing:
    number, key, title, words, parts, at, until, following, told, hushed, no_way, done = row
    return Mailing(
        id=integer(number),
        key=str(key),
        title=str(title),
        audience=tuple(json.loads(str(words))),
        parts=tuple(part_json.validate_python(each) for each in json.loads(str(parts))),
        at=instant(at),
        until=instant(until),
        next_member=integer(following),
        told=integer(told),
        hushed=integer(hushed),
        no_way=integer(no_way),
        done_at=None if done is None else instant(done),
    )
