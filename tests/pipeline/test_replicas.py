"""Several replicas on one PostgreSQL: what one leaves undone another does, and nobody twice."""

import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kernel.clock import SystemClock
from bot.kernel.errors import ConfigError
from bot.kernel.feature import Feature
from bot.kernel.messages import Reply, Text
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement, UnitOfWork
from bot.pipeline.engine.procrastinate import Pace, ProcrastinateEngine
from bot.storage.db import Database
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.workshop import QUICK, Workshop, in_order, prepare, replica, until, write_down

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(30)]

NEVER_SWEEPS = Pace(sweep_s=600, poll_s=0.1)
JOBS = Statement("SELECT count(*) FROM procrastinate_jobs")
router = Router()
CUT_ALL_LINES = Statement(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@router.command("说", argument=True)
def echo(ctx: Context) -> Reply:
    return Reply(part=Text(f"听到 {ctx.argument}"))


ECHO = Feature("help", router)


@pytest.fixture
async def writing(postgres: str) -> AsyncIterator[Workshop]:
    """Offer a process that writes items down and works on none."""
    prepare(postgres)
    shop = Workshop(postgres)
    await shop.writer.start()
    yield shop
    await shop.close()


async def test_two_replicas_share_the_work_and_keep_the_order(
    writing: Workshop, postgres: str
) -> None:
    with replica(postgres, 40), replica(postgres, 40):
        for number in range(40):
            await writing.add(f"in:{number % 5}")
        await until(lambda: _done(writing, 120))
        await writing.all_done()

        assert in_order(await writing.effects())
        assert set((await writing.attempts()).values()) == {1}


async def test_the_work_of_a_killed_replica_goes_on_elsewhere(
    writing: Workshop, postgres: str
) -> None:
    with replica(postgres, 0) as victim, replica(postgres, 200):
        await until(lambda: _done(writing, 20))
        victim.kill()
        await until(lambda: _done(writing, 200))
        await writing.all_done()

        effects, attempts = await writing.effects(), await writing.attempts()
        assert len(effects) == 200
        assert in_order(effects)
        assert sum(attempts.values()) <= 200 + 4


async def test_a_replica_that_wakes_up_late_does_nothing_twice(
    writing: Workshop, postgres: str
) -> None:
    with replica(postgres, 0) as frozen, replica(postgres, 150):
        await until(lambda: _done(writing, 20))
        frozen.send_signal(signal.SIGSTOP)
        await until(lambda: _done(writing, 150))
        frozen.send_signal(signal.SIGCONT)
        for number in range(20):
            await writing.add(f"in:{number % 5}")
        await until(lambda: _done(writing, 170))
        await writing.all_done()

        effects = await writing.effects()
        assert len(effects) == 170
        assert in_order(effects)


async def test_a_waiting_job_is_not_taken_before_the_rows_that_joined_it_are_there(
    writing: Workshop, postgres: str
) -> None:
    await writing.add("in:amei")
    async with Workshop(postgres, NEVER_SWEEPS) as working:
        await working.all_done()
        await working.engine.settle()
        await working.engine.stop(1)
    await writing.add("in:amei")
    with writing.database.writing() as connection:
        uow = UnitOfWork(connection, SystemClock())
        write_down(uow, ["in:amei"])
        writing.engine.enlist(uow)
        async with Workshop(postgres, NEVER_SWEEPS) as late:
            await late.add("in:bo")
            await until(lambda: late.drained["in:bo"] == 1)
            assert late.drained["in:amei"] == 0
            connection.alchemy.commit()
            await until(lambda: _done(writing, 4))

            assert late.drained["in:amei"] == 1


async def test_a_key_announced_by_many_at_once_is_one_job(writing: Workshop) -> None:
    for _ in range(5):
        await writing.add("in:amei", "in:bo", "in:amei")

    assert await writing.writer.look(lambda uow: uow.run(JOBS)) == [(2,)]


async def test_work_goes_on_after_all_connections_were_cut(
    writing: Workshop, postgres: str
) -> None:
    async with Workshop(postgres) as working:
        await working.add("in:amei")
        await working.all_done()
        with writing.database.writing() as connection:
            connection.run(CUT_ALL_LINES, {})
        await writing.add("in:amei", "in:bo")
        await working.all_done()
        await until(lambda: working.engine.trouble() == "")

        assert len(await writing.effects()) == 3


async def test_two_houses_answer_each_message_once_and_in_order(
    postgres: str, tmp_path: Path
) -> None:
    platform = Phone()
    engine = ProcrastinateEngine.on(Database(postgres), QUICK)
    one, other = (
        HouseUnderTest(tmp_path, [ECHO], platform, url=postgres, make_engine=engine)
        for _ in range(2)
    )
    async with one, other:
        for number in range(60):
            update = one.update(f"m{number % 4}", f"说 {number}")
            first, second = (one, other) if number % 3 else (other, one)
            await first.house.inbox.accept([update])
            await second.house.inbox.accept([update])  # the platform says it twice
        await one.house.engine.settle()

    for who in range(4):
        heard = platform.texts(f"m{who}")
        assert heard == [f"听到 {number}" for number in range(who, 60, 4)]


async def test_no_job_is_left_when_all_is_done(writing: Workshop, postgres: str) -> None:
    async with Workshop(postgres) as working:
        await working.add("in:amei", "out:phone:amei")
        await working.engine.settle()

    assert await writing.writer.look(lambda uow: uow.run(JOBS)) == [(0,)]


async def test_a_database_without_the_tables_of_the_jobs_is_refused(empty_postgres: str) -> None:
    workshop = Workshop(empty_postgres)
    await workshop.writer.start()
    with pytest.raises(ConfigError, match=r"tables of the jobs(.|\n)*bot migrate"):
        await workshop.engine.start()
    await workshop.close()


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch, writing: Workshop) -> None:
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    make = ProcrastinateEngine.on(Database("postgresql://bot@127.0.0.1/bot"))

    with pytest.raises(ConfigError, match=r"pip install .*\[postgres\]"):
        make(_nothing, lambda _uow: (), writing.writer)


async def _nothing(_key: str) -> None:
    pass


async def _done(workshop: Workshop, number: int) -> bool:
    return len(await workshop.effects()) >= number
