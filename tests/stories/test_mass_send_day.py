"""A post for customer groups, from its schedule to the members' phones: owners press 发送."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.kernel.work import Statement
from tests.kit.mass_day import MassDay, mass_day


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[MassDay]:
    async with mass_day(tmp_path) as opened:
        yield opened


async def statuses(day: MassDay) -> dict[object, object]:
    asked = Statement("SELECT status, count(*) FROM mass_targets GROUP BY status")
    rows = await day.app.house.writer.look(lambda uow: uow.run(asked))
    return {row[0]: row[1] for row in rows}


async def test_a_scheduled_post_reaches_groups_when_their_owners_confirm(day: MassDay) -> None:
    await day.pass_(seconds=10)  # it is 08:30
    await day.pass_(seconds=31)
    assert await statuses(day) == {"created": 5}
    (mine,) = day.platform.tasks_of("zhangsan")
    (others,) = day.platform.tasks_of("lisi")
    assert mine.text.startswith("第 1 天")
    assert [len(mine.recipients), len(others.recipients)] == [3, 2]
    assert [one.kind for one in day.platform.to("zhangsan")] == ["template_card"]
    card = day.platform.to("zhangsan")[0].body["template_card"]
    assert card["main_title"]["title"] == "有 3 个群的消息等你确认"

    day.platform.confirm(mine)
    await day.pass_(minutes=10)
    assert await statuses(day) == {"created": 2, "delivered": 3}

    await day.pass_(hours=2)
    assert len(others.reminded) == 1
    await day.pass_(hours=3)
    notices = await day.app.house.writer.look(
        lambda uow: uow.run(Statement("SELECT text FROM notices"))
    )
    assert "群主 lisi 有 1 条群发（2 个群）超过 4 小时没有确认" in str(notices)

    await day.pass_(hours=20)
    assert others.cancelled
    assert (await statuses(day))["expired"] == 2
    assert day.platform.refused == []


async def test_each_day_brings_its_own_task(day: MassDay) -> None:
    await day.pass_(seconds=10)
    for _ in range(3):
        await day.pass_(seconds=31)
        for owner in ("zhangsan", "lisi"):
            day.platform.confirm(day.platform.tasks_of(owner)[-1])
        await day.pass_(minutes=10)
        await day.pass_(hours=23, minutes=49, seconds=29)

    assert [task.text[:5] for task in day.platform.tasks_of("lisi")] == [
        "第 1 天",
        "第 2 天",
        "第 3 天",
    ]
    assert await statuses(day) == {"delivered": 15}
