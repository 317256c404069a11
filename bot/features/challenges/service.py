"""Use cases of challenges (挑战): taking part, counting, completing."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.commons import audience, photos
from bot.features.challenges import reads, rewarding, windows
from bot.features.challenges.reads import Part, View
from bot.features.challenges.rules import (
    DAY,
    FIRST_NUMBER,
    ChallengeSettings,
    State,
    counted,
    days_left,
)
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.ports import CheckinDays, Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.storage.columns import micros

_JOIN = Statement(
    "INSERT INTO challenge_members (challenge_id, member_id, joined_at, days, reward, prize,"
    " reward_key) VALUES (:challenge, :member, :at, 0, '', '', :key)"
    " ON CONFLICT (challenge_id, member_id) DO NOTHING RETURNING 1"
)
_COUNTED = Statement(
    "UPDATE challenge_members SET days = :days"
    " WHERE challenge_id = :challenge AND member_id = :member AND days <> :days"
)


class NoSuchChallenge(Refusal):
    """There is none of this number, or none at all."""

    template = "challenges/no_challenge.txt.j2"


class Over(Refusal):
    """Nobody can join any more."""

    template = "challenges/over.txt.j2"


class NotForHer(Refusal):
    """The challenge is for others."""

    template = "challenges/not_for_her.txt.j2"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a member is."""

    view: View
    part: Part | None
    days: tuple[date, ...]
    """The days that count so far."""
    left: int
    """On so many days she can still do it, today included."""
    today: date

    @property
    def done(self) -> bool:
        """True once she has completed it."""
        return self.part is not None and self.part.done_on is not None

    @property
    def missing(self) -> int:
        """So many days are still needed."""
        return max(0, self.view.terms.days_needed - len(self.days))

    @property
    def is_possible(self) -> bool:
        """True while it can still be completed."""
        return self.done or self.missing <= self.left

    @property
    def percent(self) -> int:
        """How far she is, of 100."""
        return min(100, 100 * len(self.days) // self.view.terms.days_needed)


def days_of(uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId) -> list[date]:
    """Return the days of a member that count in a challenge, the earliest first."""
    found = tools.use(CheckinDays)(uow, member, view.first, view.last)
    with_photo: set[date] = set()
    if view.terms.photo:
        minutes = tools.use(ChallengeSettings).photo_minutes
        checkins = {day: each.at for day, each in found.items()}
        with_photo = photos.days_with(uow, member, checkins, minutes)
    return counted({day: each.way for day, each in found.items()}, with_photo, view.terms)


def standing(
    uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId, at: datetime
) -> Standing:
    """Return how far a member is in a challenge; nothing is written."""
    days, today = days_of(uow, tools, view, member), tools.use(Community).day_of(at)
    left = days_left(today, view.first, view.last, days)
    part = reads.part_of(uow, view.id, member)
    return Standing(view, part, tuple(days), left, today)


def join(
    uow: UnitOfWork, tools: Toolbox, member: MemberId, challenge: int, at: datetime
) -> tuple[Standing, bool]:
    """Let a member take part; True when she did not before.

    What she did within its days before she joined counts, too.

    Raises:
        NoSuchChallenge: there is none.
        Over: its last day was over when she sent it.
        NotForHer: it is for others.
    """
    view = reads.held(uow, challenge)
    if view is None or view.state is State.WITHDRAWN:
        raise NoSuchChallenge(f"challenge {challenge}", number=FIRST_NUMBER + challenge)
    part = reads.part_of(uow, challenge, member)
    if part is None and tools.use(Community).day_of(at) > view.last:
        raise Over(f"challenge {challenge} at {at}", view=view)
    if part is None and view.state is not State.OPEN:
        raise Over(f"challenge {challenge} is {view.state}", view=view)
    if part is None and not _is_for(uow, tools, view, member):
        raise NotForHer(f"member {member} in {challenge}", view=view)
    is_new = part is None and _take_part(uow, view, member, at)
    count(uow, tools, view, member)
    return standing(uow, tools, view, member, at), is_new


def _is_for(uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId) -> bool:
    words = view.terms.audience
    return not words or audience.includes(uow, words, member, tools.use(Groups))


def _take_part(uow: UnitOfWork, view: View, member: MemberId, at: datetime) -> bool:
    key = rewarding.key_of(view.id, member)
    return bool(uow.run(_JOIN, challenge=view.id, member=member, at=micros(at), key=key))


def heard(uow: UnitOfWork, tools: Toolbox, member: MemberId, day: date) -> None:
    """Count a day anew in every challenge that it may matter to."""
    for view in reads.open_on(uow, day):
        is_in = reads.part_of(uow, view.id, member) is not None
        if not is_in and view.terms.joining == "auto" and _is_for(uow, tools, view, member):
            is_in = _take_part(uow, view, member, uow.clock.now())
        if is_in:
            count(uow, tools, view, member)


def asking_for_photos(uow: UnitOfWork, tools: Toolbox, member: MemberId, day: date) -> list[View]:
    """Return the challenges of a day that ask her for pictures."""
    if not windows.wants_photos(uow, tools, day):
        return []
    found = [view for view in reads.open_on(uow, day) if view.terms.photo]
    return [view for view in found if reads.part_of(uow, view.id, member) is not None]


def near_checkin(uow: UnitOfWork, tools: Toolbox, member: MemberId, at: datetime) -> str:
    """Return whether she has checked in where a picture comes: `near`, `far` or `no`."""
    day, minutes = tools.use(Community).day_of(at), tools.use(ChallengeSettings).photo_minutes
    found = tools.use(CheckinDays)(uow, member, day - DAY, day)
    if any(photos.is_near(at, each.at, minutes) for each in found.values()):
        return "near"
    return "far" if day in found else "no"


def count(uow: UnitOfWork, tools: Toolbox, view: View, member: MemberId) -> bool:
    """Count a member's days, and let her have completed it when there are enough; True then."""
    days = days_of(uow, tools, view, member)
    uow.run(_COUNTED, challenge=view.id, member=member, days=len(days))
    part = reads.part_of(uow, view.id, member)
    needed = view.terms.days_needed
    if part is None or part.done_on is not None or len(days) < needed:
        return False
    return rewarding.complete(
        uow, tools, view, part, day=days[needed - 1].isoformat(), days=len(days)
    )
