"""What members are told: in, on the waiting list, not this time; and asked how it was."""

from bot.commons import outreach
from bot.commons.outreach import Letter, Purpose
from bot.features.trials.reads import Application, TrialView, application, before, trial
from bot.features.trials.rules import State, TrialSettings
from bot.kernel.ports import Links
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

PAGE = "trials/all"
LINK_VALID_S = 3 * 24 * 3600
_BITE = 100
_DAY_MICROS = 24 * 3600 * 1_000_000

_UNTOLD = Statement(
    "SELECT id FROM trial_applications WHERE told = 0 AND decided_at <= :before"
    " ORDER BY id LIMIT :most"
)
_TOLD = Statement("UPDATE trial_applications SET told = 1 WHERE id = :application RETURNING id")
_NO_FEEDBACK = (
    " NOT EXISTS (SELECT 1 FROM trial_feedback f WHERE f.trial_id = a.trial_id"
    " AND f.member_id = a.member_id)"
)
_TO_ASK = Statement(
    "SELECT a.id FROM trial_applications a JOIN trials t ON t.id = a.trial_id"
    " WHERE a.state = 'accepted' AND a.asked = 0 AND t.feedback <> '[]'"
    " AND CASE t.is_cohort WHEN 1 THEN a.decided_at ELSE a.handed_at END"
    f" <= :now - t.feedback_after_days * {_DAY_MICROS} AND {_NO_FEEDBACK} ORDER BY a.id LIMIT :most"
)
_TO_REMIND = Statement(
    "SELECT a.id FROM trial_applications a WHERE a.state = 'accepted' AND a.asked = 1"
    f" AND a.asked_at <= :before AND {_NO_FEEDBACK} ORDER BY a.id LIMIT :most"
)
_ASKED = Statement(
    "UPDATE trial_applications SET asked = asked + 1, asked_at = :now WHERE id = :application"
)


def tell_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Tell some of those about whom something was decided; True while there are more."""
    late = tools.use(TrialSettings).tell_after_s * 1_000_000
    rows = uow.run(_UNTOLD, before=micros(uow.clock.now()) - late, most=_BITE)
    for row in rows:
        found = application(uow, integer(row[0]))
        if found is not None:
            tell(uow, tools, found)
    return len(rows) == _BITE


def tell(uow: UnitOfWork, tools: Toolbox, one: Application) -> None:
    """Tell a member where her application stands now."""
    uow.run(_TOLD, application=one.id)
    found = trial(uow, one.trial)
    if found is None or one.state not in {State.ACCEPTED, State.WAITING, State.DECLINED}:
        return
    at = micros(one.decided_at) if one.decided_at else 0
    is_in = one.state is State.ACCEPTED
    purpose = Purpose.ESSENTIAL if is_in else Purpose.SERVICE
    what = one.state.value
    _write(uow, tools, found, one, key=f"{what}:{at}", purpose=purpose, what=what)


def ask_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Ask some of those who have tried it how it was, or remind them once; True while more."""
    now = uow.clock.now()
    wait = tools.use(TrialSettings).remind_after_days * _DAY_MICROS
    rows = [*uow.run(_TO_ASK, now=micros(now), most=_BITE)]
    rows += uow.run(_TO_REMIND, before=micros(now) - wait, most=_BITE)
    for row in rows:
        _ask(uow, tools, integer(row[0]))
    return len(rows) >= _BITE


def _ask(uow: UnitOfWork, tools: Toolbox, number: int) -> None:
    uow.run(_ASKED, application=number, now=micros(uow.clock.now()))
    one = application(uow, number)
    found = trial(uow, one.trial) if one else None
    if one is None or found is None:
        return
    what = "ask" if one.asked == 1 else "remind"
    key = f"feedback:{what}:{micros(one.decided_at) if one.decided_at else 0}"
    _write(uow, tools, found, one, key=key, purpose=Purpose.SERVICE, what=what)


def _write(
    uow: UnitOfWork,
    tools: Toolbox,
    found: TrialView,
    one: Application,
    *,
    key: str,
    purpose: Purpose,
    what: str,
) -> None:
    url = tools.use(Links).to(f"{PAGE}?trial={found.id}", one.member, valid_s=LINK_VALID_S)
    letter = Letter(
        key=f"trials.{one.id}:{key}",
        subject=f"试用「{found.title}」",
        purpose=purpose,
        template="trials/letter.txt.j2",
        data={"trial": found, "url": url, "state": what, "in_front": before(uow, one)},
    )
    outreach.tell(uow, tools, one.member, letter)
