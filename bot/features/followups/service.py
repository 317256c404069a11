"""Use cases of tasks: made, done, postponed, given on; each once, whoever does it at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.commons import audit, cases, duty, members
from bot.features.followups import reads
from bot.features.followups.reads import Task
from bot.features.followups.rules import (
    FARTHEST_DAYS,
    MOST_POSTPONED,
    WORDS_CHARS,
    Did,
    Kind,
    State,
)
from bot.kernel.desk import Role
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.kernel.workbench import Colleague
from bot.storage.columns import integer, micros

_ADD = Statement(
    "INSERT INTO followups (key, member_id, case_id, kind, what, why, due_at, advisor, made_by,"
    " made_at, state, note, ended_by, postponed, climbed, rings_at) VALUES (:key, :member, :case,"
    " :kind, :what, :why, :due, :advisor, :by, :now, 'open', '', '', 0, 0, :due)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_END = Statement(
    "UPDATE followups SET state = :state, kind = :kind, note = :note, ended_by = :who,"
    " ended_at = :now, rings_at = NULL WHERE id = :id AND state = 'open' RETURNING id"
)
_POSTPONE = Statement(
    "UPDATE followups SET due_at = :due, rings_at = :due, climbed = 0, postponed = postponed + 1"
    " WHERE id = :id AND state = 'open' AND postponed < :most AND due_at = :before RETURNING id"
)
_REASSIGN = Statement(
    "UPDATE followups SET advisor = :to WHERE id = :id AND state = 'open' AND advisor = :before"
    " RETURNING id"
)
_STEP = Statement(
    "INSERT INTO followup_steps (task_id, member_id, at, who, what, words)"
    " VALUES (:task, :member, :now, :who, :what, :words)"
)
_NOT_BOUGHT = Statement(
    "SELECT id FROM followups WHERE member_id = :member AND state = 'open'"
    " AND why IN ('not_bought', 'recall') AND made_at <= :at"
)


class TaskRefused(Refusal):
    """It can't be done so; nothing was written."""

    template = "followups/refused.txt.j2"

    def __init__(self, why: str, most: int = 0) -> None:
        super().__init__(why, why=why, most=most)
        self.why = why


@dataclass(frozen=True, slots=True)
class NewTask:
    """What is to be done for a member."""

    key: str
    """The same key is the same task."""
    member: MemberId
    kind: Kind
    due_at: datetime
    what: str = ""
    why: str = ""
    case: int | None = None
    advisor: str = ""


def make(uow: UnitOfWork, tools: Toolbox, new: NewTask, *, who: str) -> Task | None:
    """Write a task down, due while somebody works; None for a member who is not there any more."""
    if not members.exists(uow, new.member):
        return None
    added = uow.run(
        _ADD,
        key=new.key,
        member=new.member,
        case=new.case,
        kind=new.kind,
        what=new.what,
        why=new.why,
        due=micros(_open_at(uow, tools, new.due_at)),
        advisor=new.advisor.lower(),
        by=who,
        now=micros(uow.clock.now()),
    )
    if added:
        _step(uow, _must(uow, integer(added[0][0])), who, Did.MADE, new.why)
    return reads.by_key(uow, new.key)


def _open_at(uow: UnitOfWork, tools: Toolbox, at: datetime) -> datetime:
    shop = duty.rota(uow, tools).shop
    return at if shop.is_open(at) else shop.next_open(at) or at


def make_by_hand(uow: UnitOfWork, tools: Toolbox, new: NewTask, who: Colleague) -> Task:
    """Let somebody at the desk write a task down.

    Raises:
        TaskRefused: something is missing, or she only looks on.
    """
    if who.role is Role.OPERATOR:
        raise TaskRefused("looks_on")
    _words(new.what, "no_what")
    _in_time(uow, new.due_at)
    if new.advisor:
        _advisor(uow, tools, new.advisor)
    task = make(uow, tools, new, who=who.userid)
    if task is None:
        raise TaskRefused("no_member")
    return task


def done(uow: UnitOfWork, number: int, note: str, who: Colleague) -> Task:
    """End a task, with what came of it.

    Raises:
        TaskRefused: it has ended, is somebody else's, or there is no note.
    """
    return _end(uow, _hers(uow, number, who), State.DONE, who.userid, _words(note, "no_note"))


def drop(uow: UnitOfWork, number: int, why: str, who: Colleague) -> Task:
    """End a task that is not needed any more.

    Raises:
        TaskRefused: as in `done`.
    """
    return _end(uow, _hers(uow, number, who), State.DROPPED, who.userid, _words(why, "no_why"))


def bought(uow: UnitOfWork, member: MemberId, at: datetime) -> None:
    """Drop what was to be done because she had not bought, or had stayed away."""
    for (number,) in uow.run(_NOT_BOUGHT, member=member, at=micros(at)):
        _end(uow, _must(uow, integer(number)), State.DROPPED, "bot", "")


def postpone(
    uow: UnitOfWork,
    tools: Toolbox,
    number: int,
    who: Colleague,
    *,
    until: datetime | None,
    why: str,
) -> Task:
    """Put a task off, a few times and with a reason.

    Raises:
        TaskRefused: it was put off too often, has ended, is somebody else's, or something is wrong.
    """
    task, why = _hers(uow, number, who), _words(why, "no_why")
    due_at = _open_at(uow, tools, _in_time(uow, until))
    if task.postponed >= MOST_POSTPONED:
        raise TaskRefused("too_often", MOST_POSTPONED)
    values = {"due": micros(due_at), "before": micros(task.due_at), "most": MOST_POSTPONED}
    if not uow.run(_POSTPONE, id=number, **values):
        raise TaskRefused("changed")
    _step(uow, task, who.userid, Did.POSTPONED, why)
    return _must(uow, number)


def reassign(uow: UnitOfWork, tools: Toolbox, number: int, to: str, who: Colleague) -> Task:
    """Give a task to another advisor.

    Raises:
        TaskRefused: there is no such advisor, it has ended, or is somebody else's.
    """
    task, advisor = _hers(uow, number, who), _advisor(uow, tools, to)
    if advisor == task.advisor:
        return task
    if not uow.run(_REASSIGN, id=number, to=advisor, before=task.advisor):
        raise TaskRefused("changed")
    _step(uow, task, who.userid, Did.REASSIGNED, advisor)
    return _must(uow, number)


def may_act(task: Task, who: Colleague) -> bool:
    """Return True for whoever may do something about a task: operators only look."""
    if who.role is Role.SUPERVISOR:
        return True
    return who.role is Role.ADVISOR and task.advisor in {"", who.userid}


def escalated(uow: UnitOfWork, task: Task, words: str) -> None:
    """Write down whom the ladder told."""
    _step(uow, task, "bot", Did.ESCALATED, words)


def _hers(uow: UnitOfWork, number: int, who: Colleague) -> Task:
    task = _must(uow, number)
    if who.role is Role.OPERATOR:
        raise TaskRefused("looks_on")
    if not may_act(task, who):
        raise TaskRefused("not_hers")
    if task.state is not State.OPEN:
        raise TaskRefused("ended")
    return task


def _end(uow: UnitOfWork, task: Task, state: State, who: str, note: str) -> Task:
    now = micros(uow.clock.now())
    values = {"state": state, "kind": task.kind, "note": note, "who": who, "now": now}
    if not uow.run(_END, id=task.id, **values):
        raise TaskRefused("ended")
    _step(uow, task, who, Did(state.value), note)
    return _must(uow, task.id)


def _step(uow: UnitOfWork, task: Task, who: str, did: Did, words: str) -> None:
    now = micros(uow.clock.now())
    uow.run(_STEP, task=task.id, member=task.member, now=now, who=who, what=did, words=words)
    audit.record(uow, who, f"followups.{did}", f"task {task.id}", member=task.member)


def _advisor(uow: UnitOfWork, tools: Toolbox, name: str) -> str:
    there = duty.standing(uow, tools, uow.clock.now())
    found = next((one for one in there if one.is_called(name) and not one.is_gone), None)
    if found is None:
        raise TaskRefused("nobody")
    return found.userid


def _in_time(uow: UnitOfWork, at: datetime | None) -> datetime:
    now = uow.clock.now()
    if at is None or not now < at <= now + timedelta(days=FARTHEST_DAYS):
        raise TaskRefused("no_due", FARTHEST_DAYS)
    return at


def _words(text: str, missing: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise TaskRefused(missing)
    if len(words) > WORDS_CHARS:
        raise TaskRefused("too_long", WORDS_CHARS)
    return words


def _must(uow: UnitOfWork, number: int) -> Task:
    task = reads.get(uow, number)
    if task is None:
        raise TaskRefused("ended")
    return task


def who_cares(uow: UnitOfWork, case: int) -> str:
    """Return the userid of whose task it should be that follows from a case."""
    found = cases.get(uow, case)
    return (found.advisor or cases.last_advisor(uow, found.member)) if found else ""
