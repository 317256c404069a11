"""The door in the whole bot: an advisor scans, the salon ends, and she who came says how it was."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone
from tests.stories.test_salon_day import CONSOLE, LIHUA, LIU, PAGE, heard, runs, writes

REWARDS = """
[[rule]]
name = "came"
title = "到场"
on = "salon_attended"
points = 30
[[rule]]
name = "said"
title = "反馈"
on = "feedback"
points = 4
"""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Offer a bot with a salon that 李华 has signed up for."""
    async with open_town(tmp_path, CONSOLE) as opened:
        (tmp_path / "content" / "rewards.toml").write_text(REWARDS, "utf-8")
        await writes(opened)
        await opened.hears("lihua", "报名 101")
        yield opened


async def arrives(town: Town) -> None:
    """Let an advisor scan her code, and tap twice because the network is bad."""
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as hers:
        page = await hers.open(PAGE)
        [code] = re.findall(r"入场码 <strong>(\w{4})</strong>", page.text)
        assert "<svg" in page.text
    scanned = f"/console/door?salon=101&code={code}"
    async with phone(town.port, town.platform, LIU, agent=WECOM, area="/console/") as advisor:
        assert "扫到的人" in (await advisor.open(scanned)).text
        form = (await advisor.open("/console/door?salon=101")).form("/console/door/came")
        await advisor.send(form)
        done = await advisor.send(form)
        assert done.path == "/console/door?salon=101"
        assert "<strong>1</strong> 位到了" in done.text
        undone = await advisor.send(done.form("/console/door/not-came"))
        assert "<strong>0</strong> 位到了" in undone.text
        await advisor.send(undone.form("/console/door/came"))
        assert "顾问账号" in (await advisor.open("/console/salons")).text


async def test_from_the_code_to_how_it_was(town: Town) -> None:
    await arrives(town)
    town.app.clock.move_to(town.app.clock.now() + timedelta(days=6))
    await runs(town)
    assert heard(town, "lihua").count("觉得怎么样？发“评价 101 5”") == 1

    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as hers:
        assert 'href="/m/doors/feedback?salon=101"' in (await hers.open(PAGE)).text
        form = (await hers.open("/m/doors/feedback?salon=101")).form("/do/rate")
        done = await hers.send(form, {"stars": "4", "said": "茶很好"})
        assert "4 分记下了" in done.text
    assert "5 分记下了" in (await town.hears("lihua", "评价 5 更喜欢大衣"))[0]
    assert await town.ask("SELECT stars, said FROM salon_signups") == [(5, "更喜欢大衣")]
    assert "积分 34" in (await town.hears("lihua", "我的积分"))[0]


async def test_who_is_erased_at_the_door_leaves_a_number(town: Town) -> None:
    await arrives(town)
    await town.hears("lihua", "删除我的数据")
    await town.hears("lihua", "确认删除")
    assert await town.ask("SELECT COUNT(*) FROM salon_signups") == [(0,)]
