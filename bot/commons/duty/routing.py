"""Who takes a case, and who waits how long for one: pure, and every choice has its reason."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from bot.commons.duty.levels import Level
from bot.commons.hours import Hours

_GRAVEST = 1


class WhyNot(StrEnum):
    """Why an advisor takes no new case."""

    GONE = "gone"
    """She has left the company."""
    ABSENT = "absent"
    """Ill, on holiday …"""
    CLOSED = "closed"
    """The shop is."""
    NO_SHIFT = "no_shift"
    AWAY = "away"
    """She says so, for today."""
    OFF = "off"
    """She says so, for today."""
    PLATFORM_AWAY = "platform_away"
    PLATFORM_OFF = "platform_off"
    """She takes no conversations there."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An advisor at one moment. Userids are in lower case, and those of now."""

    userid: str
    name: str
    on_duty: bool
    why_not: WhyNot | None = None
    """None when on duty."""
    next_on: datetime | None = None
    """When she is back, as far as is known; None when on duty, or for never."""
    open_cases: int = 0
    capacity: int = 8
    skills: frozenset[str] = frozenset()
    tiers: tuple[str, ...] = ()
    is_supervisor: bool = False
    deputy: str = ""
    """Her deputy's userid of now; empty for none."""
    guides_newcomers: bool = False
    configured: str = ""
    """Her userid as configured, where it is another."""

    @property
    def is_gone(self) -> bool:
        """True when she has left the company."""
        return self.why_not is WhyNot.GONE

    @property
    def is_full(self) -> bool:
        """True when she has as many cases as she may."""
        return self.open_cases >= self.capacity

    @property
    def names(self) -> frozenset[str]:
        """Her userids: of now, and as configured."""
        return frozenset({self.userid, self.configured or self.userid})

    def is_called(self, userid: str) -> bool:
        """Return whether this is her userid, of now or as configured."""
        return userid.lower() in self.names

    def can(self, skills: Collection[str]) -> bool:
        """Return whether she has all of these; a supervisor can everything."""
        return self.is_supervisor or self.skills.issuperset(skills)


@dataclass(frozen=True, slots=True)
class Need:
    """A case that somebody has to take."""

    at: datetime
    """Now."""
    level: Level
    skills: frozenset[str] = frozenset()
    """Hard ones: `complaint`, `styling`, `group_purchase`."""
    tier: str = ""
    is_new: bool = False
    """A newcomer (新客)."""
    served_by: str = ""
    """Userid of the advisor who served her last."""
    own: str = ""
    """Userid of her own advisor."""
    passed: frozenset[str] = frozenset()
    """Userids of those who were asked and did not take it: they are asked again last."""
    turn: int = 0
    """The case's number: those who have equally much to do take turns by it."""


class Because(StrEnum):
    """Why somebody was chosen."""

    SERVED = "served"
    """She served her last."""
    OWN = "own"
    """She is her own advisor."""
    DEPUTY = "deputy"
    """She stands in for one of these two."""
    TIER = "tier"
    """She looks after members of this tier."""
    GUIDE = "guide"
    """She guides newcomers."""
    ON_DUTY = "on_duty"
    SUPERVISOR = "supervisor"
    NO_SKILL = "no_skill"
    """She has not the skill, and nobody who has it can take it."""
    OVER_CAPACITY = "over_capacity"
    """She has enough, and this can't wait."""
    AGAIN = "again"
    """She did not take it, and nobody else is left."""


class Nobody(StrEnum):
    """Why nobody was chosen."""

    CLOSED = "closed"
    OFF_DUTY = "off_duty"
    """The shop is open, and nobody is on duty."""
    FULL = "full"
    """Everybody on duty has enough."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody who is asked."""

    userid: str
    because: Because
    instead_of: str = ""
    """Userid of whose deputy she is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to ask, in order; or why nobody, and by when she is to be answered then."""

    order: tuple[Pick, ...] = ()
    nobody: Nobody | None = None
    promised_at: datetime | None = None
    """Set with `nobody` only: keep it as a promise to her."""


def choose(need: Need, standings: Sequence[Standing], shop: Hours) -> Choice:
    """Return who is asked to take a case.

    In this order: who served her last, her own advisor, their deputies, who looks after her tier or
    guides newcomers, whoever has the least to do, supervisors, those without the skill. Somebody
    who is not on duty is never asked, who has enough only where it can't wait.

    Raises:
        NeverOpens: nobody is on duty, and the shop never opens.
    """
    on_duty = {one.userid: one for one in standings if one.on_duty}
    able = [one for one in on_duty.values() if need.level.severity == _GRAVEST or not one.is_full]
    if not able:
        return _nobody(need, standings, shop, is_full=bool(on_duty))
    picks: dict[str, Pick] = {}
    for pick in _in_order(need, standings, able):
        picks.setdefault(pick.userid, pick)
    passed = {one.userid for one in able if any(map(one.is_called, need.passed))}
    fresh = (pick for pick in picks.values() if pick.userid not in passed)
    again = (Pick(pick.userid, Because.AGAIN) for pick in picks.values() if pick.userid in passed)
    return Choice((*fresh, *again))


def _in_order(
    need: Need, standings: Sequence[Standing], able: Sequence[Standing]
) -> Iterator[Pick]:
    """Yield everybody who is able, the best first, some twice."""

    def load(one: Standing) -> tuple[int, float, bytes]:
        turn = blake2b(f"{need.turn}:{one.userid}".encode(), digest_size=8).digest()
        return (one.open_cases, one.open_cases / one.capacity, turn)

    free = sorted((one for one in able if not one.is_full), key=load)
    skilled = [one for one in free if one.can(need.skills)]
    yield from _hers(need, standings, {one.userid: one for one in skilled})
    advisors = [one for one in skilled if not one.is_supervisor]
    for one in advisors:
        if need.tier and need.tier in one.tiers:
            yield Pick(one.userid, Because.TIER)
    for one in advisors:
        if need.is_new and one.guides_newcomers:
            yield Pick(one.userid, Because.GUIDE)
    yield from (Pick(one.userid, Because.ON_DUTY) for one in advisors)
    yield from (Pick(one.userid, Because.SUPERVISOR) for one in skilled if one.is_supervisor)
    busy = sorted((one for one in able if one.is_full), key=load)
    yield from (Pick(one.userid, Because.OVER_CAPACITY) for one in busy if one.can(need.skills))
    yield from (Pick(one.userid, Because.NO_SKILL) for one in (*free, *busy))


def _hers(
    need: Need, standings: Sequence[Standing], free: Mapping[str, Standing]
) -> Iterator[Pick]:
    """Yield who knows her, and who stands in for those."""
    known = {one.userid: one for one in standings}

    def of_now(userid: str) -> str:
        found = (one.userid for one in standings if userid and one.is_called(userid))
        return next(found, "")

    served_by, own = of_now(need.served_by), of_now(need.own)
    for userid, because in ((served_by, Because.SERVED), (own, Because.OWN)):
        if userid in free:
            yield Pick(userid, because)
    for userid in (own, served_by):
        if userid and (deputy := _deputy(userid, known, free)):
            yield Pick(deputy, Because.DEPUTY, userid)


def _deputy(userid: str, known: Mapping[str, Standing], free: Mapping[str, Standing]) -> str:
    """Return the first of a line of deputies who is there; empty for none. It may be a circle."""
    seen = {userid}
    while userid not in free:
        userid = known[userid].deputy if userid in known else ""
        if not userid or userid in seen:
            return ""
        seen.add(userid)
    return userid if len(seen) > 1 else ""


def _nobody(need: Need, standings: Sequence[Standing], shop: Hours, *, is_full: bool) -> Choice:
    """Return a choice of nobody: the first answer is promised from when somebody is there."""
    clock, back = need.level.clock(shop), need.at
    if is_full:
        why = Nobody.FULL
    elif not shop.is_open(need.at):
        why = Nobody.CLOSED
    else:
        why = Nobody.OFF_DUTY
    if not is_full and clock is shop:
        coming = (one.next_on for one in standings if one.next_on is not None)
        back = max(need.at, min(coming, default=need.at))
    return Choice(nobody=why, promised_at=clock.after(back, need.level.first_s))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that nobody has taken yet."""

    case: int
    severity: int
    """1 the gravest, 4 the least."""
    since: datetime
    """When she sent her message."""
    rank: int = 99
    """Of her tier: 0 the highest, as they stand in the configuration."""


_LEAD_S = {1: 4 * 3600, 2: 2 * 3600, 3: 3600, 4: 0}
"""What somebody has a lead of by severity; more than a tier can make up for."""
_RANK_LEAD_S = (15 * 60, 10 * 60, 5 * 60)
OVERTAKEN_S = max(_LEAD_S.values()) + max(_RANK_LEAD_S)
"""Nobody who comes so many seconds after somebody is ever served before her."""


def lead_s(one: Waiting) -> int:
    """Return the seconds of waiting that severity and tier stand for."""
    rank_s = _RANK_LEAD_S[one.rank] if 0 <= one.rank < len(_RANK_LEAD_S) else 0
    return _LEAD_S.get(one.severity, 0) + rank_s


def queue_order(waiting: Collection[Waiting]) -> list[Waiting]:
    """Return cases as they are to be taken: by severity, then tier, then how long they wait.

    Severity and tier count as a lead in time, which others make up for by waiting: so the order of
    two never changes, and nobody waits for ever, whoever comes.
    """
    return sorted(
        waiting,
        key=lambda one: (one.since - timedelta(seconds=lead_s(one)), one.severity, one.case),
    )
