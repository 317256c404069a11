"""How many mass sends a group may get, and since when they count."""

from datetime import date

import pytest

from bot.features.mass_send.rules import quota_of
from bot.kernel.abilities import SendQuota


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (date(2026, 2, 28), 28),
        (date(2028, 2, 1), 29),
        (date(2026, 4, 30), 30),
        (date(2026, 12, 31), 31),
    ],
)
def test_a_month_allows_as_many_as_it_has_days(day: date, days: int) -> None:
    assert quota_of(SendQuota.DAYS_OF_MONTH, day) == (days, day.replace(day=1))


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2026, 12, 31), date(2027, 1, 3)])
def test_a_week_begins_on_monday(day: date) -> None:
    assert quota_of(SendQuota.SEVEN_PER_WEEK, day) == (7, date(2026, 12, 28))


def test_a_day_allows_one() -> None:
    assert quota_of(SendQuota.ONE_PER_DAY, date(2027, 1, 1)) == (1, date(2027, 1, 1))
