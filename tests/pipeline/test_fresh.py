"""What was just written is a hint, and the rows have the last word."""

from pathlib import Path

import pytest

from bot.kernel.feature import Feature
from bot.kernel.work import Statement
from bot.pipeline.fresh import Fresh
from tests.kit.house import HouseUnderTest
from tests.kit.trip import router


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
