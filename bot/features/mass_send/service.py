"""What operators see of mass sends, and what they decide."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons import audit
from bot.commons.mass_send import OPEN, SendStatus
from bot.features.mass_send import creating, moments, reminding, tasks
from bot.features.mass_send.rules import (
    CREATE,
    MOMENTS,
    REMIND,
    REMINDERS_A_DAY,
    WATCH,
    MassSendSettings,
    quiet_until,
)
from bot.features.mass_send.tasks import FIELDS, Task
from bot.kernel.abilities import Errands, MassSendMade
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer, micros

_RETRIABLE = "status IN ('failed', 'expired', 'cancelled', 'over_quota')"

SLEEPERS = Statement(
    "SELECT owner, count(*), sum(CASE audience WHEN 'groups' THEN groups ELSE 0 END),"
    " sum(CASE audience WHEN 'groups' THEN 0 ELSE groups END), min(created_at) FROM mass_tasks"
    f" WHERE {OPEN} AND status = 'created' GROUP BY owner ORDER BY min(created_at)"
)
RECENT = Statement(
    f"SELECT {FIELDS} FROM mass_tasks WHERE id < :before ORDER BY id DESC LIMIT :most"
)
TARGETS = Statement(
    "SELECT id, group_id, chat, (SELECT max(f.name) FROM friendships f"
    " WHERE f.channel = t.channel AND f.identity = t.chat), status, reason, sent_at"
    " FROM mass_targets t WHERE task_id = :task AND id > :after ORDER BY id LIMIT :most"
)
LOOSE = Statement(
    "SELECT owner, digest, audience, status, count(*), max(drafted_at) FROM mass_targets"
    " WHERE task_id IS NULL AND status IN ('drafted', 'over_quota')"
    " GROUP BY owner, digest, audience, status ORDER BY max(drafted_at) DESC LIMIT :most"
)
_NOT_HAD = (
    "(audience = 'groups' OR NOT EXISTS (SELECT 1 FROM mass_targets other"
    " WHERE other.channel = mass_targets.channel AND other.chat = mass_targets.chat"
    " AND other.digest = mass_targets.digest AND other.id <> mass_targets.id"
    " AND other.status IN ('drafted', 'creating', 'created', 'confirmed', 'delivered')))"
)
"""Customers who have not had, and will not have, the same words by another task."""
_AGAIN_WHERE = (
    f"task_id = :task AND {_RETRIABLE} AND reason NOT IN ('not_a_friend', 'opted_out')"
    f" AND {_NOT_HAD}"
)
_HOW_MANY_AGAIN = Statement(f"SELECT count(*) FROM mass_targets WHERE {_AGAIN_WHERE}")
_AGAIN = Statement(
    "UPDATE mass_targets SET status = 'drafted', task_id = NULL, drafted_at = :now, reason = '',"
    f" created_at = NULL, confirmed_at = NULL WHERE {_AGAIN_WHERE} RETURNING id"
)
_LOOSE_AGAIN = Statement(
    "UPDATE mass_targets SET status = 'drafted', drafted_at = :now, reason = ''"
    " WHERE task_id IS NULL AND status = 'over_quota' AND owner = :owner AND digest = :digest"
    f" AND audience = :audience AND {_NOT_HAD} RETURNING id"
)
WAITING = Statement(f"SELECT count(*) FROM mass_tasks WHERE {OPEN} AND status = 'created'")
OLDEST = Statement(f"SELECT min(created_at) FROM mass_tasks WHERE {OPEN} AND status = 'created'")


class Over(Refusal):
    """Somebody else was quicker, or it is over."""

    template = "mass_send/over.txt.j2"


class TooOften(Refusal):
    """There were three reminders in 24 hours."""

    template = "mass_send/too_often.txt.j2"


class Night(Refusal):
    """Nobody is reminded in quiet hours."""

    template = "mass_send/night.txt.j2"


@dataclass(frozen=True, slots=True)
class Sleeper:
    """An owner who has not confirmed, and since when."""

    owner: str
    tasks: int
    groups: int
    customers: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Target:
    """One group or customer of a task."""

    id: int
    group: str
    chat: str
    name: str
    """Of a customer; empty where nobody knows it."""
    status: str
    reason: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Loose:
    """Drafts that are in no task: not yet, or because the platform allows no more."""

    owner: str
    digest: str
    audience: str
    status: str
    groups: int
    since: datetime


def sleepers(uow: UnitOfWork) -> list[Sleeper]:
    """Return the owners for whom something waits, the longest first."""
    return [
        Sleeper(str(owner), integer(count), int(str(groups)), int(str(many)), instant(since))
        for owner, count, groups, many, since in uow.run(SLEEPERS)
    ]


def recent(uow: UnitOfWork, *, before: int | None, most: int) -> list[Task]:
    """Return tasks, the newest first."""
    return tasks.read_all(uow, RECENT, before=before or 2**62, most=most)


def targets(uow: UnitOfWork, task: int, *, after: int, most: int) -> list[Target]:
    """Return groups or customers of a task behind the row `after`."""
    return [
        Target(
            integer(number),
            str(group),
            str(chat),
            str(name or ""),
            str(status),
            str(reason),
            None if sent is None else instant(sent),
        )
        for number, group, chat, name, status, reason, sent in uow.run(
            TARGETS, task=task, after=after, most=most
        )
    ]


def loose(uow: UnitOfWork, *, most: int) -> list[Loose]:
    """Return drafts that are in no task."""
    return [
        Loose(str(owner), str(digest), str(audience), str(status), integer(count), instant(since))
        for owner, digest, audience, status, count, since in uow.run(LOOSE, most=most)
    ]


def _open(uow: UnitOfWork, task: int, *allowed: SendStatus) -> Task:
    found = tasks.read(uow, task)
    if found is None or found.status not in allowed:
        raise Over(f"task {task}")
    return found


def remind(uow: UnitOfWork, tools: Toolbox, task: int, who: str) -> Task:
    """Have an owner reminded now.

    Raises:
        Over: there is nothing to confirm any more.
        TooOften: the platform takes no more reminders today.
        Night: it is quiet now.
    """
    found = _open(uow, task, SendStatus.CREATED)
    if found.wanted == tasks.CANCEL:
        raise Over(f"task {task}")
    zone = tools.use(Community).zone
    until = quiet_until(tools.use(MassSendSettings).quiet_hours, uow.clock.now(), zone)
    if until is not None:
        raise Night("quiet hours", until=until.astimezone(zone))
    if reminding.used(uow, task) >= REMINDERS_A_DAY:
        raise TooOften(f"task {task}")
    tasks.want(uow, task, tasks.REMIND, who)
    tools.use(Errands).soon(uow, REMIND)
    return found


def cancel(uow: UnitOfWork, tools: Toolbox, task: int, who: str) -> Task:
    """Have a task cancelled: at once when it is not at the platform yet.

    Raises:
        Over: it was confirmed, or is over.
    """
    found = _open(uow, task, *tasks.STOPPABLE)
    tasks.want(uow, task, tasks.CANCEL, who)
    if found.status is SendStatus.DRAFTED:
        tasks.cancel(uow, _open(uow, task, SendStatus.DRAFTED))
    tools.use(Errands).soon(uow, WATCH)
    return found


def adopt(uow: UnitOfWork, tools: Toolbox, task: int, msgid: str, who: str) -> Task:
    """Decide which task at the platform is ours.

    Raises:
        Over: somebody else has decided, or it is none of those that were found.
    """
    found = _open(uow, task, SendStatus.UNCLEAR)
    if msgid not in found.candidates:
        raise Over(f"task {task}: {msgid[:40]!r}")
    creating.record(uow, found, MassSendMade(msgid), who)
    tools.use(Errands).soon(uow, WATCH)
    return found


def make_again(uow: UnitOfWork, tools: Toolbox, task: int, who: str) -> Task:
    """Decide that none of the tasks at the platform is ours, and make one.

    Raises:
        Over: somebody else has decided.
    """
    found = _open(uow, task, SendStatus.UNCLEAR)
    tasks.take_back(uow, found, uow.clock.now())
    audit.record(uow, who, "mass_send.made_again", found.about)
    tools.use(Errands).soon(uow, CREATE)
    return found


def retriable(uow: UnitOfWork, task: int) -> int:
    """Return how many groups or customers of a task could be tried once more."""
    return integer(uow.run(_HOW_MANY_AGAIN, task=task)[0][0])


def retry(uow: UnitOfWork, task: int, who: str) -> int:
    """Draft what a task did not bring once more; return for how many groups or customers.

    Raises:
        Over: there is none.
    """
    again = uow.run(_AGAIN, task=task, now=micros(uow.clock.now()))
    return _audited(uow, len(again), f"task {task}", who)


def retry_loose(uow: UnitOfWork, owner: str, digest: str, audience: str, who: str) -> int:
    """Try once more what the platform allowed no more of; return for how many.

    Raises:
        Over: there is none.
    """
    now = micros(uow.clock.now())
    again = uow.run(_LOOSE_AGAIN, owner=owner, digest=digest, audience=audience, now=now)
    return _audited(uow, len(again), f"over quota, {audience} of {owner}", who)


def _audited(uow: UnitOfWork, count: int, what: str, who: str) -> int:
    if not count:
        raise Over(what)
    audit.record(uow, who, "mass_send.drafted_again", f"{what}: {count} of them")
    return count


def cancel_moment(uow: UnitOfWork, tools: Toolbox, moment: int, who: str) -> int:
    """Have a moment stopped that not everybody has published.

    Raises:
        Over: it is over, or nobody knows whether it is there.
    """
    if not moments.want_cancelled(uow, moment, who):
        raise Over(f"moment {moment}")
    tools.use(Errands).soon(uow, MOMENTS)
    return moment


def count_waiting(uow: UnitOfWork) -> float:
    """Return how many tasks wait for a confirmation."""
    return float(integer(uow.run(WAITING)[0][0]))


def oldest_s(uow: UnitOfWork) -> float:
    """Return for how many seconds the oldest of them has waited, 0 for none."""
    since = uow.run(OLDEST)[0][0]
    return 0.0 if since is None else (uow.clock.now() - instant(since)).total_seconds()
