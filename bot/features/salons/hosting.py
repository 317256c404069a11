"""The member who leads a salon: she is named only when she has agreed, and may take it back."""

from bot.commons import audit, members, outreach, profiles
from bot.commons.outreach import Letter, Purpose
from bot.features.salons import reads
from bot.features.salons.reads import SalonView
from bot.features.salons.rules import FIRST_NUMBER, Consent
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

_ASK = Statement(
    "INSERT INTO salon_hosts (salon_id, member_id, consent, asked_at, answered_at)"
    " VALUES (:salon, :member, 'asked', :now, NULL) ON CONFLICT (salon_id, member_id) DO NOTHING"
)
_DROP = Statement("DELETE FROM salon_hosts WHERE salon_id = :salon AND member_id <> :member")
_ANSWER = Statement(
    "UPDATE salon_hosts SET consent = :consent, answered_at = :now"
    " WHERE salon_id = :salon AND member_id = :member RETURNING 1"
)
_ASKED = Statement(
    "SELECT h.salon_id, h.member_id FROM salon_hosts h JOIN salons s ON s.id = h.salon_id"
    " WHERE h.consent = 'asked' AND s.state = 'open' AND s.starts_at > :now"
)
_HERS = Statement(
    "SELECT h.salon_id FROM salon_hosts h JOIN salons s ON s.id = h.salon_id"
    " WHERE h.member_id = :member AND s.state = 'open' ORDER BY s.starts_at LIMIT 1"
)


def ask(uow: UnitOfWork, number: int, ref: str) -> None:
    """Note whom a file names as the host, so that she is asked; nobody when it names none."""
    member = _named(uow, ref) if ref else None
    uow.run(_DROP, salon=number, member=member or 0)
    if member is not None:
        uow.run(_ASK, salon=number, member=member, now=micros(uow.clock.now()))


def _named(uow: UnitOfWork, ref: str) -> MemberId | None:
    try:
        return profiles.find_ref(uow, profiles.read_ref(ref))
    except (profiles.BadRef, profiles.Shared):
        return None


def ask_all(uow: UnitOfWork, tools: Toolbox) -> None:
    """Write to those who have not been asked yet."""
    for number, member in uow.run(_ASKED, now=micros(uow.clock.now())):
        found = reads.salon(uow, integer(number))
        if found is not None:
            her = MemberId(integer(member))
            outreach.tell(uow, tools, her, _letter(found, her, tools))


def _letter(found: SalonView, member: MemberId, tools: Toolbox) -> Letter:
    return Letter(
        key=f"salons.host:{found.id}:{member}",
        subject=f"请她主持「{found.title}」",
        purpose=Purpose.SERVICE,
        template="salons/letter_host.txt.j2",
        data={"salon": found, "zone": tools.use(Community).zone},
    )


def answer(
    uow: UnitOfWork, member: MemberId, number: int | None, *, agrees: bool
) -> SalonView | None:
    """Keep what somebody answered who was asked to lead a salon; None when nobody asked her."""
    if number is None:
        rows = uow.run(_HERS, member=member)
        number = integer(rows[0][0]) if rows else 0
    else:
        number -= FIRST_NUMBER
    consent = Consent.GIVEN if agrees else Consent.REFUSED
    now = micros(uow.clock.now())
    if not uow.run(_ANSWER, salon=number, member=member, consent=consent, now=now):
        return None
    audit.record(uow, "member", f"salons.host.{consent}", f"salon {number}", member=member)
    return reads.salon(uow, number)


def host_shown(uow: UnitOfWork, found: SalonView) -> str:
    """Return who leads a salon, in words that everybody may read."""
    hers = reads.host_of(uow, found.id)
    if hers is None or hers[1] != Consent.GIVEN:
        return found.host
    return members.display_name(uow, hers[0]) or found.host
