"""Instants and numbers as the database keeps them, for whoever speaks SQL."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return an instant as the integer microseconds since 1970 that the database keeps.

    Raises:
        ValueError: `at` is naive: nobody knows which instant that is.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone")
    return (at - _EPOCH) // _MICROSECOND


def integer(value: object) -> int:
    """Return a column's value as the integer that it must be."""
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no integer")
    return value


def instant(value: object) -> datetime:
    """Return the UTC instant that the database kept as `value` microseconds."""
    return _EPOCH + timedelta(microseconds=integer(value))
