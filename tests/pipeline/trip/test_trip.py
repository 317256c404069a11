"""The durable trip, step by step: from hearing to answering."""

import asyncio
from pathlib import Path

from bot.kernel.feature import Feature
from bot.kernel.messages import Reply
from bot.kernel.metrics import HANDLED, HANDLER_FAILURES
from bot.kernel.router import Router
from bot.kernel.work import Context
from bot.pipeline import inbox
from tests.kit.house import HouseUnderTest
from tests.kit.trip import (
    NOTE,
    NOTES,
    No,
    counted,
    failures,
    router,
)


async def test_a_message_is_answered(house: HouseUnderTest) -> None:
    assert await house.hears("amei", "说 1") == ["听到 1"]
    assert await house.ask("SELECT status FROM inbox") == [("done",)]
    assert await house.ask("SELECT status, platform_id FROM outbox") == [("sent", "p1")]


async def test_a_repeat_of_a_callback_has_no_second_effect(house: HouseUnderTest) -> None:
    update = house.update("amei", "说 1")
    first = await house.house.inbox.accept([update])
    second = await house.house.inbox.accept([update])
    await house.house.engine.settle()

    assert first[0].id is not None
    assert second[0].id is None
    assert house.phone.texts("amei") == ["听到 1"]


async def test_one_conversation_stays_in_order(house: HouseUnderTest) -> None:
    updates = [house.update("amei", f"说 {n}") for n in range(50)]
    await asyncio.gather(*(house.house.inbox.accept([u]) for u in updates))
    await house.house.engine.settle()

    assert house.phone.texts("amei") == [f"听到 {n}" for n in range(50)]


async def test_a_failing_handler_is_tried_three_times_then_parked(house: HouseUnderTest) -> None:
    failures.extend([ValueError("一"), ValueError("二"), ValueError("三")])
    await house.hears("amei", "说 1")
    for _ in range(3):
        house.clock.tick(seconds=30)
        await house.house.engine.settle()

    assert await house.ask("SELECT status, tries FROM inbox") == [("parked", 3)]
    assert "ValueError: 三" in str((await house.ask("SELECT error FROM inbox"))[0][0])
    assert await house.ask(NOTES) == []


async def test_a_failing_handler_leaves_nothing_and_recovers(house: HouseUnderTest) -> None:
    failures.append(ValueError("一"))
    assert await house.hears("amei", "说 1") == []
    house.clock.tick(seconds=30)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]
    assert await house.ask(NOTES) == [("amei:1",)]


async def test_a_failing_conversation_keeps_its_order_and_blocks_nobody_else(
    house: HouseUnderTest,
) -> None:
    failures.append(ValueError("一"))
    await house.hears("amei", "说 1")
    await house.hears("amei", "说 2")
    assert await house.hears("xiaoyu", "说 3") == ["听到 3"]
    assert house.phone.texts("amei") == []
    house.clock.tick(seconds=30)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1", "听到 2"]


async def test_a_parked_update_can_be_run_again(house: HouseUnderTest) -> None:
    failures.extend(ValueError("x") for _ in range(3))
    await house.hears("amei", "说 1")
    for _ in range(3):
        house.clock.tick(seconds=30)
        await house.house.engine.settle()
    assert await house.house.writer.do(lambda uow: house.house.desk.retry_inbox(uow, 1, "lin"))
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]


async def test_a_refusal_takes_back_what_the_handler_wrote(tmp_path: Path) -> None:
    refusing = Router()

    @refusing.command("不行")
    def refuse(ctx: Context) -> Reply:
        ctx.uow.run(NOTE, what="written")
        raise No("because", channel="phone", item=7)

    async with HouseUnderTest(tmp_path, [Feature("help", refusing)]) as house:
        for _ in range(2):  # the first time nobody knows yet that it writes before it refuses
            (answer,) = await house.hears("amei", "不行")
            assert answer.startswith("一条发往 phone 的消息可能已经发出")
        assert await house.ask(NOTES) == []
        assert await house.ask("SELECT status, tries FROM inbox") == [("done", 0), ("done", 0)]


async def test_a_refusal_after_writing_leaves_those_be_who_share_its_commit(tmp_path: Path) -> None:
    refusing = Router()

    @refusing.command("不行")
    def refuse(ctx: Context) -> Reply:
        ctx.uow.run(NOTE, what="written")
        raise No("because", channel="phone", item=7)

    rooms = [Feature("help", refusing), Feature("trip", router)]
    async with HouseUnderTest(tmp_path, rooms) as house:
        said = ["不行", *(f"说 {n}" for n in range(20))]
        await house.house.inbox.accept([house.update(f"m{n}", w) for n, w in enumerate(said)])
        await house.house.engine.settle()
        assert len(house.phone.sent) == len(said)
        assert sorted(await house.ask(NOTES)) == sorted((f"m{n}:{n - 1}",) for n in range(1, 21))


async def test_one_drain_handles_all_that_waits_in_a_conversation(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        writer, updates = house.house.writer, [house.update("amei", f"说 {n}") for n in range(3)]
        await writer.do(lambda uow: inbox.put(uow, updates, lambda _update: True))

        assert await house.house.dispatch.drain("phone:amei", writer) is None
        assert [what for (what,) in await house.ask(NOTES)] == [f"amei:{n}" for n in range(3)]


async def test_what_is_handled_and_what_fails_is_counted(house: HouseUnderTest) -> None:
    before = [counted(HANDLED), counted(HANDLER_FAILURES)]
    failures.append(ValueError("bug"))
    await house.hears("amei", "说 1")
    await house.hears("xiaoyu", "说 2")

    assert [counted(HANDLED) - before[0], counted(HANDLER_FAILURES) - before[1]] == [1, 1]
