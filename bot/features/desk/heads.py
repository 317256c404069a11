"""What all pages of the desk say about a case."""

from collections.abc import Mapping
from datetime import datetime

from bot.commons import cases, members, staff
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import instant, integer

_SNOOZED = Statement(
    "SELECT case_steps.case_id, case_steps.at, case_steps.words FROM case_steps"
    " JOIN cases ON cases.id = case_steps.case_id"
    " WHERE cases.state IN ('new', 'assigned', 'accepted', 'waiting')"
    " AND case_steps.what = 'snoozed' ORDER BY case_steps.id"
)


def snoozed(uow: UnitOfWork) -> Mapping[int, tuple[datetime, datetime]]:
    """Return when a case was put off last, and until when."""
    found: dict[int, tuple[datetime, datetime]] = {}
    for case, at, words in uow.run(_SNOOZED):
        if (until := snoozed_until(str(words))) is not None:
            found[integer(case)] = (instant(at), until)
    return found


def snoozed_until(words: str) -> datetime | None:
    """Return until when a step, of the desk or of a card, has put a case off."""
    try:
        return datetime.fromisoformat(words.partition(" ")[0])
    except ValueError:
        return None


def sleeps_until(
    case: cases.Case, found: Mapping[int, tuple[datetime, datetime]], now: datetime
) -> datetime | None:
    """Return until when a case is put off.

    None when that is over, the member wrote since, or somebody was asked since.
    """
    if case.id not in found:
        return None
    at, until = found[case.id]
    is_hers_since = case.assigned_at is not None and case.assigned_at > at
    return until if case.heard_at <= at and until > now and not is_hers_since else None


def head(uow: UnitOfWork, tools: Toolbox, case: cases.Case) -> dict[str, object]:
    """Return whose a case is, how grave, where it stands, who has it."""
    return {
        "id": case.id,
        "name": members.display_name(uow, case.member) or "",
        "member": case.member,
        "kind": case.kind.value,
        "severity": case.severity,
        "state": case.state.value,
        "code": case.code,
        "tier": members.tier_of(uow, case.member),
        "advisor": case.advisor,
        "advisor_name": name_of(uow, tools, case.advisor),
    }


def name_of(uow: UnitOfWork, tools: Toolbox, userid: str) -> str:
    """Return what an advisor is called; of anybody else what is known of her."""
    return staff.name_of(uow, tools, userid) or userid
