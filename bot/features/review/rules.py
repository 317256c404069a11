"""Which week is drawn."""

from datetime import date, timedelta


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_before(day: date) -> date:
    """Return the Monday of the last week that is over."""
    return monday_of(day) - timedelta(days=7)
