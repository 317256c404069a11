"""The durable trip: what a death, an erasure or another version leaves behind."""

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from bot.kernel.desk import Shelf
from bot.kernel.errors import RetryLater, Undeliverable
from bot.kernel.feature import Feature
from bot.kernel.ids import MemberId
from bot.kernel.messages import UpdateKind
from bot.kernel.work import Statement
from bot.pipeline import inbox
from bot.pipeline.housekeeping import retention
from bot.pipeline.personal import personal
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.trip import (
    dying_while_sending,
    failures,
    is_sending,
    router,
    unheard,
)
from tests.kit.workshop import until


async def test_a_message_found_half_sent_is_sent_again_as_a_twin(tmp_path: Path) -> None:
    phone = Phone()
    began = await dying_while_sending(tmp_path, phone)
    house = HouseUnderTest(tmp_path, [Feature("help", router)], phone)
    house.clock.tick(hours=3)
    async with house:
        await house.house.engine.settle()

    assert phone.again == {"reply:1:0": began}
    assert phone.texts("amei") == ["听到 1"]


async def test_a_message_found_half_sent_too_late_for_its_twin_is_left_to_an_operator(
    tmp_path: Path,
) -> None:
    phone = Phone(drops_twins_s=14_340.0)
    await dying_while_sending(tmp_path, phone)
    house = HouseUnderTest(tmp_path, [Feature("help", router)], phone)
    house.clock.tick(hours=4)
    async with house:
        await house.house.engine.settle()
        assert await house.ask("SELECT status FROM outbox WHERE id = 1") == [("maybe",)]

    assert phone.texts("amei") == []


async def test_a_receipt_brings_nothing_back_that_was_erased_meanwhile(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    phone = Phone(slow=go_on)
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        await house.house.writer.do(lambda uow: personal[0].erase(uow, MemberId(1)))
        go_on.set()
        await house.house.engine.settle()
        assert phone.texts("amei") == ["听到 1"]
        assert await house.ask("SELECT status, platform_id FROM outbox") == [("dropped", "")]


async def test_an_update_that_can_not_be_written_takes_no_other_along(
    house: HouseUnderTest,
) -> None:
    bad = house.update("amei", "说 1", key="\ud800")
    good = [house.update("xiaoyu", f"说 {n}") for n in range(3)]
    ended = await asyncio.gather(
        *(house.house.inbox.accept([update]) for update in (bad, *good)), return_exceptions=True
    )
    await house.house.engine.settle()

    assert isinstance(ended[0], ValueError)
    assert house.phone.texts("xiaoyu") == ["听到 0", "听到 1", "听到 2"]


async def test_an_unreadable_update_is_parked_and_holds_back_nobody(
    house: HouseUnderTest,
) -> None:
    await house.house.writer.do(lambda uow: inbox.put(uow, [house.update("amei", "说 1")]))
    await house.house.engine.settle()
    await house.house.writer.do(
        lambda uow: uow.run(Statement("UPDATE inbox SET payload = '{', status = 'waiting'"))
    )

    assert await house.hears("amei", "说 2") == ["听到 2"]
    assert await house.ask("SELECT status FROM inbox ORDER BY id") == [("parked",), ("done",)]
    assert await house.ask("SELECT key LIKE 'inbox:1:%', level FROM notices") == [(1, "error")]


async def test_an_unreadable_message_is_parked_and_holds_back_nobody(
    house: HouseUnderTest,
) -> None:
    await house.hears("amei", "说 1")
    await house.house.writer.do(
        lambda uow: uow.run(Statement("UPDATE outbox SET payload = '{', status = 'queued'"))
    )

    assert await house.hears("amei", "说 2") == ["听到 2"]
    assert await house.ask("SELECT status FROM outbox ORDER BY id") == [("parked",), ("sent",)]
    assert await house.ask("SELECT key, level FROM notices") == [("outbox:1:unreadable", "error")]


async def test_kinds_that_no_room_knows_are_kept_counted_and_logged_once_each(
    tmp_path: Path,
) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        before = unheard()
        with capture_logs() as logs:
            for event in ("meteor", "meteor", "comet", "meteor"):
                await house.hears("amei", "", kind=UpdateKind.EVENT, event=event, sender=None)
            await house.hears("amei", "闲聊", kind=UpdateKind.UNKNOWN)

        assert unheard() - before == 5
        said = [line["event_name"] for line in logs if line["event"] == "inbox.unheard"]
        assert said == ["meteor", "comet", ""]
        assert await house.ask("SELECT count(*) FROM inbox WHERE status = 'done'") == [(5,)]


async def test_what_nobody_answers_is_done_at_once(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        await house.house.inbox.accept([house.update("amei", "今天天气真好")])

        assert await house.ask("SELECT status, tries FROM inbox") == [("done", 0)]


async def test_a_full_disk_is_no_fault_of_the_handler(house: HouseUnderTest) -> None:
    await house.house.engine.stop(0)
    await house.house.inbox.accept([house.update("amei", "长篇")])
    pages = (await house.ask("PRAGMA page_count"))[0][0]

    async def drain_with_room_for(most: object) -> float | None:
        limit = Statement(f"PRAGMA max_page_count = {most}")
        await house.house.writer.do(lambda uow: uow.run(limit))
        return await house.house.dispatch.drain("phone:amei", house.house.writer)

    assert await drain_with_room_for(pages) == 1.0
    assert await house.ask("SELECT status, tries FROM inbox") == [("waiting", 0)]
    assert await drain_with_room_for(1_000_000) is None
    assert await house.ask("SELECT status, tries FROM inbox") == [("done", 0)]


async def test_a_stop_leaves_what_is_not_begun_to_the_next_start(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    phone = Phone(slow=go_on, drops_twins_s=0.0)
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "两句")])
        await until(lambda: is_sending(house))
        stopping = asyncio.create_task(house.house.stop(within_s=30))
        await asyncio.sleep(0)
        go_on.set()
        await stopping
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.engine.settle()

        assert phone.texts("amei") == ["一", "二"]
        assert await house.ask("SELECT DISTINCT status FROM outbox") == [("sent",)]


async def test_what_was_erased_can_not_be_put_back(house: HouseUnderTest) -> None:
    desk, do = house.house.desk, house.house.writer.do
    await house.hears("amei", "说 1")
    house.phone.script.append(Undeliverable("gone", code=60111))
    failures.extend([ValueError("bug")] * 3)
    await house.hears("amei", "说 2")
    for _ in range(2):
        house.clock.tick(seconds=11)
        await house.house.engine.settle()
    await house.hears("amei", "说 3")
    assert await do(lambda uow: desk.drop_inbox(uow, 2, "lin") and desk.drop_outbox(uow, 2, "lin"))
    await do(lambda uow: personal[0].erase(uow, MemberId(1)))

    assert not await do(lambda uow: desk.restore_inbox(uow, 2, "lin"))
    assert not await do(lambda uow: desk.restore_outbox(uow, 2, "lin"))
    assert await do(lambda uow: [*desk.inbox_shelf(uow, Shelf.DROPPED)]) == []
    assert await do(lambda uow: [*desk.outbox_shelf(uow, Shelf.DROPPED)]) == []


async def test_a_message_of_somebody_deleted_meanwhile_is_not_sent_again(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    phone = Phone(slow=go_on, script=[RetryLater("busy", after_s=0)])
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        await house.house.writer.do(lambda uow: personal[0].erase(uow, MemberId(1)))
        go_on.set()
        await house.house.engine.settle()

        assert phone.sent == []
        assert await house.ask("SELECT status, payload FROM outbox") == [("dropped", "")]


async def test_old_messages_are_forgotten_in_bites(house: HouseUnderTest) -> None:
    updates = [house.update("amei", "今天天气真好") for _ in range(502)]
    await house.house.inbox.accept(updates)
    house.clock.tick(hours=49)
    forget = retention(days=2)

    assert await house.house.writer.do(lambda uow: forget.run(uow, house.tools)) is True
    assert await house.house.writer.do(lambda uow: forget.run(uow, house.tools)) is False
    assert await house.ask("SELECT count(*) FROM inbox") == [(1,)]


async def test_an_answer_is_not_taken_for_one_of_long_ago(house: HouseUnderTest) -> None:
    house.phone.script.append(Undeliverable("nobody there", code=60111))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=49)
    forget = retention(days=2)
    await house.house.writer.do(lambda uow: forget.run(uow, house.tools))

    assert await house.hears("amei", "说 2") == ["听到 2"]
