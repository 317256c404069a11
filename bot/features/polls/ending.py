"""How a poll ends: counted, called off, and points given back where nothing was decided."""

from datetime import datetime

from bot.commons import audit, points
from bot.features.polls.reads import PollView, held, outcome_json, votes
from bot.features.polls.rules import Outcome, State, Terms, Verdict, decide
from bot.features.polls.service import SPENT_ON
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant, integer, micros

_BITE = 100
"""So many members get their points back in one unit of work."""
_UNDECIDED = frozenset({Verdict.NO_GOAL, Verdict.NO_QUORUM, Verdict.TIED, Verdict.CALLED_OFF})

_ENDED = Statement(
    "SELECT id FROM polls WHERE state = 'open' AND closes_at IS NOT NULL AND closes_at <= :before"
    " ORDER BY closes_at, id LIMIT 1"
)
_COUNTED = Statement(
    "UPDATE polls SET state = :state, outcome = :outcome, closed_at = :now"
    " WHERE id = :poll AND state = 'open' RETURNING id"
)
_REFUNDING = Statement("SELECT id FROM polls WHERE state = 'refunding' ORDER BY id LIMIT 1")
_PAID = Statement(
    "SELECT member_id, paid FROM ballots WHERE poll_id = :poll AND paid > 0"
    " ORDER BY member_id LIMIT :most"
)
_GIVEN_BACK = Statement("UPDATE ballots SET paid = 0 WHERE poll_id = :poll AND member_id = :member")
_CLOSE = Statement("UPDATE polls SET state = 'closed' WHERE id = :poll")
_NEXT_END = Statement(
    "SELECT min(closes_at) FROM polls WHERE state = 'open' AND closes_at > :after"
)


class NotThere(Refusal):
    """The poll is not as the page showed it."""

    template = "polls/not_there.txt.j2"


def count_next(uow: UnitOfWork, before: datetime) -> tuple[PollView, Outcome] | None:
    """Count a poll that ended before an instant; None when none has."""
    rows = uow.run(_ENDED, before=micros(before))
    if not rows:
        return None
    found = held(uow, integer(rows[0][0]))
    if found is None or found.state is not State.OPEN:
        return None  # another replica was quicker
    return found, _count(uow, found)


def _count(uow: UnitOfWork, found: PollView, verdict: Verdict | None = None) -> Outcome:
    terms = Terms(len(found.options), found.quorum, found.tie, found.goal_points)
    outcome = decide(votes(uow, found.id), terms)
    if verdict is not None:
        outcome = Outcome(verdict, outcome.counts, (), outcome.voters, outcome.paid)
    gives_back = outcome.paid and outcome.verdict in _UNDECIDED
    uow.run(
        _COUNTED,
        poll=found.id,
        state=State.REFUNDING if gives_back else State.CLOSED,
        outcome=outcome_json.dump_json(outcome).decode(),
        now=micros(uow.clock.now()),
    )
    return outcome


def call_off(uow: UnitOfWork, number: int, *, who: str, why: str) -> PollView:
    """End a poll without a decision; what ballots have cost goes back.

    Raises:
        NotThere: it is not open.
    """
    found = held(uow, number)
    if found is None or found.state is not State.OPEN:
        raise NotThere(f"poll {number}")
    _count(uow, found, Verdict.CALLED_OFF)
    audit.record(uow, who, "polls.called_off", f"poll {number}: {why}")
    return found


def close_now(uow: UnitOfWork, number: int, *, who: str) -> PollView:
    """Count a poll before its end, or one that has no end.

    Raises:
        NotThere: it is not open.
    """
    found = held(uow, number)
    if found is None or found.state is not State.OPEN:
        raise NotThere(f"poll {number}")
    _count(uow, found)
    audit.record(uow, who, "polls.closed", f"poll {number} before its time")
    return found


def give_back(uow: UnitOfWork) -> bool:
    """Give some voters of a poll that decided nothing their points; True while there are more."""
    rows = uow.run(_REFUNDING)
    if not rows:
        return False
    number = integer(rows[0][0])
    paid = uow.run(_PAID, poll=number, most=_BITE)
    for row in paid:
        member, amount = MemberId(integer(row[0])), integer(row[1])
        key = f"poll-refund:{number}:{member}"
        points.award(uow, member, amount, reason=SPENT_ON, key=key)
        uow.run(_GIVEN_BACK, poll=number, member=member)
    if len(paid) < _BITE:
        uow.run(_CLOSE, poll=number)
    return True


def next_end(uow: UnitOfWork, after: datetime) -> datetime | None:
    """Return when the next poll ends; None for never."""
    at = uow.run(_NEXT_END, after=micros(after))[0][0]
    return None if at is None else instant(at)
