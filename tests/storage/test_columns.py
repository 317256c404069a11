"""What goes into a column comes out of it, and what means nothing does not go in."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table
from sqlalchemy.dialects import sqlite

from bot.kernel.work import Statement
from bot.storage.columns import instant, integer, micros
from bot.storage.db import Database
from bot.storage.schema import LocalDate, PortableJSON, UtcDateTime, big_id

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - the zone is drawn separately
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(INSTANTS)
def test_an_instant_is_kept_to_the_microsecond(at: datetime) -> None:
    assert instant(micros(at)) == at
    assert instant(micros(at)).tzinfo is UTC


@given(INSTANTS, INSTANTS)
def test_the_numbers_of_instants_are_in_their_order(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        micros(datetime(2026, 8, 24, 12))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="has no time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 8, 24), sqlite.dialect())  # noqa: DTZ001


def test_both_databases_give_back_what_they_were_given(database: Database) -> None:
    at = datetime(2026, 8, 24, 12, 30, 15, 123456, timezone(timedelta(hours=8)))
    row = {"at": at, "day": date(2026, 8, 24), "what": {"打卡": [1, None, ""]}}
    kept = Table(
        "kept",
        MetaData(),
        Column("id", big_id(), primary_key=True),
        Column("at", UtcDateTime),
        Column("day", LocalDate),
        Column("what", PortableJSON),
    )
    with database.writing() as connection:
        kept.create(connection.alchemy)
        connection.alchemy.execute(kept.insert(), row)
        found = connection.alchemy.execute(kept.select()).one()
        raw = connection.run(Statement("SELECT at, day FROM kept"), {})

    assert found[1:] == tuple(row.values())
    assert raw == [(micros(at), "2026-08-24")]


@given(st.dates())
def test_a_day_is_kept(day: date) -> None:
    kept = LocalDate().process_bind_param(day, sqlite.dialect())

    assert LocalDate().process_result_value(kept, sqlite.dialect()) == day


@given(JSON)
def test_json_is_kept(value: object) -> None:
    kept = PortableJSON().process_bind_param(value, sqlite.dialect())

    assert PortableJSON().process_result_value(kept, sqlite.dialect()) == value


def test_what_is_no_number_is_not_taken_for_one() -> None:
    with pytest.raises(TypeError, match="is no integer"):
        integer("7")
