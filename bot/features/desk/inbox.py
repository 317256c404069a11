"""The inbox: who waits for a human, in the order in which it should be worked off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.commons import cases, clocks
from bot.features.desk.heads import head, sleeps_until, snoozed
from bot.features.desk.rules import (
    ENDED_DAYS,
    ON_A_PAGE,
    WORDS_SHOWN,
    Listed,
    Show,
    in_order,
    is_hers,
    may_act,
    waits_since,
)
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.transcript import Speaker, Transcript
from bot.kernel.words import cut_chars
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague
from bot.storage.columns import integer

_WANT_SOMEBODY = Statement(
    "SELECT count(*) FROM cases WHERE state IN ('new', 'assigned', 'accepted')"
)
_WANT_HER = Statement(
    "SELECT count(*) FROM cases WHERE state IN ('new', 'assigned', 'accepted')"
    " AND advisor IN (:who, '')"
)
_STEPS = Statement("SELECT max(id) FROM case_steps")
_HEARD = Statement("SELECT count(*), max(heard_at) FROM cases WHERE state <> 'closed'")
_A_MOMENT = timedelta(minutes=1)  # what ends now is among those that have ended
_MOST_OPEN = 2000
_LOOKED_BACK = 6
_URGENT = 0.8
_OPEN = frozenset({Show.ALL, Show.MINE, Show.FREE, Show.WAITING})


def number_waiting(uow: UnitOfWork, _tools: Toolbox, who: Colleague) -> int:
    """Return how many cases want a word of hers: given to her, or to nobody."""
    return integer(uow.run(_WANT_HER, who=who.userid)[0][0])


def all_waiting(uow: UnitOfWork) -> float:
    """Return how many cases want a word of a human, whoever that is."""
    return float(integer(uow.run(_WANT_SOMEBODY)[0][0]))


def mark(uow: UnitOfWork, _tools: Toolbox, _asked: Asked) -> str:
    """Return what changes with everything that the inbox shows."""
    return repr((uow.run(_STEPS)[0], tuple(uow.run(_HEARD)[0])))


def page(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object]:
    """Return a page of the inbox."""
    show = _shown(asked)
    found = _found(uow, asked.who)
    listed = _in_order(uow, found[show]) if show in _OPEN else [_bare(one) for one in found[show]]
    skip = number_in(asked.fields.get("skip", "")) or 0
    rows = listed[skip : skip + ON_A_PAGE]
    return {
        "show": show.value,
        "counts": {one.value: len(held) for one, held in found.items()},
        "rows": [_row(uow, tools, one, asked.who) for one in rows],
        "now": uow.clock.now(),
        "zone": tools.use(Community).zone,
        "next": skip + ON_A_PAGE if skip + len(rows) < len(listed) else 0,
        "before": skip,
    }


def _shown(asked: Asked) -> Show:
    said = asked.fields.get("show", "")
    return Show(said) if said in set(Show) else Show.ALL


def _found(uow: UnitOfWork, who: Colleague) -> Mapping[Show, Sequence[cases.Case]]:
    """Return the cases of each filter."""
    now = uow.clock.now()
    held = cases.with_humans(uow, most=_MOST_OPEN)
    return {
        Show.ALL: held,
        Show.MINE: [one for one in held if is_hers(one, who)],
        Show.FREE: [one for one in held if not one.advisor],
        Show.WAITING: [one for one in held if one.state is cases.State.WAITING],
        Show.UNREASONED: [
            one for one in cases.resolved(uow) if one.code == cases.Ending.AT_PLATFORM
        ],
        Show.ENDED: cases.ended(uow, now - timedelta(days=ENDED_DAYS), now + _A_MOMENT),
    }


def _in_order(uow: UnitOfWork, held: Sequence[cases.Case]) -> Sequence[Listed]:
    now, due, asleep = uow.clock.now(), clocks.dues(uow), snoozed(uow)
    return in_order(
        _listed(one, due.get(one.id), now, sleeps_until(one, asleep, now)) for one in held
    )


def _listed(
    case: cases.Case, due: clocks.Due | None, now: datetime, until: datetime | None
) -> Listed:
    if due is None:
        return Listed(case, None, is_late=False, is_urgent=False, snoozed_until=until)
    urgent = due.share(now) >= _URGENT
    return Listed(case, due.at, is_late=due.at <= now, is_urgent=urgent, snoozed_until=until)


def _bare(case: cases.Case) -> Listed:
    return Listed(case, None, is_late=False, is_urgent=False, snoozed_until=None)


def _row(uow: UnitOfWork, tools: Toolbox, one: Listed, who: Colleague) -> Mapping[str, object]:
    case, now = one.case, uow.clock.now()
    said = tools.use(Transcript).latest(uow, case.member, most=_LOOKED_BACK)
    waits = waits_since(case)
    last = next((one for one in reversed(said) if one.by is not Speaker.BOT), None)
    if case.in_group or last is None:
        words = [each.words for each in cases.evidence_of(uow, case.id) if each.words]
        last_words, by = (words[-1] if words else ""), Speaker.MEMBER.value
    else:
        last_words, by = last.words or last.kind, last.by.value
    return {
        **head(uow, tools, case),
        "mine": is_hers(case, who),
        "may_act": may_act(case, who),
        "last": cut_chars(last_words.replace("\n", " "), WORDS_SHOWN),
        "last_by": by,
        "last_kind": last.kind if last else "text",
        "waits_s": max(0.0, (now - waits).total_seconds()) if waits else None,
        "due_at": one.due_at,
        "is_late": one.is_late,
        "is_urgent": one.is_urgent,
        "snoozed_until": one.snoozed_until,
    }
