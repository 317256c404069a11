"""Finds what is stuck, also after restarts: nothing here relies on an event having been heard.

Each of them is put right, and stands in the history of the case as `mended`.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from bot.commons import cases, duty, reception
from bot.commons.cases import Case, Did, State
from bot.commons.clocks import book
from bot.commons.clocks.book import Clock
from bot.commons.clocks.rules import Stop, Timer
from bot.commons.reception import Owner
from bot.features.clocks import people, service
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer

_OURS = frozenset({State.ASSIGNED, State.ACCEPTED})
"""It is our turn."""
_OPEN = "('new', 'assigned', 'accepted', 'waiting')"
_SILENCING = "(" + ", ".join(f"'{kind}'" for kind in cases.Kind if kind.silences) + ")"
_RUNS = "EXISTS (SELECT 1 FROM case_clocks k WHERE k.case_id = c.id AND k.stopped_at IS NULL"
_ASTRAY = Statement(
    f"SELECT c.id FROM cases c WHERE c.state IN {_OPEN} AND ("
    f"(c.answered_at IS NULL AND NOT {_RUNS} AND k.timer = 'first'))"
    f" OR (c.answered_at IS NOT NULL AND {_RUNS} AND k.timer = 'first'))"
    f" OR (c.state <> 'waiting' AND c.heard_at > c.spoke_at"
    f" AND (NOT {_RUNS} AND k.timer = 'next') OR {_RUNS} AND k.paused_at IS NOT NULL)))"
    f" OR (c.state = 'waiting' AND {_RUNS} AND (k.timer = 'next'"
    f" OR (k.timer = 'resolve' AND k.paused_at IS NULL))))"
    f" OR (c.state <> 'waiting' AND NOT {_RUNS} AND k.timer = 'resolve'))"
    f" OR ((c.kind = 'safety' OR c.severity >= {cases.GRAVEST})"
    f" AND NOT {_RUNS} AND k.timer = 'word'))"
    f" OR {_RUNS} AND k.times_opened <> c.times_opened AND substr(k.timer, 1, 8) <> 'promise:')"
    ") ORDER BY c.id LIMIT 200"
)
_ASKED_NOW = Statement(
    "SELECT DISTINCT advisor FROM cases WHERE state IN ('assigned', 'accepted') AND advisor <> ''"
)
_LOST_OWNERS = Statement(
    "SELECT o.member_id, o.case_id FROM conversation_owners o LEFT JOIN cases c"
    " ON c.id = o.case_id AND c.member_id = o.member_id"
    f" AND c.state IN {_OPEN}"
    " WHERE c.id IS NULL ORDER BY o.member_id LIMIT 200"
)
_WITHOUT_OWNER = Statement(
    "SELECT c.id FROM cases c LEFT JOIN conversation_owners o ON o.member_id = c.member_id"
    f" WHERE c.state IN {_OPEN} AND c.in_group = '' AND c.kind IN {_SILENCING}"
    " AND o.member_id IS NULL ORDER BY c.id LIMIT 200"
)
_RAN_ON = Statement(
    "SELECT DISTINCT k.case_id FROM case_clocks k LEFT JOIN cases c ON c.id = k.case_id"
    f" AND c.state IN {_OPEN}"
    " WHERE k.stopped_at IS NULL AND c.id IS NULL AND substr(k.timer, 1, 8) <> 'promise:'"
    " ORDER BY k.case_id LIMIT 200"
)
_SETTLED = Statement(
    "SELECT DISTINCT k.case_id FROM case_clocks k WHERE k.stopped_at IS NULL"
    " AND EXISTS (SELECT 1 FROM case_promises p WHERE p.case_id = k.case_id"
    " AND p.ended_at IS NOT NULL AND k.timer = 'promise:' || p.id) ORDER BY k.case_id LIMIT 200"
)
_UNWATCHED = Statement(
    "SELECT DISTINCT p.case_id FROM case_promises p"
    " WHERE p.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM case_clocks k"
    " WHERE k.case_id = p.case_id AND k.stopped_at IS NULL AND k.timer = 'promise:' || p.id)"
    " ORDER BY p.case_id LIMIT 200"
)


def mend(uow: UnitOfWork, tools: Toolbox) -> None:
    """Put right whatever is stuck."""
    uow.take_turns({"clocks.sweep"})
    for number in _numbers(uow, _RAN_ON):
        service.end(uow, tools, number)
    for number in _numbers(uow, _ASTRAY):
        if (case := cases.get(uow, number)) is not None:
            _wind_up(uow, tools, case, book.running_of(uow, case.id))
    for number in _numbers(uow, _SETTLED):
        service.settle_promises(uow, tools, number, book.running_of(uow, number))
    for number in _numbers(uow, _UNWATCHED):
        _watch_promises(uow, tools, number)
    _mend_owners(uow, tools)
    relieve(uow, tools)


def _numbers(uow: UnitOfWork, statement: Statement) -> Sequence[int]:
    return [integer(row[0]) for row in uow.run(statement)]


def _wind_up(uow: UnitOfWork, tools: Toolbox, case: Case, clocks: Sequence[Clock]) -> None:
    """Start the clocks that a case should have, and stop those that it should not."""
    stale = [one for one in clocks if _is_stale(one, case)]
    service.stop(uow, tools, stale, uow.clock.now(), Stop.ENDED)
    here = {one.timer for one in clocks if one not in stale}
    if case.answered_at is not None and Timer.FIRST in here:
        first = [one for one in clocks if one.timer is Timer.FIRST and one not in stale]
        service.stop(uow, tools, first, case.answered_at, Stop.ANSWERED)
    if case.spoke_at is not None:
        _take_turns(uow, tools, case, [one for one in clocks if one not in stale])
    for timer, at in _expected(case):
        for each in service.begin(uow, tools, case, [timer], at) if timer not in here else ():
            cases.step(uow, case, "bot", Did.MENDED, f"clock {each}")


def _take_turns(uow: UnitOfWork, tools: Toolbox, case: Case, clocks: Sequence[Clock]) -> None:
    """Let clocks stand still, and go on, as it is her turn or ours."""
    spoke_at = case.spoke_at or case.opened_at
    still = {one.timer for one in clocks if one.paused_at is not None}
    runs = {one.timer for one in clocks} - still
    if case.state is State.WAITING and runs & {Timer.NEXT, Timer.RESOLVE}:
        service.answered(uow, tools, case, spoke_at)
    elif _is_our_turn(case, spoke_at) and (still or Timer.NEXT not in runs):
        service.heard(uow, tools, case, case.heard_at)
    else:
        return
    cases.step(uow, case, "bot", Did.MENDED, "turn")


def _is_our_turn(case: Case, spoke_at: datetime) -> bool:
    return case.state is not State.WAITING and case.heard_at > spoke_at


def _is_stale(clock: Clock, case: Case) -> bool:
    return clock.timer is not Timer.PROMISE and clock.times_opened != case.times_opened


def _expected(case: Case) -> Sequence[tuple[Timer, datetime]]:
    """Return the clocks that a case has in its state, and since when; its level may lack some."""
    found = [(Timer.WORD, case.spoke_at or case.opened_at)]
    if case.answered_at is None:
        found.append((Timer.FIRST, case.opened_at))
    if case.state is not State.WAITING:
        found.append((Timer.RESOLVE, case.opened_at))
    return found


def _watch_promises(uow: UnitOfWork, tools: Toolbox, number: int) -> None:
    case = cases.get(uow, number)
    for promise in cases.promises_of(uow, number):
        if case is not None and promise.ended_at is None:
            service.promised(uow, tools, case, promise)


def _mend_owners(uow: UnitOfWork, tools: Toolbox) -> None:
    """Give conversations back whose case is over, and take those of cases that are open."""
    for member, number in uow.run(_LOST_OWNERS):
        reception.let_go(uow, MemberId(integer(member)))
        if (case := cases.get(uow, integer(number))) is not None:
            cases.step(uow, case, "bot", Did.MENDED, "owner_left")
    for number in _numbers(uow, _WITHOUT_OWNER):
        case = cases.get(uow, number)
        if case is not None:
            owner = Owner.PENDING if case.accepted_at is None else Owner.HUMAN
            advisor = "" if case.accepted_at is None else case.advisor
            reception.take(uow, tools, case.member, case.id, owner, advisor=advisor)
            cases.step(uow, case, "bot", Did.MENDED, "owner_lost")


def relieve(uow: UnitOfWork, tools: Toolbox, *, only: str = "") -> int:
    """Give cases to others whose advisor is not on duty while it is our turn; return how many.

    Not where nobody else is there, where she is back before it is due, or where she writes in the
    platform's own app. What waits for the member stays hers until the member writes. Whoever is
    asked and stands in the configuration no more never takes it.

    Args:
        uow: the unit of work.
        tools: the toolbox.
        only: userid of an advisor; empty for all of them.
    """
    standings = reception.present(uow, tools)
    asked = (people.find(standings, str(row[0])) for row in uow.run(_ASKED_NOW))
    if not any(one.on_duty for one in standings) or all(one and one.on_duty for one in asked):
        return 0
    moved = 0
    for case in cases.with_humans(uow):
        if case.state not in _OURS:
            continue
        one = people.find(standings, case.advisor)
        if one is None:
            if only or not case.advisor or case.accepted_at is not None:
                continue  # whoever has taken it writes to her, be she none of our advisors
        elif one.on_duty or (only and not one.is_called(only)) or _is_hers(uow, case, one):
            continue
        with suppress(cases.NoCase), uow.attempt():
            moved += bool(people.ask_another(uow, tools, case, "absent"))
    return moved


def _is_hers(uow: UnitOfWork, case: Case, one: duty.Standing) -> bool:
    """Return whether an advisor who is not on duty keeps a case all the same."""
    owned = reception.owner_of(uow, case.member)
    if case.accepted_at is not None and owned is not None and owned.at_platform:
        return not one.is_gone
    due = next((c for c in book.running_of(uow, case.id) if c.paused_at is None), None)
    return one.next_on is not None and due is not None and one.next_on < due.marks.due_at
