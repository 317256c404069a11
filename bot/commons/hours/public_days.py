"""Public holidays and the weekend days that make up for them (调休); knows the library alone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    """What a date is for those who live by the public calendar."""

    USUAL = "usual"
    HOLIDAY = "holiday"
    """Public holidays, and the weekend days that belong to them."""
    MADE_UP = "made_up"
    """A Saturday or Sunday on which everybody works (调休)."""


@dataclass(frozen=True, slots=True)
class PublicDays:
    """The calendar of a country, and what operators know better."""

    country: str = "CN"
    """A code of ISO 3166; empty for none."""
    holidays: Collection[date] = field(default=frozenset())
    workdays: Collection[date] = field(default=frozenset())

    def kind_of(self, day: date) -> DayKind:
        """Return what a date is; what operators wrote wins."""
        if day in self.workdays:
            return DayKind.MADE_UP
        if day in self.holidays:
            return DayKind.HOLIDAY
        if self.country and day in _made_up(self.country, day.year):
            return DayKind.MADE_UP
        return DayKind.HOLIDAY if self._is_in_holidays(day) else DayKind.USUAL

    def _is_in_holidays(self, day: date) -> bool:
        """Return whether a day is off, and days off lead from it to a public holiday."""
        if not self.country or not self._is_off(day):
            return False
        if self._is_public(day):
            return True
        return any(self._leads_to_one(day, step) for step in (-_DAY, _DAY))

    def _leads_to_one(self, day: date, step: timedelta) -> bool:
        while date.min < day < date.max and self._is_off(day := day + step):
            if self._is_public(day):
                return True
        return False

    def _is_off(self, day: date) -> bool:
        if day in self.workdays or day in _made_up(self.country, day.year):
            return False
        return day.weekday() >= _SATURDAY or self._is_public(day)

    def _is_public(self, day: date) -> bool:
        return day in _public(self.country, day.year)

    def knows_made_up_days(self, year: int) -> bool:
        """Return whether it is known on which weekends of a year everybody works.

        A government tells that weeks before; until the library knows it, operators write it.
        """
        made_up = _made_up(self.country, year) if self.country == "CN" else True
        return bool(made_up) or any(day.year == year for day in self.workdays)


def is_country(code: str) -> bool:
    """Return whether the library knows a country's calendar."""
    import holidays  # noqa: PLC0415 - big, and wanted only where files are checked

    return code in holidays.list_supported_countries(include_aliases=False)


@lru_cache(maxsize=64)
def _public(country: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - big, and a start should not wait for it

    return frozenset(holidays.country_holidays(country, years=year))


@lru_cache(maxsize=64)
def _made_up(country: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - as above

    found = holidays.country_holidays(country, years=year)
    return frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
