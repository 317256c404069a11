"""What was said to a customer, and what the platform told of her, is forgotten with her."""

import json
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.features import help as help_room
from bot.kernel.work import UnitOfWork
from bot.pipeline.personal import personal
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, FakeKefu, kefu
from tests.kit.rooms import TurnedClock

SAMPLES = Path(__file__).parent / "samples"
WM = "wmInventedExternalUser0000000001"


def items() -> list[dict[str, object]]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("kf_item_*.json"))]
    return [item for item in found if isinstance(item, dict)]


@pytest.mark.parametrize("item", items(), ids=lambda item: str(item["msgid"]))
async def test_nothing_of_an_item_is_left_when_she_is_forgotten(
    tmp_path: Path, item: dict[str, object]
) -> None:
    clock = TurnedClock()

    def forget(uow: UnitOfWork) -> None:
        member = members.resolve(uow, KEFU, WM, clock.now())
        for data in (*personal, *help_room.feature.personal, *members.personal):
            data.erase(uow, member)

    async with FakeKefu(now=lambda: clock.now().timestamp()) as platform:
        door = kefu(platform, clock, tmp_path)
        async with HouseUnderTest(
            tmp_path, [help_room.feature], clock=clock, doors=[door]
        ) as built:
            platform.adds(item | {"send_time": int(clock.now().timestamp())})
            await built.house.fetching.poke(KEFU, {WK: ""})
            await built.house.engine.settle()
            await built.house.writer.do(forget)
            rows = await built.ask("SELECT * FROM inbox")

    assert len(rows) == 1
    assert WM not in str(rows)
    assert "已为您登记" not in str(rows)
