"""The durable trip, step by step, with rooms made for the purpose."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import Counter
from structlog.testing import capture_logs

from bot.kernel.desk import Shelf
from bot.kernel.errors import Ambiguous, PauseScope, Refusal, RetryLater, Undeliverable
from bot.kernel.feature import Feature
from bot.kernel.ids import MemberId
from bot.kernel.messages import Reply, Text, UpdateKind
from bot.kernel.metrics import HANDLED, HANDLER_FAILURES, REGISTRY
from bot.kernel.ports import Limit
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement
from bot.pipeline import inbox, outbox
from bot.pipeline.desk import oldest_due_s
from bot.pipeline.housekeeping import catch_up, retention
from bot.pipeline.outbox import LONGEST_DELAY_S
from bot.pipeline.personal import personal
from bot.storage.columns import instant
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.workshop import until

NOTE = Statement("INSERT INTO audit (at, who, what, why) VALUES (0, 'test', :what, '')")
NOTES = "SELECT what FROM audit WHERE who = 'test' ORDER BY id"

router = Router()
failures: list[Exception] = []


@router.command("说", argument=True)
def say(ctx: Context) -> Reply:
    ctx.uow.run(NOTE, what=f"{ctx.update.sender}:{ctx.argument}")
    if failures:
        raise failures.pop(0)
    return Reply(part=Text(f"听到 {ctx.argument}"))


@router.command("长篇")
def say_a_lot(ctx: Context) -> Reply:
    ctx.uow.run(NOTE, what="长" * 100_000)
    return Reply(part=Text("记下了"))


@router.command("两句")
def say_twice(_ctx: Context) -> list[Reply]:
    return [Reply(part=Text("一")), Reply(part=Text("二"))]


class No(Refusal):
    template = "pipeline/outbox_maybe.txt.j2"  # any template that takes words


@pytest.fixture(autouse=True)
def no_failures() -> None:
    failures.clear()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HouseUnderTest]:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        yield house


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
        (answer,) = await house.hears("amei", "不行")
        assert answer.startswith("一条发往 phone 的消息可能已经发出")
        assert await house.ask(NOTES) == []
        assert await house.ask("SELECT status FROM inbox") == [("done",)]


async def test_several_answers_leave_in_order(house: HouseUnderTest) -> None:
    assert await house.hears("amei", "两句") == ["一", "二"]


async def test_a_platform_that_asks_for_patience_gets_it(house: HouseUnderTest) -> None:
    house.phone.script.append(RetryLater("busy", after_s=5))
    assert await house.hears("amei", "说 1") == []
    house.clock.tick(seconds=6)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]
    assert house.phone.again == {}


async def test_a_frequency_error_rests_the_whole_channel(house: HouseUnderTest) -> None:
    house.phone.script.append(
        RetryLater("45009", after_s=60, code=45009, scope=PauseScope.CHANNEL, uncounted=True)
    )
    await house.hears("amei", "说 1")
    assert await house.hears("xiaoyu", "说 2") == []
    house.clock.tick(seconds=61)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]
    assert house.phone.texts("xiaoyu") == ["听到 2"]


async def test_an_ambiguous_send_is_repeated_where_twins_are_dropped(
    house: HouseUnderTest,
) -> None:
    house.phone.script.append(Ambiguous("time-out"))
    await house.hears("amei", "说 1")
    house.clock.tick(seconds=6)
    await house.house.engine.settle()

    assert list(house.phone.again) == ["reply:1:0"]


async def test_a_doubt_is_as_old_as_the_first_try_it_is_about(house: HouseUnderTest) -> None:
    began = house.clock.now()
    house.phone.script += [Ambiguous("time-out"), Ambiguous("time-out"), RetryLater("", after_s=1)]
    await house.hears("amei", "说 1")
    for _ in house.phone.script.copy():
        house.clock.tick(seconds=60)
        await house.house.engine.settle()
    house.clock.tick(seconds=60)
    await house.house.engine.settle()

    assert house.phone.again == {"reply:1:0": began}


async def test_an_ambiguous_send_is_marked_where_twins_would_arrive(tmp_path: Path) -> None:
    phone = Phone(drops_twins_s=0.0, script=[Ambiguous("time-out")])
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.hears("amei", "说 1")
        assert await house.hears("amei", "说 2") == ["听到 2"]
        assert await house.ask("SELECT status FROM outbox ORDER BY id") == [("maybe",), ("sent",)]


async def test_a_busy_answer_that_may_hide_a_success_is_asked_for_its_twin(
    house: HouseUnderTest,
) -> None:
    began = house.clock.now()
    house.phone.script.append(RetryLater("busy", after_s=5, doubtful=True))
    await house.hears("amei", "说 1")
    house.clock.tick(seconds=5)
    await house.house.engine.settle()

    assert house.phone.again == {"reply:1:0": began}


async def test_a_busy_answer_is_tried_again_where_twins_would_arrive(tmp_path: Path) -> None:
    phone = Phone(drops_twins_s=0.0, script=[RetryLater("busy", after_s=5, doubtful=True)])
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.hears("amei", "说 1")
        house.clock.tick(seconds=5)
        await house.house.engine.settle()

    assert phone.texts("amei") == ["听到 1"]


async def test_what_ends_with_its_doubt_is_not_called_unsent(house: HouseUnderTest) -> None:
    house.phone.script += [Ambiguous("time-out"), Undeliverable("gone", code=60111)]
    await house.hears("amei", "说 1")
    house.clock.tick(seconds=6)
    await house.house.engine.settle()

    assert await house.ask("SELECT status, error_code FROM outbox WHERE id = 1") == [
        ("maybe", 60111)
    ]


async def test_what_can_not_be_delivered_is_parked_and_the_next_leaves(
    house: HouseUnderTest,
) -> None:
    house.phone.script.append(Undeliverable("gone", code=60111))
    await house.hears("amei", "说 1")
    assert await house.hears("amei", "说 2") == ["听到 2"]
    assert await house.ask("SELECT status, error_code FROM outbox WHERE id = 1") == [
        ("parked", 60111)
    ]


async def test_a_channel_that_is_off_rests_until_an_operator_retries(
    house: HouseUnderTest,
) -> None:
    house.phone.script.append(Undeliverable("ip", code=60020, channel_off=True))
    await house.hears("amei", "说 1")
    assert await house.hears("amei", "说 2") == []
    assert await house.house.writer.do(lambda uow: house.house.desk.retry_outbox(uow, 1, "lin"))
    await house.house.engine.settle()

    assert sorted(house.phone.texts("amei")) == ["听到 1", "听到 2"]


async def test_a_channel_that_is_off_leaves_the_house_ready(house: HouseUnderTest) -> None:
    house.phone.script.append(Undeliverable("ip", code=60020, channel_off=True))
    await house.hears("amei", "说 1")
    await house.hears("amei", "说 2")
    house.clock.at += timedelta(minutes=5)

    assert await house.house.writer.look(oldest_due_s) == 0.0


async def test_a_full_lane_postpones_and_nobody_sleeps(tmp_path: Path) -> None:
    phone = Phone(limits=(Limit(3, 60),))
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        for number in range(5):
            await house.hears("amei", f"说 {number}")
        assert len(phone.sent) == 3
        house.clock.tick(seconds=59)
        await house.house.engine.settle()
        assert len(phone.sent) == 3
        house.clock.tick(seconds=2)
        await house.house.engine.settle()
        assert phone.texts("amei") == [f"听到 {n}" for n in range(5)]


async def test_the_strictest_of_several_limits_counts_before_the_longest_is_near(
    tmp_path: Path,
) -> None:
    phone = Phone(limits=(Limit(2, 60), Limit(100, 3_600)))
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        for number in range(3):
            await house.hears("amei", f"说 {number}")
        assert len(phone.sent) == 2
        house.clock.tick(seconds=61)
        await house.house.engine.settle()
        assert len(phone.sent) == 3


async def test_one_drain_handles_all_that_waits_in_a_conversation(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        writer, updates = house.house.writer, [house.update("amei", f"说 {n}") for n in range(3)]
        await writer.do(lambda uow: inbox.put(uow, updates, lambda _update: True))

        assert await house.house.dispatch.drain("phone:amei", writer) is None
        assert [what for (what,) in await house.ask(NOTES)] == [f"amei:{n}" for n in range(3)]


async def housekeeping(house: HouseUnderTest) -> None:
    await house.house.writer.do(lambda uow: retention(days=90).run(uow, house.tools))
    await house.house.engine.settle()


async def test_a_clock_set_back_holds_up_no_update(house: HouseUnderTest) -> None:
    failures.append(ValueError("bug"))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert house.phone.texts("amei") == ["听到 1"]


@pytest.mark.parametrize("scope", PauseScope)
async def test_a_clock_set_back_holds_up_no_message(
    house: HouseUnderTest, scope: PauseScope
) -> None:
    house.phone.script.append(RetryLater("busy", after_s=5, scope=scope))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert house.phone.texts("amei") == ["听到 1"]


async def test_a_clock_set_back_ends_a_rest_however_long_it_was(house: HouseUnderTest) -> None:
    house.phone.script.append(
        RetryLater("a day's quota", after_s=86_400, scope=PauseScope.CHANNEL, uncounted=True)
    )
    await house.hears("amei", "说 1")
    house.clock.tick(hours=20)
    assert await house.ask("SELECT count(*) FROM pauses") == [(1,)]
    await house.house.writer.do(catch_up)
    assert await house.ask("SELECT count(*) FROM pauses") == [(1,)]
    house.clock.tick(hours=-21)
    await house.house.writer.do(catch_up)

    assert await house.ask("SELECT count(*) FROM pauses") == [(0,)]


async def test_a_clock_set_back_leaves_a_channel_off(house: HouseUnderTest) -> None:
    house.phone.script.append(Undeliverable("ip", code=60020, channel_off=True))
    await house.hears("amei", "说 1")
    house.clock.tick(hours=-5)
    await housekeeping(house)

    assert await house.hears("amei", "说 2") == []


async def test_a_clock_set_back_rests_a_full_lane_for_one_window(tmp_path: Path) -> None:
    phone = Phone(limits=(Limit(2, 60),))
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        for number in range(2):
            await house.hears("amei", f"说 {number}")
        house.clock.tick(hours=-5)
        assert await house.hears("amei", "说 2") == []
        house.clock.tick(seconds=61)
        assert await house.hears("amei", "说 3") == ["听到 2", "听到 3"]


async def test_what_was_being_sent_when_the_clock_was_set_back_is_taken_back(
    tmp_path: Path,
) -> None:
    go_on = asyncio.Event()
    phone = Phone(slow=go_on)
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        house.clock.tick(hours=-5)
        await house.house.writer.do(catch_up)
        house.clock.tick(seconds=60)
        assert await house.house.writer.do(lambda uow: outbox.recover(uow, lease_s=60)) == 1
        [(since,)] = await house.ask("SELECT doubt_since FROM outbox")
        go_on.set()

        assert instant(since) < house.clock.now() - timedelta(minutes=30)


async def test_no_wait_is_longer_than_housekeeping_thinks(house: HouseUnderTest) -> None:
    house.phone.script.append(RetryLater("busy", after_s=86_400))
    await house.hears("amei", "说 1")
    house.clock.tick(seconds=LONGEST_DELAY_S)
    await house.house.engine.settle()

    assert house.phone.texts("amei") == ["听到 1"]


async def dying_while_sending(folder: Path, phone: Phone) -> datetime:
    """Leave a message `sending`; return since when."""
    phone.slow = asyncio.Event()
    async with HouseUnderTest(folder, [Feature("help", router)], phone) as house:
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await until(lambda: is_sending(house))
        await house.house.stop(within_s=0)
        phone.slow = None
        return house.clock.now()


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


async def test_what_is_handled_and_what_fails_is_counted(house: HouseUnderTest) -> None:
    before = [counted(HANDLED), counted(HANDLER_FAILURES)]
    failures.append(ValueError("bug"))
    await house.hears("amei", "说 1")
    await house.hears("xiaoyu", "说 2")

    assert [counted(HANDLED) - before[0], counted(HANDLER_FAILURES) - before[1]] == [1, 1]


async def is_sending(house: HouseUnderTest) -> bool:
    return bool(await house.ask("SELECT id FROM outbox WHERE status = 'sending'"))


def unheard() -> float:
    return REGISTRY.get_sample_value("bot_updates_unheard_total", {"channel": "phone"}) or 0.0


def counted(counter: Counter) -> float:
    return next(iter(counter.collect())).samples[0].value
