"""What was just written is a hint, and the rows have the last word."""

from pathlib import Path

import pytest

from bot.commons.notices import Notices
from bot.kernel.feature import Feature
from bot.kernel.ids import OutboxId
from bot.kernel.messages import NotArrived, Receipt
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from bot.pipeline.afterwards import not_arrived
from bot.pipeline.alarm import Alarm
from bot.pipeline.desk import Desk
from bot.pipeline.fresh import Fresh
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.trip import failures, router


def test_several_of_one_key_are_no_hint_and_each_is_given_once() -> None:
    fresh = Fresh[int, str]()
    fresh.tell("amei", 1, "早")
    fresh.tell("bo", 2, "早")
    fresh.tell("bo", 3, "晚")

    assert [fresh.take(key) for key in ("amei", "amei", "bo", "bo")] == [
        (1, "早"),
        None,
        None,
        None,
    ]


async def test_who_handles_nothing_remembers_nothing(tmp_path: Path) -> None:
    built = HouseUnderTest(tmp_path, [Feature("help", router)])
    await built.house.start(worker=False, scheduler=False)
    await built.house.inbox.accept([built.update("amei", "说 早")])

    assert built.house.dispatch.new.take("phone:amei") is None
    await built.house.stop()
    built.database.close()


def test_what_nobody_asks_for_is_forgotten() -> None:
    fresh = Fresh[int, str]()
    for number in range(15_000):
        fresh.tell(f"m{number}", number, "")

    assert fresh.take("m0") is None
    assert fresh.take("m14999") == (14_999, "")


@pytest.mark.parametrize(
    "change",
    ["payload = ''", "status = 'parked'", "due_at = due_at + 60000000"],
    ids=["erased", "parked", "later"],
)
@pytest.mark.parametrize("book", ["inbox", "outbox"])
async def test_a_row_that_changed_meanwhile_is_not_taken_for_what_it_was(
    tmp_path: Path, book: str, change: str
) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        writer, engine = house.house.writer, house.house.engine
        await engine.stop(1)
        await house.house.inbox.accept([house.update("amei", "说 1")])
        if book == "outbox":
            await house.house.dispatch.drain("phone:amei", writer)
        await writer.do(lambda uow: uow.run(Statement(f"UPDATE {book} SET {change}")))
        await house.house.dispatch.drain("phone:amei", writer)
        await house.house.sending.drain("phone:amei")

        assert house.phone.sent == []


LANE = "phone:amei"


async def answered(house: HouseUnderTest) -> None:
    """Let an answer wait, of which a hint is there; another replica does what then happens."""
    await house.house.engine.stop(1)
    await house.house.inbox.accept([house.update("amei", "说 1")])
    await house.house.dispatch.drain(LANE, house.house.writer)


def claims(uow: UnitOfWork, alarm: Alarm) -> None:
    outbox.claim(uow, LANE, PHONE, (), reserve_s=lambda: 0.0, drops_twins_s=0, alarm=alarm)


async def test_what_another_replica_may_have_sent_is_no_news(tmp_path: Path) -> None:
    phone = Phone(drops_twins_s=0)
    async with HouseUnderTest(tmp_path, [Feature("help", router)], phone) as house:
        await answered(house)
        alarm = Alarm(Notices(), house.words)
        await house.house.writer.do(lambda uow: claims(uow, alarm))
        await house.house.writer.do(lambda uow: outbox.recover(uow, lease_s=0))
        await house.house.sending.drain(LANE)

        assert phone.sent == []
        assert await house.ask("SELECT status FROM outbox WHERE id = 1") == [("maybe",)]


async def test_what_did_not_arrive_leaves_again_by_its_new_key(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        await answered(house)
        alarm, item = Alarm(Notices(), house.words), OutboxId(1)

        def fails(uow: UnitOfWork) -> None:
            claims(uow, alarm)
            outbox.record(uow, item, Receipt(platform_id="p1"))
            not_arrived(uow, PHONE, NotArrived("p1", "amei", "blocked"), alarm)
            Desk([PHONE]).retry_outbox(uow, item, "lin")

        await house.house.writer.do(fails)
        await house.house.sending.drain(LANE)

        assert [message.key for message in house.phone.sent] == ["reply:1:0~"]


async def test_tries_of_another_replica_count(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [Feature("help", router)]) as house:
        await house.house.engine.stop(1)
        await house.house.inbox.accept([house.update("amei", "说 1")])
        await house.house.writer.do(lambda uow: uow.run(Statement("UPDATE inbox SET tries = 2")))
        failures.append(ValueError("again"))
        await house.house.dispatch.drain(LANE, house.house.writer)

        assert await house.ask("SELECT status, tries FROM inbox") == [("parked", 3)]
