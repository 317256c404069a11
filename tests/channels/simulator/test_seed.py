"""The demo's history: lively, at its own times, and only once."""

from datetime import timedelta

from bot.channels.simulator import begin_history, seed
from bot.channels.simulator.seed import LINES
from tests.kit.simulator import Stage


async def test_members_speak_at_their_own_times(stage: Stage) -> None:
    now = stage.clock.now()
    begin_history(stage.clock, stage.simulator.zone)

    said = await seed(stage.simulator, stage.ear, stage.travel)

    assert said == len(stage.ear.heard) == len(LINES)
    assert {update.sender for update in stage.ear.heard} == {
        "amei",
        "xiaoyu",
        "wangjie",
        "linlin",
        "azhen",
    }
    assert [update.at for update in stage.ear.heard] == sorted(u.at for u in stage.ear.heard)
    assert now - timedelta(days=4) < stage.ear.heard[0].at < stage.ear.heard[-1].at < now
    assert stage.clock.now() == now


async def test_the_history_is_told_once(stage: Stage) -> None:
    await seed(stage.simulator, stage.ear)

    assert await seed(stage.simulator, stage.ear) == 0
    assert len(stage.ear.heard) == len(LINES)


async def test_a_history_never_joins_a_real_conversation(stage: Stage) -> None:
    await stage.post("messages", {"member": "amei", "text": "在吗"})

    assert await seed(stage.simulator, stage.ear) == 0


async def test_the_history_begins_in_the_morning_three_days_ago(stage: Stage) -> None:
    begin_history(stage.clock, stage.simulator.zone)

    local = stage.clock.now().astimezone(stage.simulator.zone)
    assert local.isoformat() == "2026-08-21T08:00:00+08:00"
