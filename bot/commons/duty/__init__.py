"""Duty (值班): who is on duty, business time, service levels, and who takes a case.

`rota` says what `content/duty.toml` holds: `rota(uow, tools).shop` is business time, `.level(kind,
tier)` a service level with its timers, `standing` who is there, `choose` whom to ask, `queue_order`
whose turn it is. Seconds are business seconds where a name or a docstring says so. Whoever keeps
cases offers `OpenCases` in the toolbox; `AdvisorDutyChanged` tells when to look again.
"""

from bot.commons.duty.absences import (
    Absence,
    AbsenceKind,
    AbsenceRefused,
    absences,
    check_absence,
    end_absence,
    enter_absence,
    find_absence,
    forget_absences,
)
from bot.commons.duty.book import Rota, rota
from bot.commons.duty.levels import Kind, Level, Timer
from bot.commons.duty.matter import FILE, Roster
from bot.commons.duty.routing import (
    OVERTAKEN_S,
    Because,
    Choice,
    Need,
    Nobody,
    Pick,
    Standing,
    Waiting,
    WhyNot,
    choose,
    queue_order,
)
from bot.commons.duty.standing import (
    OpenCases,
    count_on_duty,
    next_change,
    refresh,
    say,
    standing,
    supervisor,
    told,
)
from bot.commons.hours import Hours, NeverOpens, Span

__all__ = [
    "FILE",
    "OVERTAKEN_S",
    "Absence",
    "AbsenceKind",
    "AbsenceRefused",
    "Because",
    "Choice",
    "Hours",
    "Kind",
    "Level",
    "Need",
    "NeverOpens",
    "Nobody",
    "OpenCases",
    "Pick",
    "Roster",
    "Rota",
    "Span",
    "Standing",
    "Timer",
    "Waiting",
    "WhyNot",
    "absences",
    "check_absence",
    "choose",
    "count_on_duty",
    "end_absence",
    "enter_absence",
    "find_absence",
    "forget_absences",
    "next_change",
    "queue_order",
    "refresh",
    "rota",
    "say",
    "standing",
    "supervisor",
    "told",
]
