"""Trouble with one conversation keeps no other waiting."""

import pytest

from bot.features.handoff.errands import move, survey
from bot.kernel.errors import PlatformError
from tests.features.handoff.conftest import Desk
from tests.kit.platforms import Fault

FAULTS = [Fault(errcode=-1), Fault(raw=b"<html>"), Fault(drop=True)]
STATES = "SELECT identity, state FROM handoff_sessions ORDER BY identity"


async def two_ask(desk: Desk) -> None:
    desk.platform.employs("lihua")
    for who in ("wm1", "wm2"):
        desk.platform.hears(who, "转人工")
    await desk.settle()


@pytest.mark.parametrize("fault", FAULTS)
async def test_who_waits_behind_one_that_the_platform_chokes_on_is_helped(
    desk: Desk, fault: Fault
) -> None:
    faults = desk.platform.faults["kf/service_state/get"]
    faults.extend([Fault(errcode=45009)] * 9)
    await two_ask(desk)
    faults.clear()
    faults.append(fault)
    assert await move(desk.house.house.writer, desk.house.tools)

    assert await desk.house.ask(STATES) == [("wm1", "asked"), ("wm2", "human")]
    await desk.waits(seconds=301)
    assert await desk.house.ask(STATES) == [("wm1", "human"), ("wm2", "human")]


@pytest.mark.parametrize("fault", [*FAULTS, Fault(errcode=45009)])
async def test_a_platform_that_is_away_is_left_alone(desk: Desk, fault: Fault) -> None:
    desk.platform.faults["kf/service_state/get"].extend([fault] * 9)
    desk.platform.employs("lihua")
    for number in range(9):
        desk.platform.hears(f"wm{number}", "转人工")
    await desk.settle()

    assert len(desk.platform.called("kf/service_state/get")) <= 3


async def test_what_cannot_be_compared_is_compared_after_the_others(desk: Desk) -> None:
    await two_ask(desk)
    desk.platform.faults["kf/service_state/get"].append(Fault(errcode=-1))
    desk.clock.tick(minutes=11)
    with pytest.raises(PlatformError):
        await survey(desk.house.house.writer, desk.house.tools)
    desk.clock.tick(seconds=1)
    desk.platform.faults["kf/service_state/get"].append(Fault(errcode=-1))
    with pytest.raises(PlatformError):
        await survey(desk.house.house.writer, desk.house.tools)

    asked = [call["external_userid"] for call in desk.platform.called("kf/service_state/get")]
    assert set(asked[-2:]) == {"wm1", "wm2"}  # not the same one twice; both asked at once before


@pytest.mark.parametrize("fault", FAULTS)
async def test_whose_list_can_not_be_read_is_asked_by_the_last_one(
    desk: Desk, fault: Fault
) -> None:
    desk.platform.employs("lihua")
    await survey(desk.house.house.writer, desk.house.tools)
    desk.platform.faults["kf/servicer/list"].extend([fault] * 9)
    await desk.says("转人工")

    assert await desk.state() == ("human", "lihua", "")
