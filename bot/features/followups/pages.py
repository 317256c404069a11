"""The pages of the desk: what is to be done, by whom and until when; and the form of a case."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.commons import cases, duty, members, outreach, staff
from bot.commons.content import look
from bot.features.followups import ladder, reads, service
from bot.features.followups.reads import Task
from bot.features.followups.rules import MOST_POSTPONED, Kind
from bot.features.followups.service import NewTask, TaskRefused
from bot.kernel.community import Community
from bot.kernel.console import instant_in, number_in
from bot.kernel.desk import Role
from bot.kernel.feature import Job, Metric
from bot.kernel.ids import MemberId
from bot.kernel.ports import Words
from bot.kernel.work import Toolbox, UnitOfWork
from bot.kernel.workbench import Asked, Colleague, DeskPage


def _all(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object]:
    who = asked.who
    shows_all = asked.fields.get("show", "all" if who.role is not Role.ADVISOR else "") == "all"
    found = reads.all_open(uow, mine="" if shows_all else who.userid)
    return {
        "shows_all": shows_all,
        "tasks": _rows(uow, tools, found, who),
        "ended": _rows(uow, tools, reads.ended(uow), who),
        **_common(uow, tools, who),
    }


def _of_case(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> Mapping[str, object] | None:
    if (case := cases.get(uow, asked.number)) is None:
        return None
    return {
        "case": case,
        "member": case.member,
        "name": members.display_name(uow, case.member) or "",
        "takes_calls": outreach.takes_calls(uow, case.member),
        "tasks": _rows(uow, tools, reads.of_case(uow, case.id), asked.who),
        **_common(uow, tools, asked.who),
    }


def _common(uow: UnitOfWork, tools: Toolbox, who: Colleague) -> Mapping[str, object]:
    now, zone = uow.clock.now(), tools.use(Community).zone
    tomorrow = (now.astimezone(zone) + timedelta(days=1)).replace(hour=10, minute=0)
    return {
        "now": now,
        "zone": zone,
        "people": [one for one in duty.standing(uow, tools, now) if not one.is_gone],
        "who": who.userid,
        "may_make": who.role is not Role.OPERATOR,
        "tomorrow": tomorrow.strftime("%Y-%m-%dT%H:%M"),
        "most_postponed": MOST_POSTPONED,
    }


def _rows(
    uow: UnitOfWork, tools: Toolbox, found: Sequence[Task], who: Colleague
) -> Sequence[Mapping[str, object]]:
    return [
        {
            "task": one,
            "member": one.member,
            "name": members.display_name(uow, one.member) or "",
            "advisor": staff.name_of(uow, tools, one.advisor) or one.advisor,
            "ended_by": staff.name_of(uow, tools, one.ended_by) or one.ended_by,
            "is_late": one.due_at <= uow.clock.now(),
            "may_act": one.state.value == "open" and service.may_act(one, who),
            "steps": reads.steps_of(uow, one.id),
        }
        for one in found
    ]


def _make(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    fields, case = asked.fields, cases.get(uow, asked.number) if asked.number else None
    member = case.member if case else MemberId(number_in(fields.get("member", "")) or 0)
    try:
        kind = Kind(fields.get("kind", ""))
    except ValueError:
        raise TaskRefused("no_kind") from None
    if (due_at := _instant(tools, fields.get("due", ""))) is None:
        raise TaskRefused("no_due", 366)
    new = NewTask(
        asked.key,
        member,
        kind,
        due_at,
        what=" ".join(fields.get("what", "").split()),
        case=case.id if case else None,
        advisor=fields.get("to", ""),
    )
    return _said(uow, tools, "made", service.make_by_hand(uow, tools, new, asked.who))


def _done(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    note = asked.fields.get("note", "")
    return _said(uow, tools, "done", service.done(uow, _number(asked), note, asked.who))


def _drop(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    why = asked.fields.get("why", "")
    return _said(uow, tools, "dropped", service.drop(uow, _number(asked), why, asked.who))


def _postpone(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    until, why = _instant(tools, asked.fields.get("due", "")), asked.fields.get("why", "")
    task = service.postpone(uow, tools, _number(asked), asked.who, until=until, why=why)
    return _said(uow, tools, "postponed", task)


def _reassign(uow: UnitOfWork, tools: Toolbox, asked: Asked) -> str:
    to = asked.fields.get("to", "")
    task = service.reassign(uow, tools, _number(asked), to, asked.who)
    return _said(uow, tools, "reassigned", task)


def _number(asked: Asked) -> int:
    return number_in(asked.fields.get("task", "")) or 0


def _instant(tools: Toolbox, written: str) -> datetime | None:
    return instant_in(written, tools.use(Community).zone)


def _said(uow: UnitOfWork, tools: Toolbox, what: str, task: Task) -> str:
    return tools.use(Words)(
        "followups/done.txt.j2",
        what=what,
        task=task,
        due_at=task.due_at.astimezone(tools.use(Community).zone),
        advisor=staff.name_of(uow, tools, task.advisor) or task.advisor,
    )


def _mark(uow: UnitOfWork, _tools: Toolbox, asked: Asked) -> str:
    return repr((reads.all_open(uow), reads.ended(uow, most=1), asked.fields.get("show", "")))


def _mark_case(uow: UnitOfWork, _tools: Toolbox, asked: Asked) -> str:
    return repr(reads.of_case(uow, asked.number))


def _count(uow: UnitOfWork, _tools: Toolbox, who: Colleague) -> int:
    return 0 if who.role is Role.OPERATOR else reads.count_due(uow, who.userid)


def _overdue(uow: UnitOfWork) -> float:
    return float(reads.count_overdue(uow))


_ACTS = {"make": _make, "done": _done, "drop": _drop, "postpone": _postpone, "reassign": _reassign}
desk = (
    DeskPage(
        "followups",
        "回访",
        "followups/followups.html.j2",
        _all,
        _ACTS,
        mark=_mark,
        count=_count,
        place=3,
    ),
    DeskPage(
        "followup",
        "回访",
        "followups/case.html.j2",
        _of_case,
        _ACTS,
        mark=_mark_case,
        numbered=True,
    ),
)
jobs = (Job("followups.ring", ladder.ring_due, every_s=30, before=look, next_due=ladder.next_due),)
metrics = (Metric("followups_overdue", "Follow-ups that are overdue", _overdue, "到期没做的回访"),)
