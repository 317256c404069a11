"""Makes our rows of a group equal to what the platform says of it, however often it says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons.groups.erased import Erased
from bot.kernel.customers import GroupState, InGroup, LeaveHow
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

LAG = timedelta(seconds=5)
"""An answer may be of before an event for 2 s after it (path/92130, 2026-07), and then some."""

_ROW = Statement("SELECT revision, wanted, lags_until FROM customer_groups WHERE chat_id = :chat")
NEW = Statement(
    "INSERT INTO customer_groups (chat_id, name, owner, notice, admins, version, status, ended_how,"
    " handover, revision, seen_round, first_seen_at, due_at, wanted, tries, error)"
    " VALUES (:chat, '', '', '', '', '', 'open', '', 'none', 0, 0, :now, :now, '', 0, '')"
    " ON CONFLICT (chat_id) DO NOTHING"
)
_SET = Statement(
    "UPDATE customer_groups SET name = :name, owner = :owner, notice = :notice, admins = :admins,"
    " opened_at = :opened, version = :version, status = 'open', ended_at = NULL, ended_how = '',"
    " revision = revision + 1, read_at = :now, due_at = :due, wanted = '', lags_until = :due,"
    " tries = 0, error = '' WHERE chat_id = :chat"
)
_LATER = Statement(
    "UPDATE customer_groups SET due_at = lags_until, read_at = :now WHERE chat_id = :chat"
)
PRESENT = Statement(
    "SELECT id, identity, kind, joined_at, scene, inviter, state, nickname, name, union_id, is_told"
    " FROM group_members WHERE chat_id = :chat AND left_at IS NULL"
)
ENTER = Statement(
    "INSERT INTO group_members (chat_id, identity, kind, joined_at, scene, inviter, state,"
    " nickname, name, union_id, is_told, left_how) VALUES (:chat, :identity, :kind, :joined,"
    " :scene, :inviter, :state, :nickname, :name, :union, :told, '')"
    " ON CONFLICT (chat_id, identity) WHERE left_at IS NULL DO NOTHING"
)
_CHANGE = Statement(
    "UPDATE group_members SET kind = :kind, joined_at = :joined, scene = :scene,"
    " inviter = :inviter, state = :state, nickname = :nickname, name = :name, union_id = :union,"
    " is_told = 1 WHERE id = :id"
)
_LEAVE = Statement("UPDATE group_members SET left_at = :at, left_how = :how WHERE id = :id")
_FORGET = Statement("DELETE FROM group_members WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Applied:
    """How many people an answer showed to have come, gone and changed."""

    joined: int = 0
    left: int = 0
    changed: int = 0


def apply(uow: UnitOfWork, state: GroupState, *, revision: int | None = None) -> Applied | None:
    """Make our rows equal to `state`.

    People who were erased stay out. Somebody who is not in it any more has left, nobody knows
    how; somebody with another time of joining has been away in between.

    Args:
        uow: the unit of work.
        state: what the platform says.
        revision: of our row when the platform was asked; None to take the answer as it is.

    Returns:
        What changed; None when the answer is of before what we have, and nothing was written
        but that it has to be asked for again.
    """
    uow.take_turns({turn_of(state.chat_id)})
    now = uow.clock.now()
    uow.run(NEW, chat=state.chat_id, now=micros(now))
    ours, wanted, lags_until = uow.run(_ROW, chat=state.chat_id)[0]
    if revision is not None and ours != revision:
        return None  # something came in while we were asking: it is due all the same
    lags = revision is not None and _lags(lags_until, now)
    if lags and wanted and state.version != wanted:
        uow.run(_LATER, chat=state.chat_id, now=micros(now))
        return None
    applied = _apply_members(uow, state, Erased(uow), now)
    uow.run(
        _SET,
        chat=state.chat_id,
        name=state.name,
        owner=state.owner,
        notice=state.notice,
        admins=",".join(state.admins),
        opened=micros(state.created_at),
        version=state.version,
        now=micros(now),
        due=lags_until if lags and not wanted else None,
    )
    return applied


def _lags(lags_until: object, now: datetime) -> bool:
    """Return True while answers may be of before an event; later than that is another clock's."""
    return lags_until is not None and now < instant(lags_until) <= now + LAG


def _apply_members(uow: UnitOfWork, state: GroupState, erased: Erased, now: datetime) -> Applied:
    there = {one.who.identity: one for one in state.members if one.who.identity not in erased}
    joined = left = changed = 0
    ours: dict[str, Row] = {str(row[1]): row for row in uow.run(PRESENT, chat=state.chat_id)}
    for identity, row in ours.items():
        if identity in erased:
            uow.run(_FORGET, id=row[0])
        elif (one := there.get(identity)) is None:
            uow.run(_LEAVE, id=row[0], at=micros(now), how=LeaveHow.UNKNOWN)
            left += 1
        elif (values := _values(one, erased)) != _kept(row):
            if _is_another_stay(row, values):
                uow.run(_LEAVE, id=row[0], at=values["joined"], how=LeaveHow.UNKNOWN)
                uow.run(ENTER, chat=state.chat_id, identity=identity, told=1, **values)
                left, joined = left + 1, joined + 1
            else:
                uow.run(_CHANGE, id=row[0], **values)
                changed += 1
        elif not row[10]:
            uow.run(_CHANGE, id=row[0], **values)
    for identity in there.keys() - ours.keys():
        values = _values(there[identity], erased)
        uow.run(ENTER, chat=state.chat_id, identity=identity, told=1, **values)
        joined += 1
    return Applied(joined, left, changed)


def _values(one: InGroup, erased: Erased) -> Mapping[str, object]:
    return {
        "kind": 2 if one.who.is_customer else 1,
        "joined": micros(one.joined_at),
        "scene": one.scene.value,
        "inviter": "" if one.inviter in erased else one.inviter,
        "state": one.state,
        "nickname": one.nickname,
        "name": one.name,
        "union": one.union_id,
    }


def _kept(row: Row) -> Mapping[str, object]:
    names = ("kind", "joined", "scene", "inviter", "state", "nickname", "name", "union")
    return dict(zip(names, row[2:10], strict=True))


def _is_another_stay(row: Row, values: Mapping[str, object]) -> bool:
    """What an event told has the event's time, which is a little later than that of joining."""
    return bool(row[10]) and integer(values["joined"]) > integer(row[3])


def turn_of(chat_id: str) -> str:
    """Return the name under which replicas take turns with a group."""
    return f"customer_group:{chat_id}"
