"""The pages of the desk: what waits for a supervisor, what was given, and the form of a case."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.commons import amends, cases, members, staff
from bot.commons.amends import Amend, State, What, Wish
from bot.commons.content import Shelf
from bot.kernel.community import Community
from bot.kernel.console import number_in
from bot.kernel.desk import Role
from bot.kernel.feature import Metric
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague, DeskPage

_HISTORY = 50
_YUAN = re.compile(r"\d{1,6}(\.\d{1,2})?")


def _rows(
    uow: UnitOfWork, tools: Toolbox, found: Sequence[Amend], who: Colleague
) -> Sequence[Mapping[str, object]]:
    return [_row(uow, tools, one, who) for one in found]


def _row(uow: UnitOfWork, tools: Toolbox, one: Amend, who: Colleague) -> Mapping[str, object]:
    is_own = one.asked_by == who.userid
    is_supervisor = who.role is Role.SUPERVISOR
    waits, given = one.state is State.WAITING, one.state is State.GIVEN
    return {
        "amend": one,
        "member": one.member,
        "name": members.display_name(uow, one.member) or "",
        "asked_by": staff.name_of(uow, tools, one.asked_by) or one.asked_by,
        "decided_by": staff.name_of(uow, tools, one.decided_by) or one.decided_by,
        "is_own": is_own,
        "may_judge": waits and is_supervisor and not is_own,
        "may_withdraw": waits and is_own,
        "may_settle": one.is_open,
        "may_undo": given
        and one.settled_at is None
        and (is_supervisor or (is_own and one.alone and who.role is Role.ADVISOR)),
    }


def _all(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object]:
    who = asked.who
    mine = who.userid if who.role is Role.ADVISOR else ""
    months = amends.months(uow, tools)
    waiting = amends.waiting(uow)
    return {
        "waiting": _rows(uow, tools, [one for one in waiting if mine in {"", one.asked_by}], who),
        "to_settle": _rows(uow, tools, amends.to_settle(uow), who),
        "history": _rows(uow, tools, amends.recent(uow, asked_by=mine, most=_HISTORY), who),
        "months": months,
        "highest_fen": max([one.fen for one in months] + [1]),
        "role": who.role.value,
        **_common(uow, tools),
    }


def _common(uow: UnitOfWork, tools: Toolbox) -> Mapping[str, object]:
    library = tools.use(Shelf).at_hand(uow.clock.now()).library
    return {
        "now": uow.clock.now(),
        "zone": tools.use(Community).zone,
        "problems": library.problems_of(amends.FILE),
    }


def _of_case(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object] | None:
    if (case := cases.get(uow, asked.number)) is None:
        return None
    who, name = asked.who, members.display_name(uow, case.member) or ""
    return {
        "case": case,
        "name": name,
        "member": case.member,
        "range": amends.range_for(uow, tools, case, who.userid),
        "may_ask": _may_ask(case, who),
        "can_tell": amends.can_tell(uow, case),
        "found": _rows(uow, tools, amends.of_case(uow, case.id), who),
        **_common(uow, tools),
    }


def _may_ask(case: cases.Case, who: Colleague) -> bool:
    if case.state is cases.State.CLOSED or who.role is Role.OPERATOR:
        return False
    return who.role is Role.SUPERVISOR or case.advisor == who.userid


def _wish(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    kind, _, what = asked.fields.get("kind", "").partition(":")
    wished = Wish(
        asked.number,
        kind,
        asked.fields.get("reason", ""),
        key=asked.key,
        amount=_amount(asked.fields.get("amount", ""), what),
        tells=asked.fields.get("tells") == "1",
    )
    return _said(tools, amends.wish(uow, tools, wished, asked.who))


def _amount(written: str, what: str) -> int:
    """Return what was typed: points, or yuan as fen; 0 for anything else."""
    word = written.strip()
    if what == What.REFUND and _YUAN.fullmatch(word):
        return int(Decimal(word) * 100)
    return number_in(word) or 0 if what == What.POINTS else 0


def _number(asked: Asked) -> int:
    return number_in(asked.fields.get("amend", "")) or 0


def _approve(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, amends.approve(uow, tools, _number(asked), asked.who))


def _deny(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    why = asked.fields.get("why", "")
    return _said(tools, amends.deny(uow, tools, _number(asked), asked.who, why))


def _withdraw(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, amends.withdraw(uow, tools, _number(asked), asked.who))


def _settle(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    return _said(tools, amends.settle(uow, tools, _number(asked), asked.who))


def _undo(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    why = asked.fields.get("why", "")
    return _said(tools, amends.undo(uow, tools, _number(asked), asked.who, why))


def _said(tools: Toolbox, amend: Amend) -> str:
    return tools.use(Words)("amends/done.txt.j2", amend=amend)


def _mark(uow: UnitOfWork, _tools: Toolbox, _asked: Asked) -> str:
    return repr((amends.waiting(uow), amends.recent(uow, most=_HISTORY)))


def _mark_case(uow: UnitOfWork, _tools: Toolbox, asked: Asked) -> str:
    return repr(amends.of_case(uow, asked.number))


def _count(uow: UnitOfWork, _tools: Toolbox, who: Colleague) -> int:
    """Return how many wait for her word: nobody judges her own wish."""
    if who.role is not Role.SUPERVISOR:
        return 0
    return sum(one.asked_by != who.userid for one in amends.waiting(uow))


def _waiting(uow: UnitOfWork) -> float:
    return float(amends.count_waiting(uow))


_ACTS = {
    "approve": _approve,
    "deny": _deny,
    "withdraw": _withdraw,
    "settle": _settle,
    "undo": _undo,
}
desk = (
    DeskPage(
        "amends",
        "补偿",
        "amends/amends.html.j2",
        _all,
        _ACTS,
        mark=_mark,
        count=_count,
        place=4,
    ),
    DeskPage(
        "amend",
        "补偿",
        "amends/case.html.j2",
        _of_case,
        {"wish": _wish, **_ACTS},
        mark=_mark_case,
        numbered=True,
    ),
)
metrics = (
    Metric(
        "amends_waiting",
        "Amends that wait for a supervisor",
        _waiting,
        "等主管批的补偿",
    ),
)
