"""Service levels: how soon somebody answers, by what it is about and whose it is. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.commons.hours import Hours, NeverOpens

_ALWAYS = Hours.always()


class Kind(StrEnum):
    """What somebody needs a human for."""

    SAFETY = "safety"
    """Health, regulators, lawyers, media."""
    COMPLAINT = "complaint"
    PURCHASE = "purchase"
    """A big order."""
    QUESTION = "question"
    """Of a valued member; others' questions are `human`."""
    HUMAN = "human"
    """She asked for a human, or the bot knew no answer."""


class Timer(StrEnum):
    """What runs for a case, each by itself."""

    FIRST = "first"
    """From her message to the first answer by a human."""
    NEXT = "next"
    """To the next step when that was missed, and to each further answer."""
    SUPERVISOR = "supervisor"
    """To the moment in which a supervisor is told."""
    WORD = "word"
    """To the next word on how things stand."""
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Level:
    """A service level.

    Seconds of `first`, `next` and `supervisor` are business seconds; of `off_hours` levels they
    are those of a watch, day and night. `word` and `resolve` are always those of a watch.
    """

    name: str
    kind: Kind
    severity: int
    """1 the gravest, 4 the least."""
    first_s: int
    next_s: int
    supervisor_s: int
    word_s: int | None = None
    resolve_s: int | None = None
    resolve_days: int | None = None
    """By the end of so many business days after the one it came on; beats `resolve_s`."""
    tiers: tuple[str, ...] = ()
    """Only for these; for everybody when neither this nor `high_value` is said."""
    high_value: bool = False
    """For members of high value, too."""
    off_hours: bool = False
    """Goes on when nobody is on duty: the duty phone rings."""

    @property
    def is_for_some(self) -> bool:
        """True when not everybody has it."""
        return bool(self.tiers) or self.high_value

    def clock(self, shop: Hours) -> Hours:
        """Return the hours in which its timers run."""
        return _ALWAYS if self.off_hours else shop

    def due(self, timer: Timer, at: datetime, shop: Hours, share: float = 1.0) -> datetime | None:
        """Return when something that began at `at` is due; None for a timer that it has not.

        Args:
            timer: which.
            at: when she sent her message, not when we saw it.
            shop: the hours of the shop.
            share: 0.5 and 0.8 for the warnings before.

        Raises:
            NeverOpens: the shop does not.
        """
        running = {
            Timer.FIRST: self.first_s,
            Timer.NEXT: self.next_s,
            Timer.SUPERVISOR: self.supervisor_s,
        }
        if (seconds := running.get(timer)) is not None:
            return self.clock(shop).after(at, seconds * share)
        if timer is Timer.RESOLVE and self.resolve_days is not None:
            due: datetime | None = _end_of_day(shop, at, self.resolve_days)
        else:
            due = self._by_the_watch(
                at, self.word_s if timer is Timer.WORD else self.resolve_s, shop
            )
        if due is None or share == 1:
            return due
        return self.clock(shop).next_open(at + (due - at) * share) or due

    def _by_the_watch(self, at: datetime, seconds: int | None, shop: Hours) -> datetime | None:
        """Return when so long has passed; not in the night, but when the shop opens."""
        if seconds is None:
            return None
        opens = self.clock(shop).next_open(at + timedelta(seconds=seconds))
        if opens is None:
            raise NeverOpens
        return opens


def _end_of_day(shop: Hours, at: datetime, days: int) -> datetime:
    """Return the last closing of a business day; what comes at night belongs to the next one."""
    closes = at
    for _ in range(days + 1):
        if (opens := shop.next_open(closes)) is None:
            raise NeverOpens
        closes = shop.on(shop.day_of(opens))[-1][1]
    return closes


_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400
_VIP = ("时光挚友",)

DEFAULTS: tuple[Level, ...] = (
    Level(
        name="safety",
        kind=Kind.SAFETY,
        severity=1,
        first_s=5 * _MINUTE_S,
        next_s=5 * _MINUTE_S,
        supervisor_s=0,
        word_s=4 * _HOUR_S,
        resolve_s=_DAY_S,
        off_hours=True,
    ),
    Level(
        name="complaint-vip",
        kind=Kind.COMPLAINT,
        severity=2,
        first_s=10 * _MINUTE_S,
        next_s=10 * _MINUTE_S,
        supervisor_s=20 * _MINUTE_S,
        resolve_s=_DAY_S,
        tiers=_VIP,
        high_value=True,
    ),
    Level(
        name="complaint",
        kind=Kind.COMPLAINT,
        severity=2,
        first_s=15 * _MINUTE_S,
        next_s=15 * _MINUTE_S,
        supervisor_s=30 * _MINUTE_S,
        resolve_s=2 * _DAY_S,
    ),
    Level(
        name="purchase",
        kind=Kind.PURCHASE,
        severity=3,
        first_s=10 * _MINUTE_S,
        next_s=10 * _MINUTE_S,
        supervisor_s=30 * _MINUTE_S,
        resolve_days=0,
    ),
    Level(
        name="question-vip",
        kind=Kind.QUESTION,
        severity=3,
        first_s=15 * _MINUTE_S,
        next_s=15 * _MINUTE_S,
        supervisor_s=45 * _MINUTE_S,
        resolve_days=0,
        tiers=_VIP,
        high_value=True,
    ),
    Level(
        name="human",
        kind=Kind.HUMAN,
        severity=4,
        first_s=30 * _MINUTE_S,
        next_s=15 * _MINUTE_S,
        supervisor_s=60 * _MINUTE_S,
        resolve_days=1,
    ),
)
"""What holds unless `content/duty.toml` says otherwise."""


def level_for(
    levels: Sequence[Level], kind: Kind, tier: str = "", *, high_value: bool = False
) -> Level:
    """Return the level of a case: her own before everybody's, the kind's before `human`.

    Where two are hers, the one with the sooner answer.
    """
    for wanted in (kind, Kind.HUMAN):
        found = [one for one in levels if one.kind is wanted]
        hers = [one for one in found if tier in one.tiers or (high_value and one.high_value)]
        everybodys = [one for one in found if not one.is_for_some]
        if hers or everybodys:
            return min(hers or everybodys, key=lambda one: one.first_s)
    return DEFAULTS[-1]


def clash(levels: Sequence[Level]) -> tuple[Level, Level] | None:
    """Return the first two levels of one kind that are for the same people; None for none."""
    taken: dict[tuple[Kind, str], Level] = {}
    for one in levels:
        for people in one.tiers if one.is_for_some else ("",):
            other = taken.setdefault((one.kind, people), one)
            if other is not one:
                return other, one
    return None


def changed(levels: Iterable[tuple[str, dict[str, object]]]) -> tuple[Level, ...]:
    """Return the levels with what a file changes; a new one begins as the last of its kind."""
    found = {one.name: one for one in DEFAULTS}
    for name, values in levels:
        known = found.get(name)
        if known is None:
            known = replace(
                next(one for one in reversed(DEFAULTS) if one.kind == values["kind"]),
                name=name,
                tiers=(),
                high_value=False,
            )
        given = {"resolve_days": None, **values} if "resolve_s" in values else values
        found[name] = replace(known, **given)  # type: ignore[arg-type]  # checked by the file
    return tuple(found.values())
