"""Every recorded item goes through the whole house, and is forgotten with its customer."""

import json
from pathlib import Path

import pytest

from bot import app as roof
from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, FakeKefu, kefu
from tests.kit.rooms import TurnedClock

SAMPLES = Path(__file__).parent / "samples"
WM = "wmInventedExternalUser0000000001"


def items() -> list[dict[str, object]]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("kf_item_*.json"))]
    return [item for item in found if isinstance(item, dict)]


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("item", items(), ids=lambda item: str(item["msgid"]))
async def test_nothing_of_an_item_is_left_when_she_is_forgotten(
    tmp_path: Path, item: dict[str, object], *, is_known: bool
) -> None:
    clock = TurnedClock()

    def forget(uow: UnitOfWork) -> None:
        member = members.resolve(uow, KEFU, WM, clock.now())
        roof.PERSONAL.erase(uow, member)

    async with FakeKefu(now=lambda: clock.now().timestamp()) as platform:
        door = kefu(platform, clock, tmp_path)
        async with HouseUnderTest(tmp_path, roof.FEATURES, clock=clock, doors=[door]) as built:
            if is_known:
                platform.hears(WM, "帮助")
            platform.adds(item | {"send_time": int(clock.now().timestamp())})
            await built.house.fetching.poke(KEFU, {WK: ""})
            await built.house.engine.settle()
            parked = await built.ask("SELECT error FROM inbox WHERE status = 'parked'")
            await built.house.writer.do(forget)
            left = [
                await built.ask(f"SELECT * FROM {table}")
                for table in ("inbox", "outbox", "handoff_sessions", "origins", "identities")
            ]

    assert parked == []
    assert len(left[0]) == 1 + is_known
    assert WM not in str(left)
    assert "已为您登记" not in str(left)
