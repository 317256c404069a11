"""QR codes with a scene: made for operators, scanned by followers, forgotten with them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app as roof
from bot.channels.wecom.mp import MP
from bot.commons import members
from bot.features import help as help_room
from bot.features import privacy, scenes
from bot.features.privacy.service import erase, export
from bot.features.scenes.rules import Wish, wish_in
from bot.kernel.errors import Refusal
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.followers import Followers
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, account
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

(PAGE,) = scenes.feature.pages
WISH = {"scene": "hike42", "title": "秋季徒步海报", "greeting": "欢迎来徒步！", "days": "30"}
HIKE = "<EventKey><![CDATA[hike42]]></EventKey><Ticket><![CDATA[T]]></Ticket>"
FOLLOWED_BY = HIKE.replace("hike42", "qrscene_hike42")
OTHER = "oInventedOpenId0000000000002"


class Corner(Followers):
    """Followers, and an operator at the page of codes."""

    async def shows(self) -> str:
        tools = self.built.tools
        data = await self.built.house.writer.look(lambda uow: PAGE.load(uow, tools, {}))
        return self.built.words(PAGE.template, csrf_field="", **data)

    async def acts(self, action: str, **form: str) -> str:
        act, tools = PAGE.actions[action], self.built.tools
        said = await self.built.house.writer.do(lambda uow: act(uow, tools, form, "lin"))
        await self.built.house.engine.settle()
        return said

    async def arrivals(self) -> list[tuple[object, ...]]:
        return await self.built.ask("SELECT scene, followed, times FROM origins ORDER BY id")


@pytest.fixture
async def corner(tmp_path: Path) -> AsyncIterator[Corner]:
    clock = TurnedClock()
    rooms = [privacy.feature, scenes.feature, help_room.feature]
    async with FakeMp(now=lambda: clock.now().timestamp()) as platform:
        door = account(platform, clock, tmp_path)
        async with HouseUnderTest(tmp_path, rooms, clock=clock, doors=[door]) as built:
            await built.house.engine.settle()
            yield Corner(built, platform)


async def test_a_code_is_made_and_its_picture_can_be_opened(corner: Corner) -> None:
    assert "还没有二维码" in await corner.shows()
    assert "hike42" in await corner.acts("make", **WISH)

    [asked] = corner.platform.called("qrcode/create")
    assert asked["expire_seconds"] == 30 * 86_400
    shown = await corner.shows()
    assert 'href="https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQ%2B%2F' in shown
    assert "有效到 2026-09-23" in shown
    assert await corner.built.ask("SELECT who, what FROM audit") == [("lin", "scenes.asked")]


async def test_a_code_that_lasts_says_so(corner: Corner) -> None:
    await corner.acts("make", **WISH | {"days": ""})

    assert corner.platform.called("qrcode/create")[0]["action_name"] == "QR_LIMIT_STR_SCENE"
    assert "长期有效" in await corner.shows()


async def test_who_follows_by_a_code_is_greeted_by_it_and_noted(corner: Corner) -> None:
    await corner.acts("make", **WISH)
    [words] = await corner.does("subscribe", FOLLOWED_BY, allows="follow")

    assert words.startswith("欢迎来徒步！")
    assert await corner.arrivals() == [("hike42", 1, 1)]
    [again] = await corner.does("SCAN", HIKE, allows="scan")
    assert again == words
    assert await corner.arrivals() == [("hike42", 1, 2)]
    shown = await corner.shows()
    assert '<td data-label="扫过的人">1</td>' in shown
    assert '<td data-label="因此关注">1</td>' in shown


async def test_who_follows_without_a_code_is_welcomed_as_ever(corner: Corner) -> None:
    [words] = await corner.does("subscribe", "<EventKey></EventKey>", allows="follow")

    assert "拾光衣橱" in words
    assert await corner.arrivals() == []


async def test_a_code_without_words_leaves_the_welcome_to_the_house(corner: Corner) -> None:
    await corner.acts("make", **WISH | {"greeting": ""})
    [words] = await corner.does("subscribe", FOLLOWED_BY, allows="follow")

    assert "拾光衣橱" in words
    assert await corner.does("SCAN", HIKE, allows="scan") == []
    assert await corner.arrivals() == [("hike42", 1, 2)]


async def test_a_scene_that_nobody_asked_for_here_is_counted(corner: Corner) -> None:
    await corner.does("SCAN", HIKE.replace("hike42", "<b>旧</b>"), allows="scan")

    assert await corner.arrivals() == [("<b>旧</b>", 0, 1)]
    assert "<bdi>&lt;b&gt;旧&lt;/b&gt;</bdi>：1 人" in await corner.shows()


async def test_a_scan_that_comes_late_keeps_the_first_time(corner: Corner) -> None:
    await corner.does("SCAN", HIKE, allows="scan")
    corner.built.clock.tick(hours=-3)
    await corner.does("SCAN", HIKE, allows="scan")

    [(first, last)] = await corner.built.ask("SELECT first_at, last_at FROM origins")
    assert int(str(last)) - int(str(first)) == (3 * 3600 - 6) * 1_000_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scene": ""}, "场景值"),
        ({"scene": "a b"}, "场景值"),
        ({"scene": "x" * 65}, "场景值"),
        ({"scene": "<script>"}, "场景值"),
        ({"title": " "}, "名称"),
        ({"title": "长" * 41}, "名称"),
        ({"title": "a\u202eb"}, "名称"),
        ({"greeting": "长" * 501}, "欢迎语"),
        ({"days": "0"}, "天数"),
        ({"days": "31"}, "天数"),
        ({"days": "１"}, "天数"),
        ({"days": "9" * 99}, "天数"),
        ({"days": "000000001" + "9" * 99}, "天数"),
        ({"days": "-1"}, "天数"),
    ],
    ids=str,
)
async def test_a_wish_that_cannot_be_names_the_field(
    corner: Corner, change: dict[str, str], said: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await corner.acts("make", **WISH | change)
    words = corner.built.words(refused.value.template, **refused.value.words)

    assert words.startswith((said, "有效" + said))
    assert corner.platform.called("qrcode/create") == []


async def test_a_scene_has_one_code(corner: Corner) -> None:
    await corner.acts("make", **WISH)
    with pytest.raises(Refusal):
        await corner.acts("make", **WISH)

    assert len(corner.platform.called("qrcode/create")) == 1


async def test_a_code_that_ended_is_made_again_and_a_good_one_is_not(corner: Corner) -> None:
    await corner.acts("make", **WISH)
    with pytest.raises(Refusal):
        await corner.acts("again", code="1")
    corner.built.clock.tick(days=30)
    assert "已过期" in await corner.shows()
    await corner.acts("again", code="1")

    assert len(corner.platform.called("qrcode/create")) == 2
    assert "已过期" not in await corner.shows()
    for code in ("", "x", "99", "9" * 40):
        with pytest.raises(Refusal):
            await corner.acts("again", code=code)
    assert await corner.built.ask("SELECT who, what FROM audit") == [("lin", "scenes.asked")] * 2


async def test_the_greeting_can_be_changed(corner: Corner) -> None:
    await corner.acts("make", **WISH)
    await corner.acts("greet", code="1", greeting="<b>下周见</b> {{ 7 * 7 }}")
    [words] = await corner.does("SCAN", HIKE, allows="scan")

    assert words.startswith("<b>下周见</b> {{ 7 * 7 }}")
    assert "&lt;b&gt;下周见" in await corner.shows()
    with pytest.raises(Refusal):
        await corner.acts("greet", code="1", greeting="长" * 501)
    with pytest.raises(Refusal):
        await corner.acts("greet", code="7", greeting="x")
    deeds = await corner.built.ask("SELECT who, what FROM audit ORDER BY id")
    assert deeds == [("lin", "scenes.asked"), ("lin", "scenes.greeting")]


async def test_a_code_that_the_platform_refuses_says_why(corner: Corner) -> None:
    corner.platform.faults["qrcode/create"].append(Fault(errcode=40058))
    await corner.acts("make", **WISH)

    assert "errcode 40058" in await corner.shows()
    assert len(await corner.built.ask("SELECT 1 FROM notices")) == 1
    await corner.acts("again", code="1")
    assert "打开图片" in await corner.shows()


@pytest.mark.parametrize(
    "fault",
    [Fault(errcode=-1), Fault(drop=True, taken=True), Fault(raw=b"<html>"), Fault(raw=b"{}")],
    ids=["busy", "lost answer", "html", "no ticket"],
)
async def test_a_platform_in_trouble_makes_the_code_later(corner: Corner, fault: Fault) -> None:
    corner.platform.faults["qrcode/create"].append(fault)
    await corner.acts("make", **WISH)
    assert "正在生成" in await corner.shows()
    corner.built.clock.tick(seconds=120)
    await corner.built.house.engine.settle()

    assert "打开图片" in await corner.shows()


async def test_an_account_that_may_not_make_codes_stops_at_the_first(corner: Corner) -> None:
    corner.platform.faults["qrcode/create"].append(Fault(errcode=48001))
    await corner.acts("make", **WISH)

    assert "errcode 48001" in await corner.shows()


async def test_where_she_came_from_is_hers_to_see_and_to_delete(corner: Corner) -> None:
    for who in (FOLLOWER, OTHER):
        await corner.does("subscribe", FOLLOWED_BY, allows="follow", who=who)
    registry = roof.PERSONAL

    def find(uow: UnitOfWork) -> MemberId:
        found = members.find(uow, MP, FOLLOWER)
        assert found is not None
        return found

    she = await corner.built.house.writer.look(find)
    told = await corner.built.house.writer.look(lambda uow: export(uow, registry, she))
    await corner.built.house.writer.do(lambda uow: erase(uow, registry, she))

    assert "hike42" in str(told)
    assert await corner.built.ask("SELECT member_id = 1 FROM origins") == [(0,)]


async def test_a_house_without_an_account_says_so(tmp_path: Path) -> None:
    async with HouseUnderTest(tmp_path, [scenes.feature]) as built:
        await built.house.engine.settle()
        data = await built.house.writer.look(lambda uow: PAGE.load(uow, built.tools, {}))
        assert "还没有配置公众号" in built.words(PAGE.template, csrf_field="", **data)
        act = PAGE.actions["make"]
        with pytest.raises(Refusal):
            await built.house.writer.do(lambda uow: act(uow, built.tools, WISH, "lin"))


def test_days_left_out_mean_for_ever() -> None:
    assert wish_in(" a ", " 名 ", " 你好 ", " ") == Wish("a", "名", "你好", None)
