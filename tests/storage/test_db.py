"""Connections mean the same on both databases."""

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.kernel.work import Statement
from bot.storage.db import Database


def ask(database: Database, sql: str, **values: object) -> list[tuple[object, ...]]:
    with database.writing() as connection:
        return [tuple(row) for row in connection.run(Statement(sql), values)]


def test_values_go_in_by_name_and_signs_mean_themselves(database: Database) -> None:
    found = ask(database, "SELECT '5%', :word, CAST(:word AS TEXT), 'a::b'", word="%s :no ?")

    assert found == [("5%", "%s :no ?", "%s :no ?", "a::b")]


def test_a_value_can_be_nothing_where_its_type_is_known(database: Database) -> None:
    with database.writing() as connection:
        connection.execute("CREATE TABLE things (number BIGINT, word TEXT)")
    ask(
        database,
        "INSERT INTO things (number, word) VALUES (:number, :word)",
        number=None,
        word=None,
    )

    assert ask(database, "SELECT number, word FROM things") == [(None, None)]


def test_a_row_that_was_there_comes_back_with_its_own_id(database: Database) -> None:
    with database.writing() as connection:
        connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT UNIQUE)")
    for number, word in enumerate(["a", "b"], start=1):
        ask(database, "INSERT INTO things VALUES (:number, :word)", number=number, word=word)

    known = (
        "INSERT INTO things (id, word) VALUES (:number, :word)"
        " ON CONFLICT (word) DO UPDATE SET word = excluded.word RETURNING id"
    )
    assert ask(database, known, number=9, word="a") == [(1,)]


def test_references_are_kept(database: Database) -> None:
    with database.writing() as connection:
        connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id))")

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        ask(database, "INSERT INTO b (a) VALUES (7)")


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    ask(database, "CREATE TABLE things (word TEXT)")

    def write_in_vain() -> None:
        with database.writing() as connection:
            connection.execute("INSERT INTO things VALUES ('never')")
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        write_in_vain()

    assert ask(database, "SELECT word FROM things") == []


def test_reading_sees_one_moment(database: Database) -> None:
    ask(database, "CREATE TABLE things (word TEXT)")
    count = Statement("SELECT count(*) FROM things")
    with database.reading() as connection:
        before = connection.run(count, {})
        ask(database, "INSERT INTO things VALUES ('meanwhile')")

        assert connection.run(count, {}) == before == [(0,)]
    assert ask(database, count.sql) == [(1,)]


def test_reading_changes_nothing(database: Database) -> None:
    ask(database, "CREATE TABLE things (word TEXT)")
    with database.reading() as connection:
        connection.execute("INSERT INTO things VALUES ('never')")

    assert ask(database, "SELECT word FROM things") == []


def test_what_is_committed_survives_a_power_cut(database: Database) -> None:
    how = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"

    assert ask(database, how) in ([(2,)], [("on",)])


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")

    assert ask(database, "PRAGMA secure_delete") == [(1,)]


def test_a_server_that_is_not_there_is_noticed_at_once() -> None:
    database = Database("postgresql://bot@127.0.0.1:9/bot")

    with pytest.raises(DBAPIError), database.writing():
        pass
