"""What of a doubt leads where, and which week is drawn."""

from datetime import date, timedelta

from bot.commons.cases import Kind

_KINDS = {
    "human_request": Kind.HUMAN,
    "high_value_intent": Kind.VALUE,
    "safety_distress": Kind.SAFETY,
}


def kind_of(label: str) -> Kind:
    """Return the kind of case that a doubt opens which a person has called right."""
    return _KINDS.get(label, Kind.COMPLAINT)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_before(day: date) -> date:
    """Return the Monday of the last week that is over."""
    return monday_of(day) - timedelta(days=7)
