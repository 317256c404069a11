"""What `content/duty.toml` takes. Every key has a default, so a missing file is one, too."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, field_validator, model_validator

from bot.commons.audience import ALL_GROUPS, KnownAudience, Wrong, wrong_with
from bot.commons.content.lawful import Code, Row, second_of
from bot.commons.duty.levels import DEFAULTS, Kind, Level, changed, clash
from bot.commons.hours import Day, DayKind, Hours, PublicDays, Shift, common, is_country
from bot.kernel.checking import Trail, describe, wrong

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FILE = "duty.toml"

_Seconds = Annotated[StrictInt, Field(ge=1, le=30 * 86400)]
_Skill = Literal["complaint", "styling", "group_purchase"]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Week(Row):
    """The shifts of a week. A day that is not named is one off, or as `daily` says."""

    daily: Day | None = None
    """Every day that is not named."""
    monday: Day | None = None
    tuesday: Day | None = None
    wednesday: Day | None = None
    thursday: Day | None = None
    friday: Day | None = None
    saturday: Day | None = None
    sunday: Day | None = None
    holiday: Day | None = None
    """On public holidays; as on the day of the week unless said."""
    workday: Day | None = None
    """On a weekend day on which everybody works (调休); as on that day of the week unless said,
    or as on a Monday where that day is off."""

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if not any(self._of_weekday(number) for number in range(7)):
            raise wrong("missing-key", "a week without any hours", 'write daily = ["09:00-21:30"]')
        return self

    def _of_weekday(self, number: int) -> tuple[Shift, ...]:
        named: tuple[Shift, ...] | None = getattr(self, WEEK[number])
        return (self.daily or ()) if named is None else named

    def on(self, day: date, kind: DayKind) -> tuple[Shift, ...]:
        """Return the shifts of a day."""
        usual = self._of_weekday(day.weekday())
        match kind:
            case DayKind.HOLIDAY:
                return usual if self.holiday is None else self.holiday
            case DayKind.MADE_UP:
                return (usual or self._of_weekday(0)) if self.workday is None else self.workday
        return usual


class Days(Row):
    """`[calendar]`: what a date is, beside its day of the week."""

    country: str = "CN"
    """Whose public holidays, by ISO 3166; empty for none."""
    holidays: tuple[date, ...] = ()
    """More of them …"""
    workdays: tuple[date, ...] = ()
    """… and days on which everybody works, whatever the country's calendar says."""
    closed: tuple[date, ...] = ()
    """Nobody works."""

    @field_validator("country")
    @classmethod
    def _is_known(cls, code: str) -> str:
        if code and not is_country(code):
            raise wrong("bad-value", f"no calendar for {describe(code)}", 'for China write "CN"')
        return code

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if both := set(self.holidays) & set(self.workdays):
            message = f"{min(both)} is in holidays and in workdays"
            raise wrong("bad-date", message, key="workdays")
        return self

    @cached_property
    def public(self) -> PublicDays:
        """The days of the public calendar."""
        return PublicDays(self.country, frozenset(self.holidays), frozenset(self.workdays))


class LevelRow(Row):
    """`[levels.NAME]`: a service level; what is not said stays as it is by default."""

    kind: Kind | None = None
    tiers: tuple[str, ...] | None = None
    high_value: StrictBool | None = None
    severity: Annotated[StrictInt, Field(ge=1, le=4)] | None = None
    first_s: _Seconds | None = None
    next_s: _Seconds | None = None
    supervisor_s: Annotated[StrictInt, Field(ge=0, le=30 * 86400)] | None = None
    word_s: _Seconds | None = None
    resolve_s: _Seconds | None = None
    resolve_days: Annotated[StrictInt, Field(ge=0, le=30)] | None = None
    off_hours: StrictBool | None = None


class AdvisorRow(Row):
    """`[[advisor]]`: what the configuration's advisor does here."""

    userid: Annotated[str, Field(min_length=1)]
    """As in `[[advisors]]` of the configuration."""
    shifts: Week | None = None
    """Her own; the shop's hours when nothing is said, and never beyond them."""
    capacity: Annotated[StrictInt, Field(ge=1, le=200)] = 8
    """So many open cases, and no more."""
    deputy: str = ""
    """Who takes what is hers while she is away."""
    role: Literal["advisor", "supervisor"] = "advisor"
    skills: tuple[_Skill, ...] = ()
    """Beside those of the configuration."""
    guides_newcomers: StrictBool = False


class Roster(Row):
    """The file `content/duty.toml`."""

    operations: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """Where the operations group is told, `group:ID`; by default where other alerts go."""
    phone: Annotated[str, Field(max_length=40)] = ""
    """Who answers it when the shop is closed takes what can't wait."""
    hours: Week = Week(daily=(Shift(9 * 60, 21 * 60 + 30),))
    calendar: Days = Days()
    levels: dict[Code, LevelRow] = Field(default_factory=dict)
    advisor: tuple[AdvisorRow, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        names = [one.userid.lower() for one in self.advisor]
        if (place := second_of(names)) is not None:
            message = f'two [[advisor]] are "{names[place]}"'
            raise wrong("duplicate-name", message, at=("advisor", place))
        known = {one.name for one in DEFAULTS}
        for name, row in self.levels.items():
            if name not in known and row.kind is None:
                hint = f"kind is one of {', '.join(Kind)}; by default there is {', '.join(known)}"
                message, at = f"what is the level {name} for?", ("levels", name)
                raise wrong("missing-key", message, hint, at=at)
        if both := clash(self.all_levels):
            message = f"the levels {both[0].name} and {both[1].name} are for the same people"
            hint = "change that one instead, or give each tiers of its own"
            named = [one.name for one in both if one.name in self.levels]
            raise wrong("duplicate-name", message, hint, at=("levels", *named[-1:]))
        return self

    def wrong_names(self, known: KnownAudience) -> Sequence[tuple[Trail, Wrong]]:
        """Return the advisors, tiers and groups that the configuration has not."""
        named: list[tuple[Trail, Wrong | None]] = []
        for number, row in enumerate(self.advisor):
            named.append((("advisor", number, "userid"), _strange_advisor(row.userid, known)))
            named.append((("advisor", number, "deputy"), _strange_deputy(row, known)))
        for name, level in self.levels.items():
            trail = ("levels", name, "tiers")
            named += [(trail, wrong_with(f"tier:{tier}", known)) for tier in level.tiers or ()]
        named += [(("operations",), _strange_group(group, known)) for group in self.operations]
        return [(trail, strange) for trail, strange in named if strange is not None]

    @cached_property
    def all_levels(self) -> tuple[Level, ...]:
        """The levels as they hold."""
        rows = self.levels.items()
        return changed([(name, row.model_dump(exclude_none=True)) for name, row in rows])

    def row_of(self, userid: str) -> AdvisorRow:
        """Return what is said of an advisor; the defaults when nothing is."""
        found = (one for one in self.advisor if one.userid.lower() == userid.lower())
        return next(found, None) or AdvisorRow(userid=userid)

    def plan(self) -> Callable[[date], tuple[Shift, ...]]:
        """Return the shop's plan."""
        closed, public, week = frozenset(self.calendar.closed), self.calendar.public, self.hours

        def shifts(day: date) -> tuple[Shift, ...]:
            return () if day in closed else week.on(day, public.kind_of(day))

        return shifts

    def shop(self, zone: ZoneInfo) -> Hours:
        """Return the hours of the shop."""
        return Hours(zone, self.plan())

    def hours_of(self, userid: str, shop: Hours) -> Hours:
        """Return the hours of an advisor: her shifts, as far as the shop is open."""
        week, public = self.row_of(userid).shifts, self.calendar.public
        if week is None:
            return shop
        return Hours(
            shop.zone, lambda day: common(week.on(day, public.kind_of(day)), shop.plan(day))
        )


def _strange_advisor(userid: str, known: KnownAudience) -> Wrong | None:
    if known.advisors is None or userid.lower() in {one.lower() for one in known.advisors}:
        return None
    names = ", ".join(known.advisors) or "there are no [[advisors]]"
    return Wrong("unknown-advisor", f"no advisor is {describe(userid)}", f"known: {names}")


def _strange_deputy(row: AdvisorRow, known: KnownAudience) -> Wrong | None:
    if row.deputy and row.deputy.lower() == row.userid.lower():
        return Wrong("bad-value", f"{describe(row.userid)} can't be her own deputy")
    return _strange_advisor(row.deputy, known) if row.deputy else None


def _strange_group(group: str, known: KnownAudience) -> Wrong | None:
    if group == ALL_GROUPS:
        return Wrong("bad-value", "not all groups are told", 'allowed: "group:ID"')
    return wrong_with(group, known, groups_only=True)
