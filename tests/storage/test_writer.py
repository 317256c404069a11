"""Units of work share a commit and nothing else; trouble of the database reaches the caller."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import MetaData
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, select

from bot.kernel.errors import CannotStore, Refusal
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.db import Database
from bot.storage.schema import big_id
from bot.storage.writer import Writer
from tests.kit.rooms import TurnedClock

T = TypeVar("T")

ADD = Statement("INSERT INTO notes (text) VALUES (:text)")
ALL = Statement("SELECT text FROM notes ORDER BY text")
MARK = Statement("UPDATE notes SET text = text || '!' WHERE text LIKE :text")
ONLY_POSTGRES = pytest.mark.parametrize(
    "empty_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
CUT = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
CUT_OTHERS = Statement(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Private(SQLModel, registry=registry(metadata=MetaData())):
    """Keeps the table of this test out of the house's own."""


class Note(Private, table=True):
    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    text: str


def adding(text: str) -> Callable[[UnitOfWork], None]:
    def add(uow: UnitOfWork) -> None:
        uow.run(ADD, text=text)

    return add


def adding_by_orm(text: str) -> Callable[[UnitOfWork], None]:
    def add(uow: UnitOfWork) -> None:
        uow.session.add(Note(text=text))

    return add


def write_in_vain(uow: UnitOfWork) -> None:
    uow.session.add(Note(text="in vain"))
    uow.run(ADD, text="in vain, too")
    uow.wake("in:vain")
    raise Refusal("no")


async def notes(writer: Writer) -> list[object]:
    return [text for (text,) in await writer.look(lambda uow: uow.run(ALL))]


@asynccontextmanager
async def one_batch(writer: Writer) -> AsyncIterator[None]:
    """Keep the writer busy, so that everything asked for in the block is done together."""
    go_on = threading.Event()
    busy = [asyncio.create_task(writer.do(lambda _uow: go_on.wait(10))) for _ in range(4)]
    await asyncio.sleep(0.05)
    yield
    go_on.set()
    await asyncio.gather(*busy)


async def together(
    writer: Writer, *use_cases: Callable[[UnitOfWork], object]
) -> list[object | BaseException]:
    """Let the writer do all this in one batch, and return what each got."""
    async with one_batch(writer):
        asked = [asyncio.create_task(writer.do(use_case)) for use_case in use_cases]
        await asyncio.sleep(0)
    return await asyncio.gather(*asked, return_exceptions=True)


async def test_a_unit_that_fails_touches_no_other_of_its_batch(writer: Writer) -> None:
    def fail(uow: UnitOfWork) -> None:
        uow.run(ADD, text="never")
        raise ValueError("a bug")

    first, second, third = await together(writer, adding("a"), fail, adding("b"))

    assert (first, third) == (None, None)
    assert isinstance(second, ValueError)
    assert await notes(writer) == ["a", "b"]


async def test_a_broken_rule_of_the_database_touches_no_other_of_its_batch(writer: Writer) -> None:
    results = await together(writer, adding("a"), adding("a"), adding("b"))

    assert [type(result).__name__ for result in results].count("NoneType") == 2
    assert await notes(writer) == ["a", "b"]


async def test_a_flush_that_fails_touches_no_other_of_its_batch(writer: Writer) -> None:
    def twice(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="c"))
        uow.session.flush()
        uow.session.add(Note(text="c"))

    first, second, third = await together(writer, adding("a"), twice, adding_by_orm("b"))

    assert (first, third) == (None, None)
    assert isinstance(second, IntegrityError)
    assert await notes(writer) == ["a", "b"]


async def test_a_wrong_statement_is_the_callers_own_trouble(writer: Writer) -> None:
    wrong = Statement("SELECT nothing FROM nowhere")
    first, second = await together(writer, adding("a"), lambda uow: uow.run(wrong))

    assert first is None
    assert not isinstance(second, CannotStore)
    assert isinstance(second, Exception)
    assert await notes(writer) == ["a"]


async def test_prepared_statements_and_the_session_see_each_other(writer: Writer) -> None:
    def mix(uow: UnitOfWork) -> list[str]:
        uow.session.add(Note(text="by session"))
        uow.run(MARK, text="by%")
        uow.run(ADD, text="by statement")
        return list(uow.session.exec(select(Note.text).order_by(Note.text)))

    assert await writer.do(mix) == ["by session!", "by statement"]
    assert await notes(writer) == ["by session!", "by statement"]


async def test_a_session_can_neither_commit_nor_roll_back(writer: Writer) -> None:
    def commit_and_fail(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="never"))
        uow.session.commit()
        raise ValueError("a bug")

    def roll_back(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="b"))
        uow.session.flush()
        uow.session.rollback()

    await together(writer, adding("a"), commit_and_fail, roll_back)

    assert await notes(writer) == ["a", "b"]


async def test_an_attempt_that_fails_leaves_the_rest_of_its_unit(writer: Writer) -> None:
    def attempt(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="before"))
        uow.wake("in:before")
        with pytest.raises(Refusal), uow.attempt():
            write_in_vain(uow)
        uow.session.add(Note(text="after"))
        assert uow.wakes == ["in:before"]

    await writer.do(attempt)

    assert await notes(writer) == ["after", "before"]


async def test_the_session_works_on_after_a_failed_flush_in_an_attempt(writer: Writer) -> None:
    def attempt(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="a"))
        with pytest.raises(IntegrityError), uow.attempt():
            uow.session.add(Note(text="a"))
        uow.session.add(Note(text="b"))

    await writer.do(attempt)

    assert await notes(writer) == ["a", "b"]


async def test_attempts_can_stand_in_attempts(writer: Writer) -> None:
    def attempt(uow: UnitOfWork) -> None:
        with uow.attempt():
            uow.run(ADD, text="outer")
            with pytest.raises(Refusal), uow.attempt():
                write_in_vain(uow)

    await writer.do(attempt)

    assert await notes(writer) == ["outer"]


async def test_hooks_run_after_the_commit_and_only_then(writer: Writer) -> None:
    ran: list[str] = []

    def fail(uow: UnitOfWork) -> None:
        uow.after_commit(lambda: ran.append("failed"))
        raise ValueError("a bug")

    def succeed(uow: UnitOfWork) -> None:
        uow.after_commit(lambda: ran.append("stored"))
        uow.run(ADD, text="a")

    await together(writer, fail, succeed)

    assert ran == ["stored"]


async def test_what_settling_refuses_is_not_stored(writer: Writer) -> None:
    def refuse(uow: UnitOfWork) -> None:
        if uow.wakes:
            raise ValueError("a listener's bug")

    def wake(uow: UnitOfWork) -> None:
        uow.run(ADD, text="never")
        uow.wake("in:amei")

    writer.settle = refuse
    await together(writer, wake, adding("a"))

    assert await notes(writer) == ["a"]


async def test_a_unit_whose_caller_gave_up_is_done_all_the_same(writer: Writer) -> None:
    async with one_batch(writer):
        asked = asyncio.create_task(writer.do(adding("a")))
        await asyncio.sleep(0)
        asked.cancel()
    await writer.do(adding("b"))

    assert await notes(writer) == ["a", "b"]


async def test_stopping_finishes_what_was_asked_for(writer: Writer) -> None:
    asked = [asyncio.create_task(writer.do(adding(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    await writer.stop()
    await asyncio.gather(*asked)

    with pytest.raises(CannotStore):
        await writer.do(adding("too late"))


async def test_a_lock_that_somebody_keeps_is_trouble_for_as_long_as_it_lasts(
    writer: Writer, database: Database
) -> None:
    await writer.do(adding("a"))
    other = Database(str(database.url))
    with other.writing() as connection:
        connection.run(MARK, {"text": "a"})
        with pytest.raises(CannotStore):
            await writer.do(lambda uow: uow.run(MARK, text="%"))
    await writer.do(lambda uow: uow.run(MARK, text="%"))
    other.close()

    assert await notes(writer) == ["a!!"]


async def test_a_full_disk_acknowledges_nothing_and_heals_by_itself(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    with database.writing() as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
    writer = Writer(database, TurnedClock())
    await writer.start()
    pages = Statement("PRAGMA page_count")
    full = (await writer.do(lambda uow: uow.run(pages)))[0][0]
    await writer.do(lambda uow: uow.run(Statement(f"PRAGMA max_page_count = {full}")))

    results = await together(writer, adding("a"), adding("b" * 100_000), adding("c"))
    assert all(isinstance(result, CannotStore) for result in results)
    assert await notes(writer) == []

    await writer.do(lambda uow: uow.run(Statement("PRAGMA max_page_count = 1000000")))
    await together(writer, adding("a"), adding("b" * 100_000), adding("c"))
    assert len(await notes(writer)) == 3
    await writer.stop()
    database.close()


async def test_a_database_that_is_no_longer_one_is_trouble_too(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    database = Database(f"sqlite:///{file}")
    file.write_bytes(b"something else altogether " * 500)
    writer = Writer(database, TurnedClock())
    await writer.start()

    with pytest.raises(CannotStore):
        await writer.do(adding("a"))
    with pytest.raises(CannotStore):
        await notes(writer)
    await writer.stop()
    database.close()


@ONLY_POSTGRES
async def test_a_connection_that_is_cut_in_a_unit_stores_nothing_and_is_replaced(
    writer: Writer,
) -> None:

    def cut(uow: UnitOfWork) -> None:
        uow.run(ADD, text="never")
        uow.run(CUT)

    def cut_under_the_session(uow: UnitOfWork) -> None:
        uow.session.add(Note(text="never"))
        uow.run(CUT)

    for use_case in (cut, cut_under_the_session):
        with pytest.raises(CannotStore):
            await writer.do(use_case)
        await writer.do(adding(use_case.__name__))

    assert await notes(writer) == ["cut", "cut_under_the_session"]


@ONLY_POSTGRES
async def test_connections_cut_while_idle_are_not_even_noticed(
    writer: Writer, database: Database
) -> None:
    await together(writer, *[adding(str(number)) for number in range(8)])
    with database.writing() as connection:
        connection.run(CUT_OTHERS, {})

    await together(writer, *[adding(str(number)) for number in range(8, 16)])

    assert len(await notes(writer)) == 16


@ONLY_POSTGRES
async def test_units_that_stop_each_other_are_both_done(writer: Writer, database: Database) -> None:
    await together(writer, adding("a"), adding("b"))
    meet = threading.Barrier(2)
    met: set[str] = set()

    def crosswise(first: str, second: str) -> Callable[[UnitOfWork], None]:
        def change(uow: UnitOfWork) -> None:
            uow.run(MARK, text=f"{first}%")
            if first not in met:  # the second try of the one who lost goes alone
                met.add(first)
                meet.wait(5)
            uow.run(MARK, text=f"{second}%")

        return change

    database_waits = Database(str(database.url), wait_s=5)  # longer than it takes to notice
    patient = Writer(database_waits, TurnedClock())
    await patient.start()
    await asyncio.gather(patient.do(crosswise("a", "b")), patient.do(crosswise("b", "a")))
    await patient.stop()
    database_waits.close()

    assert await notes(writer) == ["a!!", "b!!"]


@ONLY_POSTGRES
async def test_a_server_that_only_reads_is_trouble(writer: Writer) -> None:
    only_read = Statement("SET TRANSACTION READ ONLY")

    def write(uow: UnitOfWork) -> None:
        uow.run(only_read)
        uow.run(ADD, text="never")

    with pytest.raises(CannotStore):
        await writer.do(write)


async def test_a_server_that_is_not_there_is_trouble_for_writing_and_for_reading() -> None:
    database = Database("postgresql://bot@127.0.0.1:9/bot")  # nobody listens there
    writer = Writer(database, TurnedClock())
    await writer.start()

    with pytest.raises(CannotStore):
        await writer.do(adding("a"))
    with pytest.raises(CannotStore):
        await notes(writer)
    await writer.stop()


def test_a_file_locked_by_another_program_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    database = Database(f"sqlite:///{file}", wait_s=5)
    with database.writing() as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.3, other.execute, ["COMMIT"])
    release.start()
    with database.writing() as connection:
        connection.run(ADD, {"text": "a"})
    release.join()
    other.close()
    database.close()
