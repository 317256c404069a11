"""How places are given out: to who comes first, by lot, by an operator, from the waiting list.

Whoever gives out a place holds the trial's row (`reads.held`), so that no two give the last one.
"""

from datetime import timedelta

from bot.commons import audit, members
from bot.features.trials.reads import Application, TrialView, application, counts, held, listed
from bot.features.trials.rules import State, TrialSettings, drawn
from bot.features.trials.telling import tell
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_MOST = 1_000_000
_NEXT = Statement(
    "UPDATE trial_applications SET state = 'accepted', decided_at = :now, told = 0, asked = 0"
    " WHERE id = (SELECT id FROM trial_applications WHERE trial_id = :trial"
    " AND state = 'waiting' ORDER BY place, id LIMIT 1) RETURNING id"
)
_FREE = Statement(
    "SELECT t.id FROM trials t WHERE t.state <> 'withdrawn' AND t.pick <> 'operator'"
    " AND EXISTS (SELECT 1 FROM trial_applications a WHERE a.trial_id = t.id"
    " AND a.state = 'waiting')"
    " AND (SELECT COUNT(*) FROM trial_applications a WHERE a.trial_id = t.id"
    " AND a.state = 'accepted') < t.quota ORDER BY t.id"
)
_TO_DRAW = Statement(
    "SELECT id FROM trials WHERE pick = 'draw' AND state = 'open' AND closes_at <= :before"
    " ORDER BY closes_at, id LIMIT 1"
)
_PUT = Statement(
    "UPDATE trial_applications SET state = :state, place = :place, decided_at = :now, told = 0"
    " WHERE id = :application AND state = 'pending'"
)
_DRAWN = Statement(
    "UPDATE trials SET state = 'drawn' WHERE id = :trial AND state = 'open' RETURNING id"
)
_CHOOSE = Statement(
    "UPDATE trial_applications SET state = :state, place = :place, decided_at = :now,"
    " told = 0, asked = 0"
    " WHERE id = :application AND state IN ('pending', 'waiting', 'declined', 'accepted')"
    " AND state <> :state AND handed_at IS NULL RETURNING member_id"
)
_HAND = Statement(
    "UPDATE trial_applications SET handed_at = :now, handed_by = :who"
    " WHERE id = :application AND state = 'accepted' AND handed_at IS NULL RETURNING member_id"
)
_UNHAND = Statement(
    "UPDATE trial_applications SET handed_at = NULL, handed_by = '' WHERE id = :application"
    " AND handed_at IS NOT NULL AND asked = 0 RETURNING member_id"
)


class NotDone(Refusal):
    """It is not as the page showed it, or no place is left; nothing was written."""

    template = "trials/not_done.txt.j2"

    def __init__(self, why: str) -> None:
        super().__init__(why, why=why)


def fill(uow: UnitOfWork, tools: Toolbox, found: TrialView) -> list[MemberId]:
    """Give free places to those who wait, in their order, and tell them.

    Where an operator picks, she does that too.
    """
    if found.pick == "operator":
        return []
    free = found.quota - counts(uow, found.id)[State.ACCEPTED]
    promoted: list[MemberId] = []
    while len(promoted) < free and (rows := uow.run(_NEXT, trial=found.id, now=_now(uow))):
        one = application(uow, integer(rows[0][0]))
        if one is not None:
            enter(uow, found, one.member)
            tell(uow, tools, one)
            audit.record(uow, "bot", "trials.promoted", f"trial {found.id}", member=one.member)
            promoted.append(one.member)
    return promoted


def fill_all(uow: UnitOfWork, tools: Toolbox) -> None:
    """Give out places that somebody left who deleted her data, or became one with another."""
    for row in uow.run(_FREE):
        found = held(uow, integer(row[0]))
        if found is not None:
            fill(uow, tools, found)


def enter(uow: UnitOfWork, found: TrialView, member: MemberId) -> None:
    """Give a member what being in a trial brings."""
    if found.tag:
        members.tag(uow, member, found.tag, who="bot", why=f"trial {found.id}")


def leave(uow: UnitOfWork, found: TrialView, member: MemberId) -> None:
    """Take from a member what being in a trial has given her."""
    if found.tag:
        members.untag(uow, member, found.tag, who="bot", why=f"trial {found.id}")


def draw_next(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Draw a trial whose time is over; False when there is none.

    Lots are reproducible: `rules.lot` of the seed, said beforehand, and each number.
    """
    late = timedelta(seconds=tools.use(TrialSettings).draw_after_s)
    rows = uow.run(_TO_DRAW, before=micros(uow.clock.now() - late))
    found = held(uow, integer(rows[0][0])) if rows else None
    if found is None or not uow.run(_DRAWN, trial=found.id):
        return False
    waiting = [one for one in listed(uow, found.id, most=_MOST) if one.state is State.PENDING]
    who = {one.id: one.member for one in waiting}
    for place, number in enumerate(drawn(found.seed, who)):
        is_in = place < found.quota
        state = State.ACCEPTED if is_in else State.WAITING
        uow.run(_PUT, application=number, state=state, place=place, now=_now(uow))
        if is_in:
            enter(uow, found, who[number])
    audit.record(uow, "bot", "trials.drawn", f"trial {found.id}, {len(waiting)} lots")
    return True


def choose(uow: UnitOfWork, number: int, state: State, *, who: str) -> Application:
    """Accept, decline, or put back on the waiting list; she is told a little later.

    Raises:
        NotDone: no place is left, it was handed out, or it is not as the page showed it.
    """
    one = application(uow, number)
    found = held(uow, one.trial) if one else None
    if one is None or found is None:
        raise NotDone("changed")
    if state is State.ACCEPTED and counts(uow, found.id)[State.ACCEPTED] >= found.quota:
        raise NotDone("full")
    place = _now(uow) if state is State.WAITING else one.place  # who goes back, goes to the end
    if not uow.run(_CHOOSE, application=number, state=state, place=place, now=_now(uow)):
        raise NotDone("changed")
    if state is State.ACCEPTED:
        enter(uow, found, one.member)
    else:
        leave(uow, found, one.member)
    audit.record(uow, who, f"trials.{state}", f"trial {found.id}", member=one.member)
    return one


def hand(uow: UnitOfWork, number: int, *, who: str, undo: bool = False) -> None:
    """Note that a member has got it, or take the note back while she was not asked how it was.

    Raises:
        NotDone: it is not as the page showed it.
    """
    if undo:
        rows = uow.run(_UNHAND, application=number)
    else:
        rows = uow.run(_HAND, application=number, now=_now(uow), who=who)
    if not rows:
        raise NotDone("changed")
    what = "trials.not_handed" if undo else "trials.handed"
    audit.record(uow, who, what, f"application {number}", member=MemberId(integer(rows[0][0])))


def _now(uow: UnitOfWork) -> int:
    return micros(uow.clock.now())
