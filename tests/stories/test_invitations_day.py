"""Invitations in the whole bot: some are told a day before the others, by the order of sending."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone
from tests.stories.test_salon_day import CONSOLE, ZHANG, heard, runs, writes

FIRST = 'invite_first = "member:wecom_app:lihua"\ninvite = "all"\n'
SENT = "SELECT sent_at FROM outbox WHERE key LIKE 'salons.invite:%' ORDER BY id"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONSOLE) as opened:
        for who in ("wang", "lihua"):
            await opened.hears(who, "帮助")
        await writes(opened, more=FIRST)
        await runs(opened)
        yield opened


async def passes(town: Town, **how_long: float) -> None:
    town.app.clock.move_to(town.app.clock.now() + timedelta(**how_long))
    await runs(town)


async def test_a_friend_of_the_house_hears_a_day_before_the_others(town: Town) -> None:
    assert "先告诉你" in heard(town, "lihua")
    assert "随后对其他人开放" in (await town.hears("wang", "报名 101"))[0]
    await passes(town, hours=23, minutes=50)
    assert "想请你来" not in heard(town, "wang")
    await passes(town, minutes=11)
    assert heard(town, "wang").count("想请你来") == 1
    [(first,), (second,)] = await town.ask(SENT)
    assert int(str(second)) - int(str(first)) >= timedelta(hours=24) / timedelta(microseconds=1)
    assert "报好了" in (await town.hears("wang", "报名 101"))[0]


async def test_an_operator_says_something_and_reminders_follow(town: Town) -> None:
    await town.hears("lihua", "报名 101")
    async with phone(town.port, town.platform, ZHANG, agent=WECOM, area="/console/") as desk:
        page = await desk.open("/console/invitations?salon=101")
        form = page.form("/console/invitations/say")
        await desk.send(form, {"words": "请带一件旧大衣"})
        done = await desk.send(form, {"words": "请带一件旧大衣"})
        assert done.path == "/console/invitations?salon=101"
    await runs(town)
    assert heard(town, "lihua").count("请带一件旧大衣") == 1
    for _ in range(2):
        await passes(town, days=2)
    assert heard(town, "lihua").count("提醒你") == 2
