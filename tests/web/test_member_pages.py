"""Members' pages from outside: who gets in, by what, and what can't be done to them."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.commons import members, visits
from bot.commons.visits.service import IDLE, LONGEST, MOST_SESSIONS
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.mp import account
from tests.kit.oauth import FakeMpPages, FakeWecomPages, Person
from tests.kit.platforms import CORP, SECRET, Fault
from tests.kit.rooms import Store
from tests.kit.visits import SAFARI, WECHAT, WECOM, Form, Opened, Phone, phone
from tests.kit.web import HOSTILE, WebHouse
from tests.kit.wecom import wecom_app

CARD = "/m/shop/card"
LIHUA = Person(userid="LiHua")
AMEI = Person(external_userid="wmAmei")
KEFU = ChannelName("kefu")


class Street(NamedTuple):
    """A web house, and the platforms behind its logins."""

    house: WebHouse
    wecom: FakeWecomPages
    mp: FakeMpPages

    @property
    def port(self) -> int:
        return self.house.server.port

    def knows(self, channel: str, identity: str, name: str = "") -> MemberId:
        """Let somebody have written to us before."""
        return self.house.store.do(
            lambda uow: members.resolve(
                uow, ChannelName(channel), identity, uow.clock.now(), name=name
            )
        )

    def link(self, member: MemberId, page: str = "shop/card", *, valid_s: int = 600) -> str:
        """Return a link of one's own, without the host."""
        return self.house.links.to(page, member, valid_s=valid_s).removeprefix("http://127.0.0.1")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the database."""
        return [tuple(row) for row in self.house.store.do(lambda uow: uow.run(Statement(sql)))]


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    store = Store(tmp_path)
    clock = store.clock
    async with (
        FakeWecomPages(now=lambda: clock.now().timestamp()) as wecom,
        FakeMpPages(now=lambda: clock.now().timestamp()) as mp,
    ):
        doors = (wecom_app(wecom, clock, tmp_path), account(mp, clock, tmp_path))
        house = WebHouse(store, doors=doors)
        async with house.open():
            yield Street(house, wecom, mp)
    store.close()


async def enter(street: Street, phone: Phone, member: MemberId) -> Opened:
    """Sign a phone in by a link of one's own."""
    asked = await phone.open(link := street.link(member))
    return await phone.send(Form(link, asked.form("").fields))


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


# ── by a link of one's own ──────────────────────────────────────────────────────────────


async def test_a_personal_link_asks_and_opens_once(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei", "阿美丽")
    async with phone(street.port) as mine:
        asked = await mine.open(link := street.link(amei))
        assert "<bdi>阿＊＊</bdi>" in asked.text
        assert "阿美丽" not in asked.text
        page = await mine.send(Form(link, asked.form("").fields))

        assert (page.status, page.path) == (200, CARD)  # nothing to forward but the page itself
        assert f"会员 {amei} " in page.text
        assert (await mine.open(link)).path == CARD


async def test_looking_at_a_link_spends_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port, agent="a scanner of links") as scanner:
        for method in ("GET", "HEAD", "GET"):
            assert (await scanner.open(link, method)).status == 200
    async with phone(street.port) as mine:
        asked = await mine.open(link)
        assert (await mine.send(Form(link, asked.form("").fields))).status == 200


async def test_a_forwarded_link_asks_who_you_are_and_never_acts_as_its_sender(
    street: Street,
) -> None:
    amei = street.knows("kefu", "wmAmei")
    street.knows("wecom_app", "lihua")
    link = street.link(amei)
    async with phone(street.port, agent=SAFARI) as sender:
        asked = await sender.open(link)
        await sender.send(Form(link, asked.form("").fields))
    async with phone(street.port, agent=SAFARI) as friend:
        page = await friend.open(link)
        assert (page.status, "已经打开过了" in page.text) == (403, True)
        assert "发“我的卡”" in page.text
        assert friend.cookie("member") == ""
        assert (await friend.send(Form(link, asked.form("").fields))).status == 403
    async with phone(street.port, street.wecom, LIHUA, agent=WECOM) as colleague:
        await colleague.open(CARD)
        assert f"会员 {amei} " not in (await colleague.open(link)).text


async def test_a_link_spelled_otherwise_is_the_same_link(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port) as mine:
        asked = await mine.open(link)
        await mine.send(Form(link, asked.form("").fields))
    spellings = [f"{link}=", f"{link[:-1]}{chr(ord(link[-1]) + 1)}", f"{link[:-4]}.{link[-4:]}"]
    async with phone(street.port, agent=SAFARI) as thief:
        for spelled in spellings:
            assert (await thief.open(spelled)).status == 403


async def test_a_double_tap_on_a_link_signs_in(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        asked = await mine.open(link := street.link(amei))
        form = Form(link, asked.form("").fields)
        pages = await asyncio.gather(mine.send(form), mine.send(form))

    assert [page.status for page in pages] == [200, 200]


async def test_two_browsers_race_for_a_link_and_one_gets_it(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port) as one, phone(street.port) as two:
        forms = [Form(link, (await each.open(link)).form("").fields) for each in (one, two)]
        pages = await asyncio.gather(one.send(forms[0]), two.send(forms[1]))

    assert sorted(page.status for page in pages) == [200, 403]


async def test_an_attackers_link_does_not_take_over_a_phone_silently(street: Street) -> None:
    amei, eve = street.knows("kefu", "wmAmei", "阿美"), street.knows("kefu", "wmEve", "伊芙")
    async with phone(street.port) as mine:
        await enter(street, mine, amei)
        asked = await mine.open(street.link(eve))
        assert "现在登录的是另一个人" in asked.text
        assert f"会员 {amei} " in (await mine.open(CARD)).text
        blind = await mine.send(Form(street.link(eve)), {"csrf": "guessed"})
        assert blind.status == 403


@pytest.mark.parametrize(
    ("spoil", "status", "words"),
    [
        (lambda link: link[:-1], 403, "再点一次收到的链接"),
        (lambda link: link[:-3] + "AAA", 403, "再点一次收到的链接"),
        (lambda link: link.replace("card", "file"), 403, "再点一次收到的链接"),
        (lambda link: link.replace("card", "gone"), 404, "没有这个页面"),
        (lambda link: link + "x" * 5000, 403, "再点一次收到的链接"),
        (lambda _link: CARD + "/%00%ff", 403, "再点一次收到的链接"),
        (lambda _link: CARD + "/打卡", 403, "再点一次收到的链接"),
    ],
    ids=["short", "changed", "other page", "no page", "long", "bytes", "words"],
)
async def test_a_broken_link_says_what_to_do(
    street: Street, spoil: Callable[[str], str], status: int, words: str
) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        page = await mine.open(spoil(street.link(amei)))

    assert (page.status, words in page.text) == (status, True)


async def test_an_expired_link_says_how_to_get_another(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port) as mine:
        asked = await mine.open(link)
        street.house.store.clock.tick(seconds=601)
        for page in (await mine.open(link), await mine.send(Form(link, asked.form("").fields))):
            assert (page.status, "这个链接过期了" in page.text) == (410, True)


async def test_a_file_opens_by_its_link_only(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        await enter(street, mine, amei)
        page = await mine.open("/m/shop/file")
        assert (page.status, "只能用发给你的链接打开" in page.text) == (403, True)
        assert (await mine.send(Form(street.link(amei, "shop/file")))).status == 405
    async with phone(street.port, agent=SAFARI) as computer:
        got = await computer.open(street.link(amei, "shop/file"))
        assert got.text == f'{{"member": {amei}}}'
        assert got.headers["Referrer-Policy"] == "no-referrer"
        assert computer.cookie("member") == ""


async def test_a_link_of_somebody_who_was_erased_opens_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port) as mine:
        asked = await mine.open(link)
        erase(street, amei)
        assert (await mine.send(Form(link, asked.form("").fields))).status == 403
    assert street.rows("SELECT * FROM member_sessions") == []


# ── sessions ────────────────────────────────────────────────────────────────────────────


def erase(street: Street, member: MemberId) -> None:
    registry = PersonalRegistry((*members.personal, *visits.personal))
    street.house.store.do(lambda uow: registry.erase(uow, member))


async def test_erasure_ends_the_session_and_leaves_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, street.wecom, AMEI, agent=WECOM) as mine:
        page = await enter(street, mine, amei)
        await mine.send(page.form("/do/buy"), {"name": "围巾"})
        erase(street, amei)
        assert (await mine.open(CARD)).path == "/m/consent"
        late = await mine.send(page.form("/do/buy"), {"name": "大衣"})

    assert (late.status, "没有生效" in late.text) == (403, True)
    assert street.house.shop.bought == ["围巾"]
    for table in ("member_sessions", "opened_links", "page_acts", "page_consents"):
        assert street.rows(f"SELECT * FROM {table}") == []


@pytest.mark.parametrize("step", [IDLE, LONGEST / 4], ids=["left alone", "used every day"])
async def test_a_session_ends(street: Street, step: timedelta) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, agent=SAFARI) as mine:
        await enter(street, mine, amei)
        lived = 0.0
        while (await mine.open(CARD)).status == 200:
            street.house.store.clock.tick(seconds=step.total_seconds())
            lived += step.total_seconds()

    assert lived == (IDLE if step == IDLE else LONGEST).total_seconds()


async def test_a_cookie_that_is_not_ours_is_nobody(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        await enter(street, mine, amei)
        good = mine.cookie("member")
    for cookie in ("", "x", "1.2", good[:-1], good + "x", good.replace(".", ""), "é.é", "." * 5000):
        async with phone(street.port, agent=SAFARI) as thief:
            thief.hold("member", cookie)
            assert (await thief.open(CARD)).status == 403


async def test_a_session_given_by_others_is_not_continued(street: Street) -> None:
    """Session fixation: what a browser held before it signed in means nothing afterwards."""
    amei, eve = street.knows("kefu", "wmAmei"), street.knows("kefu", "wmEve")
    async with phone(street.port, agent=SAFARI) as attacker, phone(street.port) as victim:
        await enter(street, attacker, eve)
        planted = attacker.cookie("member")
        victim.hold("member", planted)
        asked = await victim.open(link := street.link(amei))
        await victim.send(Form(link, asked.form("").fields))

        assert victim.cookie("member") not in {"", planted}
        assert (await attacker.open(CARD)).status != 200  # what she had planted is over


async def test_signing_out_ends_it_here_and_only_from_ones_own_page(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, agent=SAFARI) as mine:
        page = await enter(street, mine, amei)
        held = mine.cookie("member")
        assert (await mine.send(Form("/m/sign-out"))).status == 403
        assert "已经退出" in (await mine.send(page.form("/m/sign-out"))).text
        assert (await mine.open(CARD)).status == 403
        mine.hold("member", held)
        assert (await mine.open(CARD)).status == 403


async def test_the_oldest_of_too_many_sessions_ends(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, agent=SAFARI) as first:
        await enter(street, first, amei)
        for _ in range(MOST_SESSIONS):
            street.house.store.clock.tick(seconds=1)
            async with phone(street.port) as another:
                await enter(street, another, amei)
        assert (await first.open(CARD)).status == 403
    assert len(street.rows("SELECT * FROM member_sessions")) == MOST_SESSIONS


async def test_cookies_are_for_http_alone_and_for_one_site(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        asked = await mine.open(link := street.link(amei))
        form, own = asked.form("").fields, {"Origin": mine.base}
        async with mine.client.post(link, data=form, headers=own, allow_redirects=False) as answer:
            cookie = answer.cookies["member"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert int(cookie["max-age"]) == LONGEST.total_seconds()
    assert str(amei) not in cookie.value.split(".")


# ── forms ───────────────────────────────────────────────────────────────────────────────


async def test_a_form_acts_and_the_page_tells_what_came_of_it(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        page = await enter(street, mine, amei)
        told = await mine.send(page.form("/do/buy"), {"name": "围巾"})

        assert (told.status, told.path.partition("?")[0]) == (200, CARD)
        assert "买了 围巾，第 1 次。" in told.text
        assert "买了 围巾，第 1 次。" in (await mine.open(told.path)).text
        street.house.store.clock.tick(minutes=6)
        assert "买了" not in (await mine.open(told.path)).text


async def test_fifty_taps_at_once_act_once(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        page = await enter(street, mine, amei)
        form = page.form("/do/buy")
        told = await asyncio.gather(*(mine.send(form, {"name": "围巾"}) for _ in range(50)))

    assert street.house.shop.bought == ["围巾"]
    assert {("第 1 次" in one.text, one.status) for one in told} == {(True, 200)}


async def test_the_same_page_with_other_words_is_another_form(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        for name in ("围巾", "大衣", "围巾"):
            await mine.send(form, {"name": name})

    assert street.house.shop.bought == ["围巾", "大衣"]


async def test_a_refusal_is_told_and_takes_nothing_with_it(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        page = await enter(street, mine, amei)
        told = await mine.send(page.form("/do/buy"), {"name": ""})

    assert "名字不能是空的（buy）。" in told.text
    assert 'class="note bad"' in told.text
    assert street.house.shop.bought == []


async def test_what_came_of_a_form_is_told_to_nobody_else(street: Street) -> None:
    amei, eve = street.knows("kefu", "wmAmei"), street.knows("kefu", "wmEve")
    async with phone(street.port) as mine, phone(street.port) as other:
        page = await enter(street, mine, amei)
        told = await mine.send(page.form("/do/buy"), {"name": "围巾"})
        await enter(street, other, eve)
        assert "围巾" not in (await other.open(told.path)).text


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"Origin": "https://evil.example"}, {}),
        ({"Origin": "null"}, {}),
        ({"Sec-Fetch-Site": "cross-site"}, {}),
        ({"Sec-Fetch-Site": "same-site"}, {}),
        ({}, {"csrf": "guessed"}),
        ({}, {"csrf": ""}),
        ({}, {"csrf": "\ud83d"}),
    ],
    ids=["origin", "null", "cross-site", "same-site", "guessed", "empty", "surrogate"],
)
async def test_a_form_from_elsewhere_does_nothing(
    street: Street, headers: dict[str, str], more: dict[str, str]
) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        fields = {name: value.encode("utf-8", "replace").decode() for name, value in more.items()}
        page = await mine.send(form, {"name": "围巾", **fields}, **headers)

    assert page.status == 403
    assert street.house.shop.bought == []


async def test_another_members_form_does_nothing_for_me(street: Street) -> None:
    amei, eve = street.knows("kefu", "wmAmei"), street.knows("kefu", "wmEve")
    async with phone(street.port) as mine, phone(street.port) as attacker:
        await enter(street, mine, amei)
        theirs = (await enter(street, attacker, eve)).form("/do/buy")
        assert (await mine.send(theirs, {"name": "围巾"})).status == 403


async def test_who_is_signed_out_meanwhile_is_told_that_it_did_not_count(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        mine.client.cookie_jar.clear()
        page = await mine.send(form, {"name": "围巾"})

    assert (page.status, "没有生效" in page.text) == (403, True)
    assert page.hops == [f"{CARD}/do/buy"]  # no redirect to a platform: form-action forbids it


async def test_ten_megabytes_are_refused(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        page = await mine.send(form, {"name": "x" * 10_000_000})
        for path in ("/m/consent", "/m/sign-out", f"{CARD}/{'x' * 40}"):
            assert (await mine.send(Form(path), {"x": "x" * 10_000_000})).status in {403, 413}

    assert (page.status, "太大" in page.text) == (413, True)
    assert street.house.shop.bought == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
async def test_only_a_form_is_a_form(street: Street, kind: str) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        own = {"Content-Type": kind, "Origin": mine.base}
        async with mine.client.post(form.action, data=b"{}", headers=own) as answer:
            assert answer.status == 415


async def test_a_full_disk_is_said(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        street.house.work.full = True
        page = await mine.send(form, {"name": "围巾"})

    assert (page.status, "记不下来" in page.text) == (503, True)
    assert page.headers["Retry-After"] == "5"


# ── what every answer has ───────────────────────────────────────────────────────────────


async def test_every_answer_is_kept_by_nobody_and_runs_nothing_of_others(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port, agent=SAFARI) as mine:
        link = street.link(amei)
        pages = [await mine.open(path) for path in (CARD, link, "/m/x/y", "/m/", "/m/x/y/z/w")]
        pages.append(await enter(street, mine, amei))

    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused_with_a_page(street: Street, method: str) -> None:
    async with phone(street.port, agent=SAFARI) as mine:
        for path in (CARD, f"{CARD}/do/buy", f"{CARD}/x", "/m/consent", "/m/jssdk"):
            page = await mine.open(path, method)
            assert page.status == 405
            assert page.headers["Cache-Control"] == "no-store"


async def test_a_head_tells_as_much_as_a_get_and_changes_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        await enter(street, mine, amei)
        before = street.rows("SELECT * FROM member_sessions")
        page = await mine.open(CARD, "HEAD")

    assert (page.status, page.text) == (200, "")
    assert street.rows("SELECT * FROM member_sessions") == before


async def test_hostile_names_are_only_words(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei", "<b>&\u202e'\"" + HOSTILE)
    street.house.shop.name = HOSTILE
    async with phone(street.port) as mine:
        asked = await mine.open(street.link(amei))
        page = await enter(street, mine, amei)
        told = await mine.send(page.form("/do/buy"), {"name": HOSTILE})

    for text in (asked.text, page.text, told.text):
        assert "<script>alert" not in text
        assert "<b>" not in text
        assert "\u202e" not in text
    assert "买了 &lt;script&gt;" in told.text


def test_a_room_may_not_take_a_name_of_the_house(store: Store) -> None:
    house = WebHouse(store)
    room = replace(house.shop.feature, name="login")

    with pytest.raises(ValueError, match="login"):
        house.member_pages([room])
