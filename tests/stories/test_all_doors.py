"""One day with all doors open at once: one person meets most of them, and then is forgotten."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from bot import app as roof
from bot.app.doctor import examine
from bot.app.tables import declare_all
from bot.kernel.checkup import Level
from bot.storage.columns import micros
from tests.kit.city import HUMAN, OPENID, OPERATOR, OWNER, SHE, City, open_city
from tests.kit.media import png
from tests.kit.mp import happened
from tests.kit.oauth import Person
from tests.kit.visits import WECOM, phone
from tests.kit.web import Browser

HER_NAMES = (SHE, SHE[2:], OPENID, "阿梅", "名字0001")
HER_PICTURE = "her own picture"
PAGES = re.compile(r'href="(/console/[a-z-]*)"')


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[City]:
    async with open_city(tmp_path) as opened:
        yield opened


@pytest.fixture
async def console(city: City) -> AsyncIterator[Browser]:
    async with ClientSession(city.url, cookie_jar=CookieJar(unsafe=True)) as client:
        browser = Browser(client, city.url)
        await browser.sign_in(OPERATOR)
        yield browser


@pytest.mark.timeout(120)
async def test_a_day_with_every_door_open(city: City, console: Browser) -> None:
    await she_joins_the_group_and_is_greeted_as_a_friend(city)
    await the_owner_confirms_late(city)
    await she_checks_in_on_the_page(city)
    await a_human_takes_over_and_leaves(city)
    await she_follows_by_a_code_and_is_the_same_member(city, console)
    await she_sends_a_picture(city)
    await colleagues_use_their_doors(city)
    await every_page_is_whole(console)
    await every_errand_ran(city)
    await she_is_forgotten(city)
    await every_page_is_whole(console)
    assert city.out.refused == []


async def test_the_doctor_finds_nothing_wrong(tmp_path: Path) -> None:
    async with open_city(tmp_path, datetime.now(UTC)) as city:
        found = await examine(city.app.config, city.app.words)

    wrong = {one.finding.check for one in found if one.finding.level not in {Level.OK, Level.NOTE}}
    assert wrong == {"public-url"}  # that is an address of this machine
    assert {one.door for one in found} >= {"wecom_app", "customer_groups", "kefu", "mp", "aibot"}


async def she_joins_the_group_and_is_greeted_as_a_friend(city: City) -> None:
    await city.tells("customer_groups", city.out.groups.joins(1, SHE))
    await city.tells("customer_groups", city.out.groups.befriends(1, OWNER))
    assert await city.ask(f"SELECT count(*) FROM group_members WHERE identity = '{SHE}'") == [(1,)]
    [(who, greeting)] = city.out.groups.welcomed
    assert (who, "拾光衣橱" in greeting["text"]["content"]) == (SHE, True)


async def the_owner_confirms_late(city: City) -> None:
    await city.pass_(minutes=10)
    await city.pass_(minutes=1)
    [task] = city.out.sends.tasks_of(OWNER)
    assert "/m/checkin/mine" in task.text
    await city.pass_(hours=2)
    assert len(task.reminded) == 1
    city.out.sends.confirm(task)
    await city.pass_(minutes=40)
    assert await city.ask("SELECT status FROM mass_targets") == [("delivered",)]


async def she_checks_in_on_the_page(city: City) -> None:
    [task] = city.out.sends.tasks_of(OWNER)
    found = re.search(r"http://\S+/m/checkin/mine", task.text)
    assert found
    her = Person(external_userid=SHE)
    async with phone(city.port, city.out.logins, her, agent=WECOM, public=city.url) as mine:
        asked = await mine.open(found[0])
        page = await mine.send(asked.form("/m/consent"), {"answer": "yes"})
        done = await mine.send(page.form("/do/check-in"))
    assert "已连续 1 天" in done.text


async def a_human_takes_over_and_leaves(city: City) -> None:
    [points] = await city.customer_writes("我的积分")
    assert "5" in points
    [found] = await city.customer_writes("转人工")
    assert "已经请王芳来看" in found
    assert city.out.front.state_of(SHE) == (3, HUMAN)
    assert await city.ask("SELECT state, advisor FROM cases") == [("accepted", HUMAN)]
    assert await city.customer_writes("我的积分") == []
    city.out.front.ends(SHE)
    await city.front_desk()
    [last] = [one for one in city.out.front.delivered if one.to == SHE][-1:]
    assert "人工接待结束了" in str(last.body), "with the question how it was, in one message"
    assert "5" in (await city.customer_writes("我的积分"))[0]


async def she_follows_by_a_code_and_is_the_same_member(city: City, console: Browser) -> None:
    form = {"scene": "shop1", "title": "静安店收银台", "greeting": "从静安店来的，欢迎", "days": ""}
    _, text = await console.submit("/console/scenes/make", form | {"csrf": await console.csrf()})
    assert "静安店" in text
    await city.settle()
    by_code = "<EventKey><![CDATA[qrscene_shop1]]></EventKey>"
    city.out.mp.acts(OPENID, "follow")
    [greeting] = await city.account(happened("subscribe", city.now, by_code))
    assert greeting.startswith("从静安店来的，欢迎")

    [offer] = await city.customer_writes("绑定")
    code = re.search(r"\d{6}", offer)
    assert code
    await city.follower_writes(f"绑定 {code[0]}")
    await city.follower_writes("确认绑定")
    [bound] = await city.customer_writes("确认绑定")
    assert bound.startswith("绑定好了")
    assert "5" in (await city.follower_writes("我的积分"))[0]


async def she_sends_a_picture(city: City) -> None:
    media_id = city.out.front.files.puts(png(says=HER_PICTURE.encode()), "mine.png")
    await city.customer_writes("", msgtype="image", image={"media_id": media_id})
    await city.pass_(minutes=1)
    assert await city.ask("SELECT status FROM media_refs") == [("kept",)]
    assert HER_PICTURE.encode() in on_disk(city)


async def colleagues_use_their_doors(city: City) -> None:
    assert "已连续 1 天" in (await city.at_work("打卡"))[0]
    assert "已连续" in await city.in_the_group("打卡")


async def every_page_is_whole(console: Browser) -> None:
    _, home = await console.get("/console/")
    pages = {*PAGES.findall(home)}
    assert len(pages) >= 18
    for page in sorted(pages):
        status, text = await console.get(page)
        assert status == 200, page
        for bad in ("None", "undefined", "Traceback", "{{", "&lt;bound"):
            assert bad not in text, (page, bad)
    assert (await console.get("/readyz"))[0] == 200


async def every_errand_ran(city: City) -> None:
    await city.pass_(minutes=10)
    wanted = {errand.name for room in roof.FEATURES for errand in room.errands}
    just_now = micros(city.app.clock.now() - timedelta(minutes=1))
    sql = f"SELECT book FROM fetches WHERE channel LIKE 'errand%' AND due_at > {just_now}"
    assert {name for (name,) in await city.ask(f"{sql} AND tries = 0")} == wanted


async def she_is_forgotten(city: City) -> None:
    [(member,)] = await city.ask(
        f"SELECT DISTINCT member_id FROM identities WHERE identity = '{SHE}'"
    )
    assert len(await tables_with_her(city, int(str(member)))) > 10
    await city.customer_writes("删除我的数据")
    await city.customer_writes("确认删除")
    await city.pass_(hours=7)
    assert await tables_with_her(city, int(str(member))) == []
    left = on_disk(city)
    assert [name for name in (*HER_NAMES, HER_PICTURE) if name.encode() in left] == []


async def tables_with_her(city: City, member: int) -> list[str]:
    """Return which tables hold one of her names or her number."""
    found = []
    for name, table in declare_all().tables.items():
        rows = await city.ask(f"SELECT * FROM {name}")
        if "member_id" in table.columns:
            mine = await city.ask(f"SELECT 1 FROM {name} WHERE member_id = {member}")
            found += [name] * len(mine)
        if any(her in str(row) for row in rows for her in HER_NAMES):
            found.append(name)
    return sorted({*found})


def on_disk(city: City) -> bytes:
    return b"".join(one.read_bytes() for one in city.folder.rglob("*") if one.is_file())
