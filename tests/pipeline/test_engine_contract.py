"""What every engine promises, tried on both: on SQLite in one process, on PostgreSQL in several.

An item counts as lost, doubled or out of order by what stands in the table of effects.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from signal import SIGKILL

import pytest

from bot.kernel.work import UnitOfWork
from bot.pipeline.engine import embedded, procrastinate
from tests.kit.workshop import (
    KEYS_OF_A_REPLICA,
    STEPS,
    Workshop,
    in_order,
    prepare,
    promises,
    replica,
    until,
)

pytestmark = pytest.mark.timeout(30)


@pytest.fixture(params=["embedded", pytest.param("procrastinate", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "embedded":
        address = f"sqlite:///{tmp_path / 'work.sqlite3'}"
    else:
        address = request.getfixturevalue("postgres")
    prepare(address)
    return address


@pytest.fixture
async def workshop(url: str) -> AsyncIterator[Workshop]:
    async with Workshop(url) as running:
        yield running


async def test_what_is_committed_is_drained(workshop: Workshop) -> None:
    await workshop.add("in:amei", "out:phone:amei")
    await workshop.engine.settle()

    assert [key for _item, key in sorted(await workshop.effects())] == ["in:amei", "out:phone:amei"]


async def test_a_wake_is_drained_even_when_no_row_is_due(workshop: Workshop) -> None:
    await workshop.wake("in:amei")
    await workshop.engine.settle()

    assert workshop.drained["in:amei"] == 1


async def test_what_is_rolled_back_is_not_drained(workshop: Workshop) -> None:
    def fail(uow: UnitOfWork) -> None:
        uow.wake("in:ghost")
        workshop.engine.enlist(uow)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await workshop.writer.do(fail)
    await workshop.wake("in:amei")
    await workshop.engine.settle()

    assert set(workshop.drained) == {"in:amei"}


async def test_one_key_is_never_drained_twice_at_once(workshop: Workshop) -> None:
    workshop.during = lambda _key: asyncio.sleep(0.005)
    await asyncio.gather(*[workshop.add(f"in:{number % 3}") for number in range(60)])
    await workshop.engine.settle()

    assert workshop.most_inside == 1
    assert len(await workshop.effects()) == 60
    assert set((await workshop.attempts()).values()) == {1}


async def test_a_wake_during_a_drain_drains_once_more(workshop: Workshop) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda _key: go_on.wait()
    await workshop.wake("in:amei")
    await until(lambda: workshop.drained["in:amei"] == 1)
    for _ in range(3):
        await workshop.wake("in:amei")
    go_on.set()
    await workshop.engine.settle()

    assert workshop.drained["in:amei"] == 2


async def test_the_items_of_a_key_are_done_in_order(workshop: Workshop) -> None:
    for number in range(90):
        await workshop.add(f"in:{number % 3}")
    await workshop.engine.settle()

    effects = await workshop.effects()
    assert len(effects) == 90
    assert in_order(effects)


async def test_a_slow_key_holds_up_no_other(workshop: Workshop) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda key: go_on.wait() if key == "in:slow" else asyncio.sleep(0)
    await workshop.add("in:slow")
    await until(lambda: workshop.inside["in:slow"] == 1)
    for number in range(20):
        await workshop.add(f"in:{number}")
    await until(lambda: _has_effects(workshop, 20))
    go_on.set()
    await workshop.engine.settle()

    assert (await workshop.effects())[-1][1] == "in:slow"


async def test_a_slow_platform_holds_up_no_member(workshop: Workshop) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda key: go_on.wait() if key.startswith("out:") else asyncio.sleep(0)
    await workshop.add(*[f"out:slow:{number}" for number in range(100)])
    await workshop.add("in:amei")
    await until(lambda: _has_effects(workshop, 1))
    go_on.set()
    await workshop.engine.settle()

    assert (await workshop.effects())[0][1] == "in:amei"


async def test_a_platform_that_hangs_holds_up_no_other(workshop: Workshop) -> None:
    go_on = asyncio.Event()
    workshop.during = lambda key: go_on.wait() if key.startswith("out:hung") else asyncio.sleep(0)
    await workshop.add(*[f"out:hung:{number}" for number in range(600)], "out:quick:amei")
    await until(lambda: _has_effects(workshop, 1))
    await workshop.add("out:quick:amei", "out:quick:bo")
    await until(lambda: _has_effects(workshop, 3))
    go_on.set()
    await workshop.engine.settle()

    effects = [key for _item, key in await workshop.effects()]
    assert set(effects[:3]) == {"out:quick:amei", "out:quick:bo"}
    assert len(effects) == 603


async def test_a_drain_that_fails_is_found_again(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_REST_S", 0.1)
    monkeypatch.setattr(procrastinate, "_REST_S", 0.1)

    async def fail_once(key: str) -> None:
        if workshop.drained[key] == 1:
            raise ValueError(key)

    workshop.during = fail_once
    await workshop.add("in:amei")
    await workshop.all_done()

    assert workshop.drained["in:amei"] == 2
    assert len(await workshop.effects()) == 1


async def test_an_item_for_later_waits_until_then(workshop: Workshop) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    await workshop.add("in:amei", in_s=0.4)
    await workshop.engine.settle()
    assert await workshop.effects() == []
    await workshop.all_done()

    assert 0.4 <= loop.time() - begin < 3


async def test_a_backlog_of_many_keys_is_worked_off(workshop: Workshop) -> None:
    keys = [f"in:{number}" for number in range(600)]
    await workshop.add(*keys, *keys)
    await workshop.engine.settle()

    effects = await workshop.effects()
    assert len(effects) == 1200
    assert in_order(effects)
    assert set((await workshop.attempts()).values()) == {1}


async def test_stopping_lets_what_is_under_way_finish(url: str) -> None:
    workshop = Workshop(url)
    async with workshop:
        workshop.during = lambda _key: asyncio.sleep(0.2)
        await workshop.add("in:amei")
        await until(lambda: workshop.inside["in:amei"] == 1)
        await workshop.engine.stop(within_s=5)

        assert len(await workshop.effects()) == 1
        assert workshop.engine.trouble() == "stopped"


async def test_what_takes_too_long_at_a_stop_is_left_to_the_next(url: str) -> None:
    first = Workshop(url)
    first.during = lambda _key: asyncio.sleep(60)
    async with first:
        await first.add("in:amei")
        await until(lambda: first.inside["in:amei"] == 1)
        await first.engine.stop(within_s=0.1)
        assert first.inside["in:amei"] == 0
    async with Workshop(url) as second:
        await second.engine.settle()

        assert len(await second.effects()) == 1


async def test_a_running_engine_has_no_trouble(workshop: Workshop) -> None:
    await workshop.wake("in:amei")
    await workshop.engine.settle()

    assert workshop.engine.trouble() == ""


async def test_what_a_killed_process_left_is_found_by_the_next(url: str) -> None:
    promised: set[int] = set()
    for step in STEPS:
        with replica(url, 12, step) as process:
            said, _ = process.communicate(timeout=12)
        assert process.returncode == -SIGKILL, f"it was to die at: {step}"
        promised |= promises(said)
    async with Workshop(url) as heir:
        await heir.all_done()
        await heir.engine.settle()

        effects, attempts = await heir.effects(), await heir.attempts()
        assert promised <= {item for item, _key in effects}
        assert in_order(effects)
        assert len(effects) == len(attempts)
        assert sum(attempts.values()) <= len(effects) + len(STEPS) * KEYS_OF_A_REPLICA


async def _has_effects(workshop: Workshop, number: int) -> bool:
    return len(await workshop.effects()) >= number


async def test_what_is_left_to_others_waits_until_it_is_served(workshop: Workshop) -> None:
    workshop.engine.serve("out:phone", here=False)
    await workshop.add("out:phone:amei", "in:amei")
    await until(lambda: workshop.drained["in:amei"] > 0)
    assert not workshop.drained["out:phone:amei"]

    workshop.engine.serve("out:phone", here=True)
    await workshop.all_done()


async def test_to_leave_a_crowd_and_to_serve_it_at_once_is_no_trouble(workshop: Workshop) -> None:
    await workshop.add("out:phone:amei")
    await workshop.all_done()
    workshop.engine.serve("out:phone", here=False)
    workshop.engine.serve("out:phone", here=True)
    await workshop.add("out:phone:amei")
    troubles = set[str]()

    def is_done() -> bool:
        troubles.add(workshop.engine.trouble())
        return workshop.drained["out:phone:amei"] > 1

    await until(is_done)
    await workshop.all_done()
    assert troubles == {""}


async def test_a_crowd_is_served_where_somebody_serves_it(url: str) -> None:
    async with Workshop(url) as here, Workshop(url) as elsewhere:
        elsewhere.engine.serve("out:phone", here=False)
        for number in range(10):
            await elsewhere.add(f"out:phone:{number}")
        await here.all_done()

    assert not elsewhere.drained
