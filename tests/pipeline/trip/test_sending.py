"""The durable trip: what a platform answers, and what becomes of the message."""

from datetime import timedelta
from pathlib import Path

from bot.kernel.errors import Ambiguous, PauseScope, RetryLater, Undeliverable
from bot.kernel.feature import Feature
from bot.kernel.ports import Limit
from bot.pipeline.desk import oldest_due_s
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.trip import router


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
