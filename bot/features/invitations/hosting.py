"""The member who is to lead a salon is asked once, and answers."""

from bot.commons import audit, outreach, salons
from bot.commons.outreach import Letter, Purpose
from bot.commons.salons import FIRST_NUMBER, Consent, SalonView
from bot.features.invitations.telling import subject
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import integer, micros

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


def ask_all(uow: UnitOfWork, tools: Toolbox) -> None:
    """Write to those who have not been asked yet."""
    for number, member in uow.run(_ASKED, now=micros(uow.clock.now())):
        found = salons.salon(uow, integer(number))
        if found is not None:
            her = MemberId(integer(member))
            outreach.tell(uow, tools, her, _letter(found, her, tools))


def _letter(found: SalonView, member: MemberId, tools: Toolbox) -> Letter:
    return Letter(
        key=f"salons.host:{found.id}:{member}",
        subject=subject(tools, found, "host"),
        purpose=Purpose.SERVICE,
        template="invitations/letter_host.txt.j2",
        data={"salon": found, "zone": tools.use(Community).zone},
    )


def answer(
    uow: UnitOfWork, member: MemberId, number: int | None, *, agrees: bool
) -> SalonView | None:
    """Keep what somebody answered who was asked to lead a salon; None when nobody asked her."""
    if number is None:
        rows = uow.run(_HERS, member=member)
        salon = integer(rows[0][0]) if rows else 0
    else:
        salon = number - FIRST_NUMBER
    consent = Consent.GIVEN if agrees else Consent.REFUSED
    now = micros(uow.clock.now())
    if not uow.run(_ANSWER, salon=salon, member=member, consent=consent, now=now):
        return None
    audit.record(uow, "member", f"salons.host.{consent}", f"salon {salon}", member=member)
    return salons.salon(uow, salon)
