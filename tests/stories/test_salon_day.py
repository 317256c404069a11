"""A salon in the whole bot: a file, two members, one place."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.oauth import Person
from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone

PAGE = "/m/salons/coming"
CONSOLE = """
[console]
wecom_login = true
password_login = false
[[console.roles]]
role = "supervisor"
userids = ["ZhangSan"]
[[console.roles]]
role = "advisor"
userids = ["LiuNa"]
"""
FILE = """+++
title = "冬日大衣"
kind = "interactive"
stage = "consideration"
starts_at = {starts_at}
place = "{place}"
capacity = 1
{more}+++
带你挑大衣。
"""
LIHUA, WANG, LIU, ZHANG = (Person(userid=name) for name in ("LiHua", "Wang", "LiuNa", "ZhangSan"))


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONSOLE) as opened:
        yield opened


async def writes(town: Town, *, place: str = "一楼", more: str = "") -> None:
    """Let an operator write the file, and the clock find it."""
    starts_at = (town.app.clock.now() + timedelta(days=5)).replace(microsecond=0, second=0)
    text = FILE.format(starts_at=starts_at.isoformat(), place=place, more=more)
    await town.writes("salons/a.md", text)


async def runs(town: Town) -> None:
    await town.app.house.clockwork.run_all()
    await town.app.house.clockwork.run_all()
    await town.app.house.engine.settle()


def heard(town: Town, who: str) -> str:
    return "\n".join(one.words for one in town.platform.to(who))


async def test_from_the_file_to_a_place_and_the_calendar(town: Town) -> None:
    await writes(town)
    await town.hears("lihua", "活动")
    assert "冬日大衣" in str(town.platform.to("lihua")[-1].body)
    assert "报好了" in (await town.hears("lihua", "报名 101"))[0]
    assert "排上候补" in (await town.hears("wang", "报名"))[0]
    assert "取消好了" in (await town.hears("lihua", "取消报名 101"))[0]
    await runs(town)
    assert heard(town, "wang").count("轮到你了") == 1

    async with phone(town.port, town.platform, WANG, agent=WECOM) as hers:
        page = await hers.open(PAGE)
        assert "入场码 <strong>" in page.text
        assert "<svg" in page.text
        async with hers.client.get(f"http://127.0.0.1:{town.port}{PAGE}/files/101") as file:
            assert file.status == 200
            assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
            assert b"BEGIN:VEVENT" in await file.read()


async def test_a_move_and_a_cancellation_reach_her_once(town: Town) -> None:
    await writes(town)
    await town.hears("lihua", "报名 101")
    await writes(town, place="二楼")
    await runs(town)
    assert heard(town, "lihua").count("时间或地点改了") == 1
    assert "二楼" in heard(town, "lihua")
    await writes(town, place="二楼", more='cancelled = "下大雪"\n')
    await runs(town)
    assert heard(town, "lihua").count("取消了：下大雪") == 1


async def test_the_calendar_file_comes_into_the_chat_and_leaves_with_her(
    town: Town,
) -> None:
    await writes(town)
    await town.hears("lihua", "报名 101")
    await town.hears("lihua", "日历")
    await town.app.house.engine.settle()
    *_, words, file = town.platform.to("lihua")
    assert "马上发来" in words.words
    assert file.kind == "file"
    uploads = [body for call, body in town.platform.calls if call == "media/upload"]
    assert [(one["type"], one["name"]) for one in uploads] == [("file", "salon-101.ics")]
    assert await town.ask("SELECT COUNT(*) FROM salon_calendars") == [(0,)]
    await town.hears("lihua", "删除我的数据")
    await town.hears("lihua", "确认删除")
    await town.app.house.engine.settle()
    for table in ("media_holds", "media_files"):
        assert await town.ask(f"SELECT COUNT(*) FROM {table}") == [(0,)], table


async def test_the_same_form_five_times_is_one_place(town: Town) -> None:
    await writes(town)
    await town.hears("lihua", "帮助")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as hers:
        form = (await hers.open(PAGE)).form("/do/sign-up")
        for _ in range(4):
            await hers.send(form)
        done = await hers.send(form)
        assert "你的位置留好了" in done.text
    assert await town.ask("SELECT COUNT(*), SUM(heads) FROM salon_signups") == [(1, 1)]


async def test_erasing_leaves_nothing_of_her_and_the_next_one_is_told(
    town: Town,
) -> None:
    await writes(town)
    await town.hears("lihua", "报名 101")
    await town.hears("wang", "报名 101")
    (mine,) = await town.hears("lihua", "我的数据")
    assert "· 活动（" in mine
    assert "还没有记过你的：" in mine
    await town.hears("lihua", "删除我的数据")
    await town.hears("lihua", "确认删除")
    await runs(town)
    assert heard(town, "wang").count("轮到你了") == 1
    assert await town.ask("SELECT COUNT(*) FROM salon_signups") == [(1,)]
