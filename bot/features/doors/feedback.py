"""How it was: those who came are asked when a salon is over, and say it once, or anew."""

from datetime import datetime, timedelta

from bot.commons import outreach, salons
from bot.commons.outreach import Letter, Purpose
from bot.commons.salons import SalonView, SignupView, rounds
from bot.commons.salons.rounds import Round
from bot.features.doors.rules import MOST_SAID_CHARS, MOST_STARS
from bot.kernel.errors import Refusal
from bot.kernel.events import FeedbackGiven, SalonAttended
from bot.kernel.ids import MemberId
from bot.kernel.ports import Links, Words
from bot.kernel.work import Statement, Toolbox, UnitOfWork

_PAGE = "doors/feedback"
_LINK_VALID_S = 3 * 24 * 3600
_ASKED_FOR = timedelta(days=30)
"""So long afterwards she need not say which salon she means."""
_RATE = Statement(
    "UPDATE salon_signups SET stars = :stars, said = :said"
    " WHERE salon_id = :salon AND member_id = :member"
)


class NotThere(Refusal):
    """Only who was there says how it was."""

    template = "doors/not_there.txt.j2"


class BadStars(Refusal):
    """Not a number of stars."""

    template = "doors/bad_stars.txt.j2"


def ask_some(uow: UnitOfWork, tools: Toolbox) -> bool:
    """Ask some of those who came, and let other rooms hear of them; True while there are more."""

    def ask(found: SalonView, round_: Round, mine: SignupView) -> None:
        if mine.came_at is not None:
            uow.publish(SalonAttended(mine.member, found.id, mine.came_at))
            page = f"{_PAGE}?salon={found.number}"
            url = tools.use(Links).to(page, mine.member, valid_s=_LINK_VALID_S)
            subject = tools.use(Words)("doors/subject.txt.j2", salon=found)
            outreach.tell(uow, tools, mine.member, _letter(found, round_, mine, subject, url))

    return rounds.go_on(uow, ask, over=True)


def _letter(found: SalonView, round_: Round, mine: SignupView, subject: str, url: str) -> Letter:
    return Letter(
        key=f"salons.{round_.id}:{mine.member}",
        subject=subject,
        purpose=Purpose.SERVICE,
        template="doors/letter_feedback.txt.j2",
        data={"salon": found, "url": url},
    )


def went_to(uow: UnitOfWork, member: MemberId) -> list[tuple[SalonView, SignupView]]:
    """Return the salons that a member was at lately, with her place there; the latest in front."""
    now = uow.clock.now()
    hers = reversed(salons.hers(uow, member, now - _ASKED_FOR))
    places = [(one, salons.signup(uow, one.id, member)) for one in hers if one.starts_at <= now]
    return [(one, mine) for one, mine in places if mine is not None and mine.came_at is not None]


def rate(
    uow: UnitOfWork, member: MemberId, salon: int, stars: int, said: str, *, at: datetime
) -> SalonView:
    """Keep what a member said at an instant of a salon; said again it replaces what was before.

    Raises:
        NoSuchSalon: there is none.
        NotThere: she was not there.
        BadStars: not one to five.
    """
    found = salons.existing(uow, salon)
    mine = salons.signup(uow, found.id, member)
    if mine is None or mine.came_at is None:
        raise NotThere(f"member {member}", salon=found)
    if not 1 <= stars <= MOST_STARS:
        raise BadStars(str(stars), salon=found)
    uow.run(_RATE, salon=found.id, member=member, stars=stars, said=said[:MOST_SAID_CHARS])
    if mine.stars is None:
        uow.publish(FeedbackGiven(member, f"salons:{found.id}:{member}", at))
    return found
