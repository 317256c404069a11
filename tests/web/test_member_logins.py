"""Who gets in to members' pages by a platform's login, and what can't be done to it."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from tests.kit.doorstep import AMEI, CARD, LIHUA, Street
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.oauth import FakeWecomPages, Person
from tests.kit.platforms import CORP, SECRET, Fault
from tests.kit.rooms import Store
from tests.kit.visits import SAFARI, WECHAT, WECOM, Form, Phone, phone
from tests.kit.web import WebHouse
from tests.kit.wecom import wecom_app

# ── by a platform's login ───────────────────────────────────────────────────────────────


async def test_a_colleague_who_is_known_is_in_with_one_tap(street: Street) -> None:
    lihua = street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        page = await mine.open(CARD)

    assert page.status == 200
    assert f"会员 {lihua} " in page.text
    assert page.path == CARD


async def test_a_customer_who_wrote_to_us_is_the_same_member(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        assert f"会员 {amei} " in (await mine.open(CARD)).text


async def test_a_customer_known_from_her_group_is_the_same_member(street: Street) -> None:
    amei = street.knows("customer_groups", "wmAmei")
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        assert f"会员 {amei} " in (await mine.open(CARD)).text


async def test_in_wechat_the_login_meant_for_it_comes_first(street: Street) -> None:
    amei = street.knows("mp", "oAmei")
    async with phone(street.port, street.mp, Person(openid="oAmei"), agent=WECHAT) as mine:
        assert f"会员 {amei} " in (await mine.open(CARD)).text


@pytest.mark.parametrize(("agent", "app"), [(WECHAT, "1000009"), (WECOM, "1000002")])
async def test_customers_are_sent_to_the_app_that_may_see_them(
    tmp_path: Path, store: Store, agent: str, app: str
) -> None:
    customers = CustomerGroups(
        api_base="http://127.0.0.1:9",
        corp_id=CORP,
        secret=SECRET,
        token=TOKEN,
        aes_key=AES_KEY,
        agent_id=1000009,
        clock=store.clock,
        media_root=tmp_path,
    )
    colleagues = wecom_app(FakeWecomPages(), store.clock, tmp_path)
    house = WebHouse(store, doors=(colleagues, customers))
    async with (
        house.open(),
        phone(house.server.port, agent=agent) as mine,
        mine.client.get(CARD, headers={"User-Agent": agent}, allow_redirects=False) as answer,
    ):
        assert f"&agentid={app}#" in answer.headers["Location"]


async def test_a_stranger_is_asked_first_and_a_no_leaves_nothing(street: Street) -> None:
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        asked = await mine.open(CARD)
        assert (asked.path, "会记下什么" in asked.text) == ("/m/consent", True)
        assert "code=" not in asked.path

        answered = await mine.send(asked.form("/m/consent"), {"answer": "no"})
        again = await mine.send(asked.form("/m/consent"), {"answer": "yes"})

    assert "什么都没有留下" in answered.text
    assert again.status == 403
    for table in ("members", "identities", "member_sessions", "page_consents", "audit"):
        assert street.rows(f"SELECT * FROM {table}") == []


async def test_a_stranger_who_agrees_is_a_member_with_a_record_of_it(street: Street) -> None:
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        asked = await mine.open(CARD)
        page = await mine.send(asked.form("/m/consent"), {"answer": "yes"})
        assert page.status == 200

    assert street.rows("SELECT channel, identity FROM identities") == [("kefu", "wmAmei")]
    assert street.rows("SELECT who, what, member_id FROM audit") == [("member", "pages.agreed", 1)]
    assert street.rows("SELECT member_id, channel FROM page_consents") == [(1, "kefu")]


async def test_a_yes_sent_twice_is_one_yes(street: Street) -> None:
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        form = (await mine.open(CARD)).form("/m/consent")
        pages = await asyncio.gather(*(mine.send(form, {"answer": "yes"}) for _ in range(5)))

    assert {page.status for page in pages} == {200}
    assert len(street.rows("SELECT * FROM members")) == 1
    assert len(street.rows("SELECT * FROM page_consents")) == 1


async def test_a_yes_can_only_come_from_the_page_that_asked(street: Street) -> None:
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        await mine.open(CARD)
        blind = await mine.send(Form("/m/consent"), {"answer": "yes"})
        foreign = await mine.send(
            Form("/m/consent"), {"answer": "yes"}, Origin="https://evil.example"
        )

    assert (blind.status, foreign.status) == (403, 403)
    assert street.rows("SELECT * FROM members") == []


async def test_the_platform_does_not_know_her_and_the_page_says_what_to_do(street: Street) -> None:
    async with phone(street.port, street.wecom, Person(openid="o"), agent=WECOM) as mine:
        page = await mine.open(CARD)

    assert (page.status, "还认不出你" in page.text) == (403, True)
    assert "发“我的卡”" in page.text
    assert "/m/login/wecom_app/shop/card" in page.text


async def test_a_platform_that_is_away_is_said_and_operators_hear_of_what_they_can_mend(
    street: Street,
) -> None:
    street.wecom.faults["auth/getuserinfo"].extend([Fault(raw=b"<html>"), Fault(errcode=50001)] * 2)
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        pages = [await mine.open(CARD) for _ in range(4)]

    assert {(page.status, "暂时没有回应" in page.text) for page in pages} == {(503, True)}
    assert [key for (key,) in street.rows("SELECT key FROM notices")] == [
        "page-login:wecom_app:2026-08-24"
    ]
    assert "可信域名" in str(street.rows("SELECT text FROM notices"))


async def test_outside_of_wechat_a_picture_to_scan_is_shown_and_nothing_else(
    street: Street,
) -> None:
    async with phone(street.port, agent=SAFARI) as mine:
        page = await mine.open(CARD)

    assert page.status == 403
    assert "请在微信里打开" in page.text
    assert "<svg" in page.text
    assert 'value="http://127.0.0.1/m/shop/card"' in page.text


async def test_what_the_address_asks_for_outlives_every_way_in(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        page = await mine.open(f"{CARD}?name=%E5%9B%B4%E5%B7%BE%26")
        assert "围巾&amp;" in page.text
        told = await mine.send(
            Form(f"{CARD}/do/buy?name=a", page.form("/do/buy").fields), {"name": "x"}
        )
        assert told.path.startswith(f"{CARD}?name=a&done=")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as new:
        asked = await new.open(f"{CARD}?name=a%2Fb")
        page = await new.send(asked.form("/m/consent"), {"answer": "yes"})
        assert page.path == f"{CARD}?name=a%2Fb"
    async with phone(street.port) as mine:
        asked = await mine.open(link := street.link(amei, "shop/card?name=a"))
        page = await mine.send(Form(link, asked.form("").fields))
        assert page.path == f"{CARD}?name=a"
    async with phone(street.port, agent=SAFARI) as other:
        assert (
            'value="http://127.0.0.1/m/shop/card?name=a"'
            in (await other.open(f"{CARD}?name=a")).text
        )


# ── attacks on the login ────────────────────────────────────────────────────────────────


async def back_address(street: Street, phone: Phone, person: Person) -> str:
    """Begin a login on a phone and return where the platform would send it back."""
    async with phone.client.get(
        CARD, headers={"User-Agent": WECOM}, allow_redirects=False
    ) as answer:
        assert answer.status == 302
        return street.wecom.opens(answer.headers["Location"], person).removeprefix(
            "http://127.0.0.1"
        )


async def test_an_answer_begun_in_another_browser_signs_nobody_in(street: Street) -> None:
    street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as attacker:
        back = await back_address(street, attacker, LIHUA)
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as victim:
        page = await victim.open(back)
        assert (page.status, "登录没有完成" in page.text) == (403, True)
        assert victim.cookie("member") == ""


async def test_an_answer_with_another_state_signs_nobody_in(street: Street) -> None:
    street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        back = await back_address(street, mine, LIHUA)
        for wrong in (re.sub("state=.*", "state=a", back), re.sub("&state=.*", "", back)):
            assert (await mine.open(wrong)).status == 403
        assert street.wecom.called("auth/getuserinfo") == []


async def test_an_answer_to_another_question_signs_nobody_in(street: Street) -> None:
    street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        back = await back_address(street, mine, LIHUA)
        for other in ("/m/back/mp/", "/m/back/nobody/"):
            wrong = back.replace("/m/back/wecom_app/", other)
            assert wrong != back
            assert (await mine.open(wrong)).status == 403
        assert street.wecom.called("auth/getuserinfo") == []
        assert street.mp.called("sns/oauth2/access_token") == []


async def test_an_answer_is_good_once(street: Street) -> None:
    street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        back = await back_address(street, mine, LIHUA)
        first = await mine.open(back)
        second = await mine.open(back)  # the back button: she is in, nothing is asked again
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as other:
        third = await other.open(back)

    assert (first.status, second.status, third.status) == (200, 200, 403)
    assert len(street.wecom.called("auth/getuserinfo")) == 1


async def test_an_answer_that_is_ten_minutes_old_says_so(street: Street) -> None:
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        back = await back_address(street, mine, LIHUA)
        street.house.store.clock.tick(seconds=601)
        page = await mine.open(back)

    assert (page.status, "登录没有完成" in page.text) == (403, True)


async def test_an_expired_code_offers_to_begin_anew(street: Street) -> None:
    street.knows("wecom_app", "lihua")
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        back = await back_address(street, mine, LIHUA)
        street.house.store.clock.tick(seconds=301)
        page = await mine.open(back)
        assert (page.status, "登录过期了" in page.text) == (403, True)
        assert (await mine.open("/m/login/wecom_app/shop/card")).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/m/login/wecom_app/shop/card%2f..%2f..%2fevil",
        "/m/login/wecom_app//evil.example",
        "/m/login/wecom_app/https:/evil.example",
        "/m/login/nobody/shop/card",
        "/m/login/wecom_app/shop/file",
        "/m/back/nobody/shop/card?code=a&state=b",
        "/m/back/wecom_app/evil/page?code=a&state=b",
    ],
)
async def test_a_login_leads_nowhere_but_to_a_page_of_ours(street: Street, path: str) -> None:
    async with (
        phone(street.port, agent=SAFARI) as mine,
        mine.client.get(path, allow_redirects=False) as answer,
    ):
        assert answer.status in {403, 404}
        assert "Location" not in answer.headers


async def test_guessing_codes_gets_slow(street: Street) -> None:
    statuses = []
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as mine:
        for number in range(25):
            back = await back_address(street, mine, LIHUA)
            page = await mine.open(re.sub("code=[^&]*", f"code=guess{number}", back))
            statuses.append(page.status)

    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert len(street.wecom.called("auth/getuserinfo")) <= 21
