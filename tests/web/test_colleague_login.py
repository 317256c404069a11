"""Colleagues enter the console by WeCom; nobody else does, and nobody comes back twice."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.commons import accounts
from bot.kernel.desk import Role, RoleRule
from bot.kernel.entering import Entrance
from tests.kit.doorstep import Street, open_street
from tests.kit.oauth import Person
from tests.kit.platforms import CORP, Fault
from tests.kit.visits import DESKTOP, WECHAT, WECOM, Phone, phone
from tests.kit.web import Browser

HOME, BACK = "/console/", "/console/sign-in/back"
LISI = Person(userid="LiSi")
ENTRANCE = Entrance(
    by_wecom=True,
    rules=(
        RoleRule(Role.OPERATOR, "userid:lisi"),
        RoleRule(Role.OPERATOR, "department:3"),
        RoleRule(Role.SUPERVISOR, "tag:7"),
    ),
)


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """Offer a house whose console colleagues enter."""
    async with open_street(tmp_path, ENTRANCE) as opened:
        yield opened


@asynccontextmanager
async def browser(
    street: Street, person: Person = LISI, agent: str = WECOM
) -> AsyncIterator[Phone]:
    """Open somebody's browser in front of the console."""
    async with phone(street.port, street.wecom, person, agent=agent, area=HOME) as opened:
        yield opened


async def back_address(street: Street, mine: Phone, person: Person = LISI) -> str:
    """Set out in a browser; return where the platform would send it back."""
    begin = "/console/sign-in/wecom?next=%2Fconsole%2Fshelf"
    async with mine.client.get(
        begin, headers={"User-Agent": mine.agent}, allow_redirects=False
    ) as answer:
        assert answer.status == 302
        address = street.wecom.opens(answer.headers["Location"], person)
    return address.removeprefix("http://127.0.0.1")


async def is_in(mine: Phone) -> bool:
    """Return whether a browser gets to a page of the console as it is."""
    async with mine.client.get(HOME, allow_redirects=False) as answer:
        return answer.status == 200


def asked(street: Street) -> int:
    return len(street.wecom.called("auth/getuserinfo"))


# ── the two ways ────────────────────────────────────────────────────────────────────────


async def test_inside_of_wecom_a_colleague_gets_to_the_page_she_opened(street: Street) -> None:
    async with browser(street) as mine:
        page = await mine.open("/console/shelf?hello=%E4%BD%A0%E5%A5%BD")

    assert (page.status, "你好 布衣" in page.text) == (200, True)
    assert page.hops[1].startswith("/console/sign-in?next=")
    assert "我的账号：</span>lisi<" in page.text


async def test_at_a_desk_she_scans_a_code(street: Street) -> None:
    async with browser(street, agent=DESKTOP) as mine:
        offered = await mine.open("/console/shelf")
        (link,) = re.findall(r'href="(/console/sign-in/wecom[^"]*)"', offered.text)
        page = await mine.open(link.replace("&amp;", "&"))

    assert "企业微信扫码登录" in offered.text
    assert 'name="password"' in offered.text
    assert (page.path, page.status) == ("/console/shelf", 200)


async def test_who_came_by_another_address_changes_over_first_and_once(street: Street) -> None:
    begin = "/console/sign-in/wecom?next=%2Fconsole%2Fshelf"
    places = []
    async with browser(street) as mine:
        for host in ("bot.internal:8080", "[evil"):
            own = {"User-Agent": WECOM, "Host": host}
            async with mine.client.get(begin, headers=own, allow_redirects=False) as answer:
                places.append(answer.headers["Location"])
            moved = f"{begin}&moved=1"
            async with mine.client.get(moved, headers=own, allow_redirects=False) as answer:
                assert answer.headers["Location"].startswith("https://open.weixin.qq.com/")

    assert set(places) == {f"http://127.0.0.1{begin}&moved=1"}


async def test_in_wechat_neither_way_is_offered(street: Street) -> None:
    async with browser(street, agent=WECHAT) as mine:
        page = await mine.open("/console/shelf")
        begun = await mine.open("/console/sign-in/wecom")

    for shown in (page, begun):
        assert "请从企业微信的工作台打开" in shown.text
        assert 'href="/console/sign-in/wecom' not in shown.text
        assert 'name="password"' in shown.text


async def test_who_has_signed_out_is_not_signed_in_again_unasked(street: Street) -> None:
    async with browser(street) as mine:
        page = await mine.open("/console/account")
        page = await mine.send(page.form("/console/sign-out"))

    assert page.path == "/console/sign-in"
    assert "用企业微信登录" in page.text


async def test_a_house_without_it_offers_nothing(tmp_path: Path) -> None:
    async with open_street(tmp_path) as street, browser(street) as mine:
        page = await mine.open(HOME)
        assert "企业微信" not in page.text
        assert (await mine.open(f"{BACK}?code=a&state=b")).status == 404


async def test_her_own_page_has_no_password_to_change(street: Street) -> None:
    async with browser(street) as mine:
        page = await mine.open("/console/account")
        form = page.form("/console/sign-out")
        form.action = "/console/account/password"
        changed = await mine.send(form, {"old": "", "new": "x" * 12, "again": "x" * 12})

    assert "你用企业微信登录" in page.text
    assert changed.status == 404


# ── who may ─────────────────────────────────────────────────────────────────────────────


async def test_a_colleague_without_a_role_is_told_whom_to_ask(street: Street) -> None:
    async with browser(street, Person(userid="wangwu")) as mine:
        page = await mine.open(HOME)

    assert (page.status, "企业账号 wangwu" in page.text) == (403, True)
    assert "还没有控制台权限" in page.text
    assert street.rows("SELECT * FROM accounts") == []


@pytest.mark.parametrize(
    "person",
    [
        Person(external_userid="wmAmei", openid="oAmei"),
        Person(openid="oNobody"),
        Person(userid="ww0000000000000000/lisi"),
    ],
    ids=["customer", "stranger", "another company"],
)
async def test_who_is_not_of_the_company_is_refused_in_clear_words(
    street: Street, person: Person
) -> None:
    async with browser(street, person) as mine:
        page = await mine.open(HOME)

    assert (page.status, "控制台只给本企业的同事用" in page.text) == (403, True)
    assert mine.cookie("session") == ""


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({"department": [2, 3]}, "<h1>总览</h1>"),
        ({"department": [2]}, "还没有控制台权限"),
        ({"department": [3], "status": 2}, "还没有控制台权限"),
    ],
    ids=["in it", "in another", "disabled"],
)
async def test_a_department_gives_its_role(
    street: Street, card: dict[str, object], words: str
) -> None:
    street.wecom.colleagues["Wangwu"] = card
    async with browser(street, Person(userid="wangwu")) as mine:
        assert words in (await mine.open(HOME)).text


async def test_the_highest_of_her_groups_counts(street: Street) -> None:
    street.wecom.colleagues["wangwu"] = {"department": [3]}
    street.wecom.tags[7] = (["WangWu"], [])
    async with browser(street, Person(userid="wangwu")) as mine:
        assert "主管" in (await mine.open("/console/account")).text


async def test_whom_the_configuration_names_costs_no_further_question(street: Street) -> None:
    async with browser(street) as mine:
        await mine.open(HOME)

    assert street.wecom.called("user/get") == []


async def test_what_an_operator_granted_needs_no_rule(street: Street) -> None:
    street.house.store.do(
        lambda uow: accounts.grant(uow, "wangwu", Role.ADVISOR, who="amei", why="新顾问")
    )
    async with browser(street, Person(userid="wangwu")) as mine:
        desk, page = await mine.open(HOME), await mine.open("/console/trip")

    assert (desk.status, "<h1>货架</h1>" in desk.text) == (200, True)
    assert (page.status, "顾问账号" in page.text) == (403, True)
    assert street.wecom.called("user/get") == []


# ── rights end ──────────────────────────────────────────────────────────────────────────


async def test_a_role_that_was_taken_ends_the_session_in_every_browser(street: Street) -> None:
    do = street.house.store.do
    do(lambda uow: accounts.grant(uow, "wangwu", Role.OPERATOR, who="amei", why="a"))
    wangwu = Person(userid="wangwu")
    async with browser(street, wangwu) as one, browser(street, wangwu, DESKTOP) as other:
        await one.open(HOME)
        await other.open(await back_address(street, other, wangwu))
        assert (await is_in(one), await is_in(other)) == (True, True)
        do(lambda uow: accounts.take(uow, "wangwu", who="amei", why="b"))

        assert (await is_in(one), await is_in(other)) == (False, False)
        assert "权限已被收回" in (await one.open(HOME)).text


async def test_a_role_that_sinks_to_advisor_closes_the_console(street: Street) -> None:
    do = street.house.store.do
    do(lambda uow: accounts.grant(uow, "wangwu", Role.OPERATOR, who="amei", why="a"))
    async with browser(street, Person(userid="wangwu")) as mine:
        await mine.open(HOME)
        assert (await mine.open("/console/trip")).status == 200
        do(lambda uow: accounts.grant(uow, "wangwu", Role.ADVISOR, who="amei", why="b"))
        page = await mine.open("/console/trip")

    assert (page.status, "顾问账号" in page.text) == (403, True)


@pytest.mark.parametrize(
    "after",
    [
        replace(ENTRANCE, rules=ENTRANCE.rules[1:]),
        replace(ENTRANCE, rules=(RoleRule(Role.ADVISOR, "userid:lisi"),)),
        replace(ENTRANCE, by_wecom=False),
    ],
    ids=["rule gone", "role sunk", "way closed"],
)
async def test_a_session_ends_with_the_rule_that_gave_it(tmp_path: Path, after: Entrance) -> None:
    async with open_street(tmp_path, ENTRANCE) as street, browser(street) as mine:
        await mine.open(HOME)
        secret = mine.cookie("session")
    async with open_street(tmp_path, after) as street, browser(street) as mine:
        mine.hold("session", secret)
        assert not await is_in(mine)


async def test_passwords_can_be_closed_to_everybody(tmp_path: Path) -> None:
    async with open_street(tmp_path, ENTRANCE) as street:
        street.house.add_account()
        async with street.house.another_browser() as mine:
            await mine.sign_in()
            secret = mine.cookie()
    closed = replace(ENTRANCE, by_password=False)
    async with open_street(tmp_path, closed) as street:
        async with street.house.another_browser() as mine:
            status, text = await mine.sign_in()
            assert (status, "密码登录已经停用" in text) == (403, True)
            mine.hold(secret)
            assert 'name="password"' not in (await mine.get(HOME))[1]
        async with browser(street) as colleague:
            await colleague.open(HOME)
            assert await is_in(colleague)


# ── attacks ─────────────────────────────────────────────────────────────────────────────


async def test_an_answer_begun_in_another_browser_signs_nobody_in(street: Street) -> None:
    async with browser(street) as attacker, browser(street) as victim:
        back = await back_address(street, attacker)
        page = await victim.open(back)

        assert (page.status, "登录没有完成" in page.text) == (403, True)
        assert (victim.cookie("session"), asked(street)) == ("", 0)


async def test_an_answer_with_another_state_signs_nobody_in(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        for wrong in (re.sub("state=.*", "state=a", back), re.sub("&state=.*", "", back)):
            assert (await mine.open(wrong)).status == 403
            back = await back_address(street, mine)

    assert asked(street) == 0


async def test_a_stolen_note_and_state_do_not_bring_anybody_in_a_second_time(
    street: Street,
) -> None:
    async with browser(street) as mine, browser(street) as thief:
        back = await back_address(street, mine)
        thief.hold("console-step", mine.cookie("console-step"))
        assert (await mine.open(back)).status == 200
        page = await thief.open(re.sub("code=[^&]*", "code=another", back))

        assert (page.status, "登录没有完成" in page.text) == (403, True)
        assert (thief.cookie("session"), asked(street)) == ("", 1)


async def test_the_same_answer_twice_at_once_makes_one_session(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        await asyncio.gather(*(mine.client.get(back) for _ in range(5)))

    assert asked(street) == 1
    assert len(street.rows("SELECT * FROM account_sessions")) == 1


async def test_the_back_button_leads_on(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        await mine.open(back)
        page = await mine.open(back)

    assert (page.path, page.status) == (HOME, 200)


async def test_an_answer_that_is_ten_minutes_old_says_so(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        street.house.store.clock.tick(seconds=601)
        page = await mine.open(back)

    assert (page.status, "登录没有完成" in page.text) == (403, True)


@pytest.mark.parametrize("agent", [f"{CORP}1000009", "wwother1000002"])
async def test_a_code_of_another_app_or_company_opens_nothing(street: Street, agent: str) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        stolen = street.wecom.code_for(agent, LISI)
        page = await mine.open(re.sub("code=[^&]*", f"code={stolen}", back))

    assert (page.status, "这次登录过期了" in page.text) == (403, True)


async def test_a_login_of_a_members_page_is_none_of_the_console(street: Street) -> None:
    async with browser(street) as mine:
        async with mine.client.get(
            "/m/shop/card", headers={"User-Agent": WECOM}, allow_redirects=False
        ) as answer:
            back = street.wecom.opens(answer.headers["Location"], LISI)
        page = await mine.open(f"{BACK}?{back.partition('?')[2]}")

    assert (page.status, asked(street)) == (403, 0)


async def test_a_session_that_was_planted_before_is_not_continued(street: Street) -> None:
    street.house.add_account("mallory")
    async with street.house.another_browser() as evil:
        await evil.sign_in("mallory")
        planted = evil.cookie()
    async with browser(street) as mine:
        mine.hold("session", planted)
        await mine.open(await back_address(street, mine))
        assert mine.cookie("session") != planted
    assert len(street.rows("SELECT * FROM account_sessions")) == 1


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example",
        "/console/%5Cevil",
        "/m/shop/card",
        "%2Fconsole%0A",
    ],
)
async def test_signing_in_leads_nowhere_but_to_the_console(street: Street, to: str) -> None:
    async with browser(street) as mine:
        page = await mine.open(f"/console/sign-in/wecom?next={to}")

    assert (page.path, page.status) == (HOME, 200)


async def test_a_head_request_spends_no_code(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        async with mine.client.head(back, allow_redirects=False) as answer:
            assert "sign-in?next=" in answer.headers["Location"]
        assert (asked(street), mine.cookie("session")) == (0, "")
        assert (await mine.open(back)).status == 200


async def test_guessing_codes_gets_slow(street: Street) -> None:
    statuses = []
    async with browser(street) as mine:
        for number in range(9):
            back = await back_address(street, mine)
            page = await mine.open(re.sub("code=[^&]*", f"code=guess{number}", back))
            statuses.append(page.status)
        assert (await mine.open(await back_address(street, mine))).status == 429

    assert (statuses[0], statuses[-1]) == (403, 429)
    assert asked(street) <= 7


async def test_a_page_elsewhere_can_not_use_up_the_tries_of_an_address(street: Street) -> None:
    street.house.add_account()
    async with street.house.another_browser() as lured:
        for number in range(20):
            assert (await lured.get(f"{BACK}?code=a&state={number}"))[0] == 403
        assert (await lured.sign_in())[0] == 200


# ── the platform is in trouble ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fault",
    [
        Fault(errcode=-1),
        Fault(raw=b"<html>sign in</html>"),
        Fault(raw=b"", status=502),
        Fault(delay_s=3.0),
        Fault(errcode=50001),
    ],
    ids=["busy", "html", "gateway", "slow", "domain"],
)
async def test_a_platform_that_is_away_is_said_and_another_try_works(
    street: Street, fault: Fault
) -> None:
    street.wecom.faults["auth/getuserinfo"].append(fault)
    async with browser(street) as mine:
        page = await mine.open(HOME)
        (link,) = re.findall(r'href="(/console/sign-in/wecom[^"]*)"', page.text)
        again = await mine.open(link.replace("&amp;", "&"))

    assert (page.status, "企业微信暂时没有回应" in page.text) == (503, True)
    assert again.status == 200


async def test_operators_hear_once_a_day_of_what_only_they_can_mend(street: Street) -> None:
    street.wecom.faults["auth/getuserinfo"].extend([Fault(errcode=50001)] * 2)
    async with browser(street) as mine:
        for _ in range(2):
            await mine.open(HOME)

    (told,) = street.rows("SELECT text FROM notices")
    assert "可信域名" in str(told)


async def test_a_code_that_was_used_offers_another_try(street: Street) -> None:
    street.wecom.faults["auth/getuserinfo"].append(Fault(errcode=40029))
    async with browser(street) as mine:
        page = await mine.open(HOME)

    assert (page.status, "这次登录过期了" in page.text) == (403, True)
    assert "用企业微信登录" in page.text


async def test_who_says_no_may_begin_again(street: Street) -> None:
    async with browser(street, agent=DESKTOP) as mine:
        back = await back_address(street, mine)
        page = await mine.open(re.sub(r"code=[^&]*&", "", back))

    assert (page.status, "取消了登录" in page.text) == (403, True)


async def test_a_disk_that_is_full_spends_no_code(street: Street) -> None:
    async with browser(street) as mine:
        back = await back_address(street, mine)
        street.house.work.full = True
        assert (await mine.open(back)).status == 503
        street.house.work.full = False
        assert (await mine.open(back)).status == 200


async def test_nothing_of_a_login_is_logged(
    street: Street, capfd: pytest.CaptureFixture[str]
) -> None:
    street.wecom.faults["auth/getuserinfo"].append(Fault(errcode=50001))
    with capture_logs() as logs:
        async with browser(street) as mine:
            backs = [await back_address(street, mine)]
            await mine.open(backs[0])
            backs.append(await back_address(street, mine))
            await mine.open(backs[1])
            secret = mine.cookie("session")
    said = "".join([*capfd.readouterr(), str(logs)])

    assert "console.login_failed" in said
    words = [
        secret,
        *(part for back in backs for part in re.findall("(?:code|state)=([^&]*)", back)),
    ]
    assert [word for word in words if word in said] == []


async def test_the_password_way_stays_beside_it(street: Street) -> None:
    street.house.add_account()
    async with street.house.another_browser() as mine:
        assert isinstance(mine, Browser)
        assert (await mine.sign_in())[0] == 200
