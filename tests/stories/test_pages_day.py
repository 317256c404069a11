"""Members' pages in the whole bot: the chat, the page and the calendar are one community."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.page_sdk import signature
from tests.kit.oauth import Person
from tests.kit.platforms import Fault
from tests.kit.street import PUBLIC, Town, open_town
from tests.kit.visits import SAFARI, WECOM, Form, Opened, Phone, phone

PAGE = "/m/checkin/mine"
LIHUA, AMEI = Person(userid="LiHua"), Person(external_userid="wmAmei")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened


async def check_in(mine: Phone, page: Opened) -> Opened:
    """Tap 打卡."""
    return await mine.send(page.form("/do/check-in"))


async def test_from_a_group_post_it_is_two_taps(town: Town) -> None:
    await town.hears("lihua", "帮助")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        page = await mine.open(PAGE)
        done = await check_in(mine, page)

    assert "打卡成功！已连续 1 天，+5 分，积分 5。" in done.text
    assert "今天已打卡" in done.text
    assert "今天已打卡，已连续 1 天，积分 5" in (await town.hears("lihua", "打卡"))[0]


async def test_what_was_done_by_chat_is_on_the_page(town: Town) -> None:
    await town.hears("lihua", "打卡")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        page = await mine.open(PAGE)

    assert "/do/check-in" not in page.text
    assert "<dd>1 <small>天</small></dd>" in page.text


async def test_a_customer_of_a_group_who_never_wrote_agrees_and_checks_in(town: Town) -> None:
    async with phone(town.port, town.platform, AMEI, agent=WECOM) as mine:
        asked = await mine.open(PAGE)
        page = await mine.send(asked.form("/m/consent"), {"answer": "yes"})
        assert "还没有打过卡" in page.text
        assert "已连续 1 天" in (await check_in(mine, page)).text

    known = await town.ask("SELECT channel, identity FROM identities ORDER BY channel")
    assert known == [("customer_groups", "wmAmei"), ("kefu", "wmAmei")]
    assert await town.ask("SELECT count(*) FROM members") == [(1,)]


async def test_the_link_in_the_chat_opens_ones_own_page_once(town: Town) -> None:
    link = await town.link("lihua")
    async with phone(town.port, agent=SAFARI) as mine:
        asked = await mine.open(link)
        page = await mine.send(Form(link, asked.form("").fields))
        assert "已连续 1 天" in (await check_in(mine, page)).text
    async with phone(town.port, agent=SAFARI) as friend:
        assert (await friend.open(link)).status == 403


async def test_fifty_taps_in_ten_windows_are_one_check_in(town: Town) -> None:
    await town.hears("lihua", "帮助")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        await mine.open(PAGE)
        windows = await asyncio.gather(*(mine.open(PAGE) for _ in range(10)))
        taps = [*windows, *[windows[0]] * 40]
        done = await asyncio.gather(*(check_in(mine, page) for page in taps))

    assert {page.status for page in done} == {200}
    assert await town.ask("SELECT COUNT(*) FROM checkins") == [(1,)]
    assert "积分 5" in (await town.hears("lihua", "我的积分"))[0]


async def test_months_turn_back_and_forth_and_nonsense_is_this_month(town: Town) -> None:
    await town.hears("lihua", "打卡")
    this_month = town.app.clock.now() + timedelta(hours=8)
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        page = await mine.open(PAGE)
        title = f"{this_month.year} 年 {this_month.month} 月"
        assert f'<h2 id="month">{title}</h2>' in page.text
        for nonsense in (
            "2999-01",
            "2026-13",
            "0000-01",
            "-1",
            "<b>",
            "２０２６-０１",
            "",
            "2026-1",
        ):
            said = await mine.open(f"{PAGE}?month={nonsense}")
            assert (said.status, f'<h2 id="month">{title}</h2>' in said.text) == (200, True)
        for month, words in (("2024-02", "2024 年 2 月"), ("0001-01", "1 年 1 月")):
            said = await mine.open(f"{PAGE}?month={month}")
            assert f'<h2 id="month">{words}</h2>' in said.text
            assert "这个月还没有打卡" in said.text


async def test_erased_by_chat_is_out_of_the_page(town: Town) -> None:
    await town.hears("lihua", "打卡")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        assert (await mine.open(PAGE)).status == 200
        await town.hears("lihua", "删除我的数据")
        await town.hears("lihua", "确认删除")
        again = await mine.open(PAGE)

    assert again.path == "/m/consent"  # a stranger, as everybody is before she agrees
    assert await town.ask("SELECT COUNT(*) FROM member_sessions") == [(0,)]


async def test_the_export_says_what_pages_keep(town: Town) -> None:
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        asked = await mine.open(PAGE)
        page = await mine.send(asked.form("/m/consent"), {"answer": "yes"})
        await check_in(mine, page)
    link = await town.link("lihua", "导出我的数据")
    async with phone(town.port, agent=SAFARI) as computer:
        page = await computer.open(link)
        taken = await computer.send(page.form(link))
        assert "已经下载过了" in (await computer.open(link)).text
    with zipfile.ZipFile(io.BytesIO(taken.body)) as pack:
        got = json.loads(pack.read("data.json"))

    (kept,) = [kind["records"] for kind in got["data"] if kind["title"] == "会员页"]
    assert kept[0]["channel"] == "wecom_app"
    assert kept[1]["came_by"] == "wecom_app"
    assert "打卡成功" in kept[2]["told"]


async def test_a_page_is_signed_for_the_platforms_script(town: Town) -> None:
    url = f"{PUBLIC}{PAGE}?month=2026-08"
    async with phone(town.port, agent=WECOM) as mine:
        said = json.loads((await mine.open(f"/m/jssdk?url={url.replace('?', '%3F')}%23top")).text)

    made = said["config"]
    assert said["channel"] == "wecom_app"
    assert made["signature"] == signature(
        town.platform.tickets[0], made["nonceStr"], str(made["timestamp"]), url
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/m/checkin/mine",
        f"{PUBLIC}.evil.example/m/",
        f"{PUBLIC}@evil.example/m/",
        f"{PUBLIC}/console/",
        f"{PUBLIC}/m/%0a",
        f"{PUBLIC}/m/" + "x" * 3000,
    ],
    ids=["none", "other", "suffix", "user", "console", "newline", "long"],
)
async def test_no_other_page_is_signed(town: Town, url: str) -> None:
    async with phone(town.port, agent=WECOM) as mine:
        page = await mine.open(f"/m/jssdk?url={url}")

    assert (page.status, town.platform.tickets) == (400, [])


async def test_signing_is_limited_and_says_when_there_is_no_ticket(town: Town) -> None:
    url = f"/m/jssdk?url={PUBLIC}{PAGE}"
    town.platform.faults["get_jsapi_ticket"].append(Fault(errcode=48002))
    async with phone(town.port, agent=WECOM) as mine:
        statuses = [(await mine.open(url)).status for _ in range(122)]
    async with phone(town.port, agent=SAFARI) as other:
        assert (await other.open(url)).status == 404

    assert statuses[0] == 503
    assert statuses[-1] == 429


async def test_whoever_cannot_write_sees_and_deletes_her_data_on_a_page(town: Town) -> None:
    async with phone(town.port, town.platform, AMEI, agent=WECOM) as mine:
        asked = await mine.open(PAGE)
        page = await mine.send(asked.form("/m/consent"), {"answer": "yes"})
        await check_in(mine, page)
        assert 'href="/m/privacy/mine"' in page.text
        data = await mine.open("/m/privacy/mine")
        assert "打卡" in data.text
        gone = await mine.send(data.form("/do/erase"))
        assert gone.status == 200
        for words in ("你的数据已经删除", "打卡（1 条）", "登录也结束了", "想回来随时欢迎"):
            assert words in gone.text
        assert 'href="/m/privacy/mine"' not in gone.text
        assert "<form" not in gone.text
        assert all("member" not in one.key for one in mine.client.cookie_jar), "no session left"
        assert (await mine.open(PAGE)).path == "/m/consent", "she is a stranger again"

    for table in ("members", "identities", "checkins", "member_sessions", "page_acts"):
        assert await town.ask(f"SELECT COUNT(*) FROM {table}") == [(0,)], table
