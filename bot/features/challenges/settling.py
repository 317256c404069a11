"""How a challenge ends: everybody is counted once more, then the winner is named by the rule."""

from datetime import date, datetime, time, timedelta

from bot.commons import audit
from bot.features.challenges import reads, rewarding, service
from bot.features.challenges.reads import View
from bot.features.challenges.rules import DAY, ChallengeSettings, Entry, State, winners
from bot.kernel.clock import instant_of
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

BITE = 50
"""So many members in one unit of work."""

_OVER = Statement(
    "UPDATE challenges SET state = 'settling' WHERE state = 'open' AND last_day < :day RETURNING id"
)
# The row is locked by this on PostgreSQL: two replicas take one bite after the other.
_TAKE = Statement(
    "UPDATE challenges SET state = state WHERE id = (SELECT MIN(id) FROM challenges"
    " WHERE state = 'settling') AND state = 'settling' RETURNING id"
)
_SOME = Statement(
    "SELECT member_id FROM challenge_members WHERE challenge_id = :challenge"
    " AND member_id >= :next ORDER BY member_id LIMIT :most"
)
_ON = Statement("UPDATE challenges SET next_member = :next WHERE id = :challenge")
_CLOSE = Statement("UPDATE challenges SET state = 'closed', closed_at = :now WHERE id = :challenge")
_CUT = Statement(
    "UPDATE challenges SET last_day = :day, state = 'settling' WHERE id = :challenge"
    " AND state = 'open' RETURNING id"
)
_NEXT_END = Statement("SELECT MIN(last_day) FROM challenges WHERE state = 'open'")


class NotOpen(Refusal):
    """The challenge is not as the page showed it."""

    template = "challenges/not_open.txt.j2"


def go_on(uow: UnitOfWork, tools: Toolbox) -> View | bool:
    """Count one bite of a challenge that is over.

    Returns:
        The challenge when it is closed by this; True while there is more to do, else False.
    """
    late = timedelta(minutes=tools.use(ChallengeSettings).settle_after_minutes)
    today = tools.use(Community).day_of(uow.clock.now() - late)
    uow.run(_OVER, day=today.isoformat())
    taken = uow.run(_TAKE)
    view = reads.one(uow, integer(taken[0][0])) if taken else None
    return False if view is None else _count_some(uow, tools, view)


def _count_some(uow: UnitOfWork, tools: Toolbox, view: View) -> View | bool:
    rows = uow.run(_SOME, challenge=view.id, next=view.next_member, most=BITE)
    members = [MemberId(integer(row[0])) for row in rows]
    for member in members:
        service.count(uow, tools, view, member)
    if len(members) == BITE:
        uow.run(_ON, challenge=view.id, next=members[-1] + 1)
        return True
    _name_winners(uow, tools, view)
    uow.run(_CLOSE, challenge=view.id, now=micros(uow.clock.now()))
    return view


def _name_winners(uow: UnitOfWork, tools: Toolbox, view: View) -> None:
    if view.terms.winner is None:
        return
    entries = [
        Entry(part.member, part.days, part.done_at)
        for part in reads.completed(uow, view.id)
        if part.done_at is not None
    ]
    for member in winners(entries, view.terms.winner):
        rewarding.win(uow, tools, view, MemberId(member))


def close_early(uow: UnitOfWork, tools: Toolbox, challenge: int, *, who: str, why: str) -> View:
    """End a challenge with today; what was done by then counts.

    Raises:
        NotOpen: it is not open, or has not begun.
    """
    view, today = reads.held(uow, challenge), tools.use(Community).day_of(uow.clock.now())
    if view is None or view.state is not State.OPEN or view.first > today or not why.strip():
        raise NotOpen(f"challenge {challenge}", needs_why=not why.strip())
    uow.run(_CUT, challenge=challenge, day=min(today, view.last).isoformat())
    audit.record(uow, who, "challenges.closed", f"challenge {view.number} early: {why.strip()}")
    return view


def next_end(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when the next challenge is counted."""
    found = uow.run(_NEXT_END)[0][0]
    if found is None:
        return None
    late = timedelta(minutes=tools.use(ChallengeSettings).settle_after_minutes)
    begins = datetime.combine(date.fromisoformat(str(found)) + DAY, time())
    at = instant_of(begins, tools.use(Community).zone) + late
    return at if at > after else None
