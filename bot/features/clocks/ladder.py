"""The ladder: advisor, deputy, supervisor, operations group; each step once for each timer."""

from dataclasses import dataclass
from datetime import datetime

from bot.commons import cases, duty, staff
from bot.commons.cases import Case, Did
from bot.commons.clocks import book
from bot.commons.clocks.rules import Rung, Stage, Timer, rungs_of
from bot.commons.notices import AlertTarget, Notices, tell_operators
from bot.features.clocks import people
from bot.kernel.desk import NoticeLevel
from bot.kernel.events import CaseEscalated
from bot.kernel.ids import GroupId
from bot.kernel.ports import Groups, Words
from bot.kernel.work import Toolbox, UnitOfWork


@dataclass(frozen=True, slots=True)
class Overdue:
    """What somebody is told about."""

    case: Case
    name: str
    """Of the clock."""
    due_at: datetime
    at_once: bool = False
    """Nothing is over yet: it can't wait for that."""

    @property
    def timer(self) -> Timer:
        """What the clock measures."""
        return Timer(self.name.partition(":")[0])


def climb(uow: UnitOfWork, tools: Toolbox, over: Overdue, stage: Stage) -> bool:
    """Take the step of a stage. When it reaches nobody, the next one is taken at once.

    Return False when all of its steps were taken before.
    """
    for rung in rungs_of(stage, over.timer, is_taken=over.case.accepted_at is not None):
        if book.climb(uow, over.case, over.name, rung):
            if not _take(uow, tools, over, rung):
                _higher(uow, tools, over, stage)
            return True
    return False


def _higher(uow: UnitOfWork, tools: Toolbox, over: Overdue, stage: Stage) -> None:
    order = list(Stage)
    for following in order[order.index(stage) + 1 :]:
        case = cases.get(uow, over.case.id) or over.case
        now = Overdue(case, over.name, over.due_at, at_once=over.at_once)
        if climb(uow, tools, now, following):
            return


def _take(uow: UnitOfWork, tools: Toolbox, over: Overdue, rung: Rung) -> bool:
    """Tell whoever stands on a rung; False when nobody is there."""
    case, to, is_asked = over.case, "", False
    match rung:
        case Rung.ADVISOR:
            to = case.advisor
        case Rung.DEPUTY | Rung.ANOTHER:
            to = people.ask_another(uow, tools, case, "escalated")
            is_asked = bool(to)
        case Rung.SUPERVISOR:
            gives = case.accepted_at is None and not over.at_once
            to, is_asked = people.ask_supervisor(uow, tools, case, gives=gives)
            if to == case.advisor and not over.at_once:
                to = ""  # she is the one who is late
        case Rung.OPERATIONS:
            _tell_operations(uow, tools, over)
    cases.step(uow, case, "bot", Did.ESCALATED, f"{over.name} {rung} {to}".strip())
    if not to and rung is not Rung.OPERATIONS:
        return False
    book.told(uow, case, over.name, rung, to)
    uow.publish(CaseEscalated(case.member, case.id, over.timer, rung, to, is_asked, over.due_at))
    return True


def _tell_operations(uow: UnitOfWork, tools: Toolbox, over: Overdue) -> None:
    case, book_of_duty = over.case, duty.rota(uow, tools)
    groups = tools.use(Groups).by_id
    named = [groups.get(GroupId(name.removeprefix("group:"))) for name in book_of_duty.operations]
    targets = tuple(
        AlertTarget(group.channel, group.recipient, to_group=True) for group in named if group
    )
    late_s = max(0.0, (uow.clock.now() - over.due_at).total_seconds())
    text = tools.use(Words)(
        "clocks/operations.txt.j2",
        case=case.id,
        kind=case.kind.value,
        severity=case.severity,
        timer=over.timer.value,
        at_once=over.at_once,
        late_minutes=int(late_s // 60),
        advisor=staff.name_of(uow, tools, case.advisor),
        is_taken=case.accepted_at is not None,
        phone="" if book_of_duty.shop.is_open(uow.clock.now()) else book_of_duty.phone,
    )
    tell_operators(
        uow,
        key=f"clocks:{case.id}:{case.times_opened}:{over.name}",
        text=text,
        level=NoticeLevel.ERROR,
        to=targets or tools.use(Notices).to,
    )
