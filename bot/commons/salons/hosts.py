"""The member who leads a salon: she is named only when she has agreed, and may take it back."""

from bot.commons import members, profiles
from bot.commons.salons.kinds import Consent
from bot.commons.salons.reads import SalonView
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

_NAME = Statement(
    "INSERT INTO salon_hosts (salon_id, member_id, consent, asked_at, answered_at)"
    " VALUES (:salon, :member, 'asked', :now, NULL) ON CONFLICT (salon_id, member_id) DO NOTHING"
)
_DROP = Statement("DELETE FROM salon_hosts WHERE salon_id = :salon AND member_id <> :member")
_HOST = Statement("SELECT member_id, consent FROM salon_hosts WHERE salon_id = :salon")


def name_host(uow: UnitOfWork, salon: int, ref: str) -> None:
    """Note whom a file names as the host, so that she is asked; nobody when it names none."""
    member = _named(uow, ref) if ref else None
    uow.run(_DROP, salon=salon, member=member or 0)
    if member is not None:
        uow.run(_NAME, salon=salon, member=member, now=micros(uow.clock.now()))


def _named(uow: UnitOfWork, ref: str) -> MemberId | None:
    try:
        return profiles.find_ref(uow, profiles.read_ref(ref))
    except (profiles.BadRef, profiles.Shared):
        return None


def host_of(uow: UnitOfWork, salon: int) -> tuple[MemberId, Consent] | None:
    """Return the member who is to lead a salon and what she answered; None for nobody."""
    rows = uow.run(_HOST, salon=salon)
    return (MemberId(integer(rows[0][0])), Consent(str(rows[0][1]))) if rows else None


def host_shown(uow: UnitOfWork, found: SalonView) -> str:
    """Return who leads a salon, in words that everybody may read."""
    hers = host_of(uow, found.id)
    if hers is None or hers[1] is not Consent.GIVEN:
        return found.host
    return members.display_name(uow, hers[0]) or found.host
