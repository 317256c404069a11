"""Who is asked at a node, and why not; the night is kept, and nobody is asked too often."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.commons import cases, members, orders, outreach, ratings, reception
from bot.commons.content import Shelf
from bot.commons.outreach import Letter, Purpose, Told
from bot.commons.ratings import Node, Skipped, Stage, minisurveys
from bot.commons.ratings.minisurveys import MiniSurvey
from bot.features.minisurveys.matter import MiniSurveys, NodeRow
from bot.features.minisurveys.rules import (
    AHEAD,
    LATE,
    TALKING,
    Candidate,
    by_day,
    is_rested,
    rehearse,
)
from bot.kernel.clock import is_day
from bot.kernel.community import Community
from bot.kernel.ports import LastHeard
from bot.kernel.work import Toolbox, UnitOfWork

BITE = 50
MOST_AHEAD = 200
"""So many of each node are looked at for a rehearsal."""


def book(uow: UnitOfWork, tools: Toolbox) -> MiniSurveys | None:
    """Return the file; None while it is absent or has a mistake, and nobody is asked."""
    return tools.use(Shelf).at_hand(uow.clock.now()).library.table(MiniSurveys)


def ask_due(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Ask whoever is to be asked; True when there may be more."""
    file, now = book(uow, tools), uow.clock.now()
    if file is None or not is_day(now.astimezone(tools.use(Community).zone)):
        return False
    more = False
    for node in Node:
        row = file.row(node)
        if row is None or not row.on:
            continue
        found = minisurveys.due(uow, node, now - file.after(node), now, most=BITE)
        uow.take_turns({ratings.turn_of(one.member) for one in found})
        for one in found:
            _ask(uow, tools, one, row, file)
        more = more or len(found) == BITE
    return more


def next_due(uow: UnitOfWork, tools: Toolbox, after: datetime) -> datetime | None:
    """Return when somebody is asked next."""
    file, zone = book(uow, tools), tools.use(Community).zone
    found: list[datetime] = []
    for node in Node:
        row = file.row(node) if file else None
        if file is None or row is None or not row.on:
            continue
        delay = file.after(node)
        # at night those wait, too, whose moment has come
        since = after - delay if is_day(after.astimezone(zone)) else after - delay - LATE
        if (at := minisurveys.next_at(uow, node, since)) is not None:
            found.append(by_day(max(at + delay, after), zone))
    return min(found, default=None)


def _ask(uow: UnitOfWork, tools: Toolbox, one: MiniSurvey, row: NodeRow, file: MiniSurveys) -> None:
    now = uow.clock.now()
    is_late = now - (one.at + file.after(one.node)) > LATE
    why = Skipped.LATE if is_late else _too_often(uow, one, now, file) or why_not(uow, tools, one)
    if why is not None:
        minisurveys.skip(uow, one, why)
    elif (until := _talks_until(uow, tools, one)) is not None:
        minisurveys.rest(uow, one, until)
    else:
        _send(uow, tools, one, row)


def _too_often(
    uow: UnitOfWork, one: MiniSurvey, now: datetime, file: MiniSurveys
) -> Skipped | None:
    last = ratings.last_asked(uow, one.member)
    return None if is_rested(last, now, file.fatigue_days) else Skipped.LATELY


def why_not(uow: UnitOfWork, tools: Toolbox, one: MiniSurvey) -> Skipped | None:
    """Return what stands against asking her as things are now, besides having been asked lately."""
    order = orders.get(uow, one.order)
    if order is None or not order.counts or order.member != one.member:
        return Skipped.RETURNED
    if reception.owner_of(uow, one.member) or cases.is_upset(uow, one.member):
        return Skipped.HUMAN
    if members.erasure_due_at(uow, one.member) is not None:
        return Skipped.QUIET
    if not outreach.wants(uow, one.member, Purpose.OFFER):
        return Skipped.QUIET
    return None if outreach.ways(uow, tools, one.member) else Skipped.NO_WAY


def _talks_until(uow: UnitOfWork, tools: Toolbox, one: MiniSurvey) -> datetime | None:
    """Return until when she is left to what she is just doing with us; None when it is nothing."""
    now, heard_by = uow.clock.now(), tools.use(LastHeard)
    names = members.identities_of(uow, one.member)
    heard = (heard_by(uow, name.channel, name.identity) for name in names)
    latest = max((update.at for update in heard if update is not None), default=None)
    return None if latest is None or latest <= now - TALKING else latest + TALKING


def _send(uow: UnitOfWork, tools: Toolbox, one: MiniSurvey, row: NodeRow) -> None:
    way = outreach.ways(uow, tools, one.member)[0]
    key, questions = f"minisurveys:{one.id}", [each.model_dump() for each in row.questions]
    if not minisurveys.ask(uow, one, questions, key=key, way=(way.channel, way.identity)):
        return
    data = {"node": one.node.value, "intro": row.intro, "questions": questions}
    letter = Letter(key, "小问卷", Purpose.OFFER, "minisurveys/letter.txt.j2", data)
    told = outreach.tell(uow, tools, one.member, letter)
    if told is not Told.QUEUED:
        why = Skipped.NO_WAY if told is Told.NO_WAY else Skipped.QUIET
        minisurveys.skip(uow, one, why, was=Stage.ASKED)


def ahead(
    uow: UnitOfWork, tools: Toolbox, file: MiniSurveys, *, also_off: bool
) -> Sequence[tuple[Candidate[MiniSurvey], str]]:
    """Return who comes up in the next days by what is known now, each with why she is not asked.

    Args:
        uow: the unit of work.
        tools: of the room.
        file: what is asked.
        also_off: as if the nodes that are off were on.
    """
    now, zone = uow.clock.now(), tools.use(Community).zone
    found: list[Candidate[MiniSurvey]] = []
    for node in Node:
        row = file.row(node)
        if row is None or not (row.on or also_off):
            continue
        after = file.after(node)
        for one in minisurveys.due(uow, node, now + AHEAD - after, now + AHEAD, most=MOST_AHEAD):
            if now - (one.at + after) <= LATE:
                at = by_day(max(now, one.at + after), zone)
                found.append(Candidate(one, one.member, at))
    last: Mapping[int, datetime | None] = {
        each.member: ratings.last_asked(uow, each.one.member) for each in found
    }
    return [
        *rehearse(
            found,
            last,
            file.fatigue_days,
            lambda each: why_not(uow, tools, each.one) or "",
            lately=Skipped.LATELY,
        )
    ]
