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
_FAR = timedelta(days=366)
_MOST_OPEN = 2000
_LOOKED_BACK = 6
_URGENT = 0.8


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
    found = {one: _in(uow, one, asked.who) for one in Show}
    skip = number_in(asked.fields.get("skip", "")) or 0
    rows = found[show][skip : skip + ON_A_PAGE]
    left = len(found[show]) - skip - len(rows)
    return {
        "show": show.value,
        "counts": {one.value: len(listed) for one, listed in found.items()},
        "rows": [_row(uow, tools, one, asked.who) for one in rows],
        "now": uow.clock.now(),
        "zone": tools.use(Community).zone,
        "next": skip + ON_A_PAGE if left > 0 else 0,
        "before": skip,
    }


def _shown(asked: Asked) -> Show:
    said = asked.fields.get("show", "")
    return Show(said) if said in set(Show) else Show.ALL


def _in(uow: UnitOfWork, show: Show, who: Colleague) -> Sequence[Listed]:
    now = uow.clock.now()
    if show is Show.ENDED:
        ended = cases.ended(uow, now - timedelta(days=ENDED_DAYS), now + _FAR)
        return [_listed(one) for one in ended]
    if show is Show.UNREASONED:
        without = [one for one in cases.resolved(uow) if one.code == cases.Ending.AT_PLATFORM]
        return [_listed(one) for one in without]
    held = [one for one in cases.with_humans(uow, most=_MOST_OPEN) if _is_in(one, show, who)]
    due, asleep = clocks.dues(uow), snoozed(uow)
    return in_order(
        _listed(one, due.get(one.id), now, sleeps_until(one, asleep, now)) for one in held
    )


def _listed(
    case: cases.Case,
    due: clocks.Due | None = None,
    now: datetime | None = None,
    until: datetime | None = None,
) -> Listed:
    if due is None or now is None:
        return Listed(case, None, is_late=False, is_urgent=False, snoozed_until=until)
    urgent = due.share(now) >= _URGENT
    return Listed(case, due.at, is_late=due.at <= now, is_urgent=urgent, snoozed_until=until)


def _is_in(case: cases.Case, show: Show, who: Colleague) -> bool:
    match show:
        case Show.MINE:
            return is_hers(case, who)
        case Show.FREE:
            return not case.advisor
        case Show.WAITING:
            return case.state is cases.State.WAITING
        case _:
            return True


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
        "snoozed_until": one.snoozed_until
        if one.snoozed_until and one.snoozed_until > now
        else None,
    }
