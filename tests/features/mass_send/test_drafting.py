"""Operators write a mass send by hand: they choose, look, confirm, and it is drafted once."""

from collections.abc import AsyncIterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from bot.commons.content import Shelf
from bot.features import mass_send
from bot.features.mass_send.drafting import NothingChosen, NotRendered
from bot.kernel.ports import Group, Groups
from tests.features.mass_send.conftest import Stage, group, statuses
from tests.features.mass_send.test_console import page
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import PHONE, HouseUnderTest

(PAGE,) = mass_send.feature.pages
CHOSEN = {"file": "posts/a.md", "g:vip-0": "1", "g:vip-1": "1", "stamp": "17"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.schedule("")
    made.post("posts/a.md", "周六徒步开始报名")
    made.post("posts/old.md", "上周的事", "valid_until = 2026-08-23\n")
    return made


@pytest.fixture
async def built(stage: Stage, desk: Desk) -> AsyncIterator[HouseUnderTest]:
    async with stage.house() as house:
        looks = count(step=10)
        shelf = Shelf(desk.content, desk.schedules, KNOWN, monotonic=lambda: float(next(looks)))
        house.tools.add(Shelf, shelf)
        here = Group(group(9).id, "内部群", PHONE, "chat9")
        house.tools.add(Groups, Groups.of([group(0), group(1), group(2), here]))
        yield house


async def draft(built: HouseUnderTest, form: Mapping[str, str]) -> str:
    act = PAGE.actions["draft"]
    await page(built, new="1")
    return await built.house.writer.do(lambda uow: act(uow, built.tools, form, "xiaoli"))


async def test_the_form_offers_what_can_go_out_and_groups_whose_owner_confirms(
    built: HouseUnderTest,
) -> None:
    shown = await page(built, new="1")

    assert "posts/a.md" in shown
    assert "posts/old.md" not in shown
    assert "穿搭 0 群" in shown
    assert "内部群" not in shown
    assert "群发到客户群</a>" in await page(built)


async def test_what_was_chosen_is_shown_before_it_goes(built: HouseUnderTest) -> None:
    shown = await page(built, new="1", **CHOSEN)
    everybody = await page(built, new="1", file="posts/a.md", all="1")

    assert "<p>周六徒步开始报名</p>" in shown
    assert "发给 2 个群" in shown
    assert "<bdi>lisi</bdi>（1 个群）、<bdi>zhangsan</bdi>（1 个群）" in shown
    assert "发给 3 个群" in everybody
    assert "勾上至少一个群" in await page(built, new="1", file="posts/a.md")
    assert await statuses(built) == {}


async def test_a_form_pressed_twice_is_one_task_for_each_owner(
    stage: Stage, built: HouseUnderTest
) -> None:
    for _ in range(2):
        assert await draft(built, CHOSEN) == "写好了，2 个群很快会合成群发，交给群主确认。"
    await stage.pass_(built, seconds=16)

    assert await statuses(built) == {"created": 2}
    assert [task.text for task in stage.platform.tasks.values()] == ["周六徒步开始报名"] * 2
    deeds = await built.ask("SELECT who, why FROM audit WHERE what = 'mass_send.drafted'")
    assert deeds[0] == ("xiaoli", "posts/a.md: 2 groups")


async def test_words_may_name_the_group(stage: Stage, built: HouseUnderTest, desk: Desk) -> None:
    desk.post("posts/a.md", "{{ group }}的朋友们好")
    await draft(built, CHOSEN)
    await stage.pass_(built, seconds=16)

    assert sorted(task.text for task in stage.platform.tasks.values()) == [
        "穿搭 0 群的朋友们好",
        "穿搭 1 群的朋友们好",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"file": ""},
        {"file": "posts/old.md"},
        {"file": "../config.toml"},
        {"g:vip-0": None, "g:vip-1": None},
        {"g:vip-0": None, "g:vip-1": None, "g:vip-9": "1"},
        {"stamp": ""},
        {"stamp": "²"},
    ],
    ids=["no file", "over", "path", "no group", "internal", "no stamp", "no number"],
)
async def test_a_form_that_means_nothing_writes_nothing(
    built: HouseUnderTest, change: dict[str, str | None]
) -> None:
    form = {name: value for name, value in (CHOSEN | change).items() if value is not None}
    with pytest.raises(NothingChosen):
        await draft(built, form)

    assert await statuses(built) == {}


async def test_a_file_that_cannot_be_rendered_writes_nothing(
    built: HouseUnderTest, desk: Desk
) -> None:
    desk.post("posts/a.md", "{{ date.day % (date.day - 24) }}")
    assert "这一篇排不出来" in await page(built, new="1", **CHOSEN)
    with pytest.raises(NotRendered):
        await draft(built, CHOSEN)

    assert await statuses(built) == {}


async def test_without_content_the_form_says_where_to_begin(
    built: HouseUnderTest, desk: Desk
) -> None:
    for file in desk.content.rglob("*.md"):
        file.unlink()

    assert "没有今天可以发的内容" in await page(built, new="1")
