"""A menu from the file to the followers' phones, and back again."""

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.features import checkin, menus
from bot.kernel.console import Act
from bot.kernel.errors import Refusal
from bot.kernel.work import UnitOfWork
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FakeMp, account
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

(PAGE,) = menus.feature.pages
ONE = '[[entries]]\nname = "打卡"\nkey = "打卡"\n'
TWO = '[[entries]]\nname = "积分"\nkey = "我的积分"\n'
BUTTON = {"name": "打卡", "type": "click", "key": "打卡"}


class Menu:
    """A house with an account, a file for its menu, and an operator at the console."""

    def __init__(self, built: HouseUnderTest, platform: FakeMp, file: Path) -> None:
        self.built = built
        self.platform = platform
        self.file = file

    async def shows(self) -> str:
        tools = self.built.tools
        data = await self.built.house.writer.look(lambda uow: PAGE.load(uow, tools, {}))
        return self.built.words(PAGE.template, csrf_field="", **data)

    async def does(self, action: str, **form: str) -> str:
        act, tools = PAGE.actions[action], self.built.tools
        said = await self.built.house.writer.do(lambda uow: act(uow, tools, form, "lin"))
        await self.built.house.engine.settle()
        return said

    async def publishes(self) -> str:
        [digest] = re.findall(r'name="digest" value="(\w+)"', await self.shows())
        return await self.does("publish", digest=digest)

    async def undoes(self) -> str:
        [version] = re.findall(r'name="version" value="(\d+)"', await self.shows())
        return await self.does("undo", version=version)

    async def versions(self) -> list[str]:
        rows = await self.built.ask("SELECT status FROM menu_versions ORDER BY id")
        return [str(status) for (status,) in rows]


@pytest.fixture
async def platform() -> AsyncIterator[FakeMp]:
    clock = TurnedClock()
    async with FakeMp(now=lambda: clock.now().timestamp()) as fake:
        yield fake


@pytest.fixture
async def menu(tmp_path: Path, platform: FakeMp) -> AsyncIterator[Menu]:
    rooms = [checkin.feature, menus.feature]
    clock, file = TurnedClock(), tmp_path / "menu.toml"
    door = account(platform, clock, tmp_path)
    under_test = HouseUnderTest(tmp_path, rooms, clock=clock, doors=[door])
    under_test.tools.add(menus.MenuFile, menus.MenuFile(file))
    async with under_test as built:
        await built.house.engine.settle()
        yield Menu(built, platform, file)


async def test_a_menu_is_seen_published_and_read_back(menu: Menu) -> None:
    assert "还没有 content/menu.toml" in await menu.shows()
    menu.file.write_text(ONE, encoding="utf-8")
    shown = await menu.shows()
    assert "确认发布" in shown
    assert "机器人听不懂" not in shown
    assert menu.platform.menu == [], "seen is not published"

    assert "已记下" in await menu.publishes()

    assert menu.platform.menu == [BUTTON]
    assert await menu.versions() == ["published"]
    shown = await menu.shows()
    assert "和现在显示的一样" in shown
    assert "确认发布" not in shown
    [(who, what)] = await menu.built.ask("SELECT who, what FROM audit")
    assert (who, what) == ("lin", "menus.asked")


async def test_a_key_that_no_room_knows_is_pointed_out(menu: Menu) -> None:
    menu.file.write_text(ONE.replace('key = "打卡"', 'key = "天气"'), encoding="utf-8")

    assert "机器人听不懂" in await menu.shows()


async def test_going_back_shows_what_was_there_before(menu: Menu) -> None:
    old = {"name": "旧的", "type": "view", "url": "https://old.example.com"}
    menu.platform.menu = [old]
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    menu.file.write_text(TWO, encoding="utf-8")
    await menu.publishes()
    assert menu.platform.menu[0]["name"] == "积分"

    await menu.undoes()
    assert menu.platform.menu == [BUTTON]
    await menu.undoes()
    assert menu.platform.menu[0]["name"] == "积分", "going back can be gone back on"
    assert await menu.versions() == ["published"] * 4


async def test_going_back_to_no_menu_takes_it_away(menu: Menu) -> None:
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    await menu.undoes()

    assert menu.platform.menu == []
    assert len(menu.platform.called("menu/delete")) == 1


async def test_only_the_menu_that_is_shown_can_be_undone(menu: Menu) -> None:
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    menu.file.write_text(TWO, encoding="utf-8")
    await menu.publishes()

    for version in ("1", "99", "", "x", "9" * 30, "１"):
        with pytest.raises(Refusal):
            await menu.does("undo", version=version)


async def test_what_was_not_seen_is_not_published(menu: Menu) -> None:
    menu.file.write_text(ONE, encoding="utf-8")
    [digest] = re.findall(r'name="digest" value="(\w+)"', await menu.shows())
    menu.file.write_text(TWO, encoding="utf-8")
    with pytest.raises(Refusal):
        await menu.does("publish", digest=digest)

    menu.file.write_text("[[entries", encoding="utf-8")
    for word in (digest, ""):
        with pytest.raises(Refusal):
            await menu.does("publish", digest=word)
    assert "menu.toml:1: [syntax]" in await menu.shows()
    assert menu.platform.menu == []


@pytest.mark.parametrize(
    ("call", "code"), [("menu/create", 40018), ("menu/create", 48001), ("menu/get", 48001)]
)
async def test_a_menu_that_the_platform_refuses_says_why_once(
    menu: Menu, call: str, code: int
) -> None:
    menu.platform.faults[call].append(Fault(errcode=code))
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()

    assert await menu.versions() == ["refused"]
    assert f"errcode {code}" in await menu.shows()
    [(text,)] = await menu.built.ask("SELECT text FROM notices")
    assert str(code) in str(text)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("menu/create", Fault(errcode=-1)),
        ("menu/create", Fault(drop=True, taken=True)),
        ("menu/create", Fault(raw=b"<html>")),
        ("menu/get", Fault(errcode=-1)),
        ("menu/get", Fault(status=302)),
    ],
    ids=["busy", "lost answer", "html", "busy before", "redirect before"],
)
async def test_a_platform_in_trouble_gets_the_menu_later(
    menu: Menu, call: str, fault: Fault
) -> None:
    menu.platform.faults[call].append(fault)
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    assert await menu.versions() == ["asked"]
    assert "等待发布" in await menu.shows()

    menu.built.clock.tick(seconds=120)
    await menu.built.house.engine.settle()

    assert await menu.versions() == ["published"]
    assert menu.platform.menu == [BUTTON]
    assert await menu.built.ask("SELECT before FROM menu_versions") == [("[]",)]


async def test_of_two_wishes_the_newer_counts(menu: Menu) -> None:
    menu.platform.faults["menu/get"].append(Fault(errcode=-1))
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    menu.file.write_text(TWO, encoding="utf-8")
    await menu.publishes()
    menu.built.clock.tick(seconds=120)
    await menu.built.house.engine.settle()

    assert await menu.versions() == ["passed", "published"]
    assert menu.platform.menu[0]["name"] == "积分"


async def test_a_death_after_the_platform_took_it_publishes_the_same_again(menu: Menu) -> None:
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()

    def forget(uow: UnitOfWork) -> None:
        uow.session.connection().exec_driver_sql("UPDATE menu_versions SET status = 'asked'")

    await menu.built.house.writer.do(forget)
    await menu.does("look")

    assert await menu.versions() == ["published"]
    assert await menu.built.ask("SELECT before FROM menu_versions") == [("[]",)], "not itself"


async def test_an_account_without_the_permission_is_no_alarm(menu: Menu) -> None:
    menu.platform.faults["menu/get"].append(Fault(errcode=48001))
    await menu.does("look")

    assert "errcode 48001" in await menu.shows()
    assert await menu.built.ask("SELECT 1 FROM notices") == []


async def test_a_menu_changed_elsewhere_is_seen_after_a_while(menu: Menu) -> None:
    menu.file.write_text(ONE, encoding="utf-8")
    await menu.publishes()
    menu.platform.menu = [{"name": "别处", "type": "click", "key": "帮助"}]
    menu.built.clock.tick(seconds=601)
    await menu.built.house.engine.settle()

    shown = await menu.shows()
    assert "别处" in shown
    assert "确认发布" in shown


async def test_a_house_without_an_account_says_so(tmp_path: Path) -> None:
    under_test = HouseUnderTest(tmp_path, [menus.feature])
    under_test.tools.add(menus.MenuFile, menus.MenuFile(tmp_path / "menu.toml"))
    async with under_test as built:
        await built.house.engine.settle()
        (tmp_path / "menu.toml").write_text(ONE, encoding="utf-8")
        data = await built.house.writer.look(lambda uow: PAGE.load(uow, built.tools, {}))
        shown = built.words(PAGE.template, csrf_field="", **data)

        assert "还没有配置公众号" in shown
        assert "确认发布" not in shown
        for action in ("publish", "undo"):
            act = PAGE.actions[action]
            with pytest.raises(Refusal):
                await built.house.writer.do(partial(_press, act, built))


def _press(act: Act, built: HouseUnderTest, uow: UnitOfWork) -> str:
    return act(uow, built.tools, {}, "lin")
