"""Whom to ask instead: somebody who is there, and not always the same."""

from collections.abc import Sequence

from bot.commons import cases, duty, reception
from bot.commons.cases import Case
from bot.commons.clocks import book, levels
from bot.kernel.work import Toolbox, UnitOfWork


def find(standings: Sequence[duty.Standing], advisor: str) -> duty.Standing | None:
    """Return how an advisor stands; None for somebody who is none of ours."""
    return next((one for one in standings if one.is_called(advisor)), None)


def ask_another(uow: UnitOfWork, tools: Toolbox, case: Case, why: str) -> str:
    """Give a case to somebody who is on duty: who was not asked yet, else who has it not now.

    Her deputy comes first where she has one. Return whom; empty when nobody else is there.
    """
    standings, cannot_wait = reception.present(uow, tools), _cannot_wait(uow, tools, case)
    there = {one.userid for one in standings if one.on_duty and (cannot_wait or not one.is_full)}
    has_it = find(standings, case.advisor)
    asked = {_userid(standings, name) for name in book.asked(uow, case)}
    now = {has_it.userid} if has_it else {case.advisor}
    for without in (asked | now, now):
        if not (able := there - without):
            continue
        deputy = has_it.deputy if has_it else ""
        if deputy in able:
            cases.assign(uow, case.id, deputy, who="bot", why=why)
            return deputy
        others = {one.userid for one in standings if one.userid not in able}
        if found := reception.assign(uow, tools, case, why=why, without=others):
            return found
    return ""


def ask_supervisor(uow: UnitOfWork, tools: Toolbox, case: Case, *, gives: bool) -> tuple[str, bool]:
    """Choose the supervisor who is told, and give her the case where she may take it.

    Return her userid, empty when none is there, and whether the case is hers now: not when she
    was asked before, or has enough.
    """
    there = [one for one in reception.present(uow, tools) if one.on_duty and one.is_supervisor]
    there.sort(key=lambda one: (one.open_cases, one.userid))
    asked = {*book.asked(uow, case), case.advisor}
    fresh = [one for one in there if not any(map(one.is_called, asked))]
    free = [one for one in fresh if not one.is_full or _cannot_wait(uow, tools, case)]
    if gives and free:
        cases.assign(uow, case.id, free[0].userid, who="bot", why="escalated")
        return free[0].userid, True
    return next((one.userid for one in (*fresh, *there)), ""), False


def _cannot_wait(uow: UnitOfWork, tools: Toolbox, case: Case) -> bool:
    return levels.level_of(uow, tools, case).severity == 1


def _userid(standings: Sequence[duty.Standing], name: str) -> str:
    found = find(standings, name)
    return found.userid if found else name.lower()
