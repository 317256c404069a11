"""Only people with an account get in, and only their own pages change things."""

import asyncio
from pathlib import Path

import pytest
from yarl import URL

from bot.commons import accounts
from bot.kernel.desk import Role
from bot.kernel.work import Statement
from tests.kit.web import PASSWORD, Browser, WebHouse, open_house

NEW = "another long password"


@pytest.fixture(autouse=True)
def amei(house: WebHouse) -> None:
    house.add_account()


async def test_the_right_password_leads_to_the_overview(browser: Browser) -> None:
    status, text = await browser.sign_in()

    assert status == 200
    assert "<h1>总览</h1>" in text
    assert browser.cookie()


async def test_a_page_asked_for_without_a_session_comes_after_signing_in(
    browser: Browser,
) -> None:
    _, text = await browser.get("/console/shelf?hello=%E4%BD%A0%E5%A5%BD")
    back = text.partition('name="next" value="')[2].partition('"')[0].replace("&#34;", '"')
    _, text = await browser.submit(
        "/console/sign-in", {"name": "amei", "password": PASSWORD, "next": back}
    )

    assert "你好 布衣" in text


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/", "//evil.example/", "/console/\\evil", "/elsewhere", "/console/\n"],
)
async def test_signing_in_never_leads_away(browser: Browser, next_page: str) -> None:
    form = {"name": "amei", "password": PASSWORD, "next": next_page}
    async with browser.client.post("/console/sign-in", data=form, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/console/")


@pytest.mark.parametrize(
    ("name", "password"),
    [("amei", "wrong"), ("nobody", PASSWORD), ("amei", ""), ("", ""), ("amei", "x" * 100_000)],
    ids=["wrong password", "no such account", "no password", "nothing", "endless password"],
)
async def test_anything_else_is_refused_in_the_same_words(
    browser: Browser, name: str, password: str
) -> None:
    status, text = await browser.sign_in(name, password)

    assert status == 403
    assert "账号或密码不对" in text
    assert not browser.cookie()


async def test_a_hostile_name_is_shown_harmless(browser: Browser) -> None:
    _, text = await browser.sign_in('"><script>alert(1)</script>')

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


async def test_guessing_gets_slower_and_slower(house: WebHouse, browser: Browser) -> None:
    statuses = [(await browser.sign_in(password="guess"))[0] for _ in range(5)]
    assert statuses == [403, 403, 403, 403, 429]

    status, text = await browser.sign_in()
    assert (status, "请等 2 秒" in text) == (429, True)

    house.ticks.s += 2.1
    assert (await browser.sign_in(password="guess"))[0] == 403
    house.ticks.s += 2.1
    assert (await browser.sign_in())[0] == 429
    house.ticks.s += 2
    assert (await browser.sign_in())[0] == 200


async def test_many_names_from_one_address_are_slowed_too(browser: Browser) -> None:
    caller = {"X-Forwarded-For": "203.0.113.9"}
    statuses = [(await browser.sign_in(f"name{n}", "guess", **caller))[0] for n in range(8)]

    assert statuses == [403] * 7 + [429]
    assert (await browser.sign_in(**{"X-Forwarded-For": "198.51.100.7"}))[0] == 200


async def test_a_forged_address_in_front_of_the_proxys_does_not_help(browser: Browser) -> None:
    statuses = [
        (
            await browser.sign_in(
                f"n{n}", "guess", **{"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.9"}
            )
        )[0]
        for n in range(8)
    ]

    assert statuses[-1] == 429


async def test_a_signed_in_browser_never_continues_the_session_it_had(
    browser: Browser,
) -> None:
    await browser.sign_in()
    first = browser.cookie()
    await browser.sign_in()
    second = browser.cookie()
    browser.hold(first)

    assert first != second
    assert "登录控制台" in (await browser.get("/console/"))[1]


@pytest.mark.parametrize("origin", ["null", "http://[evil", "https://evil.example"])
async def test_a_form_of_another_site_is_refused_whatever_the_site_is_called(
    browser: Browser, origin: str
) -> None:
    status, text = await browser.sign_in(Origin=origin)

    assert status == 403
    assert not browser.cookie()
    assert "登录控制台" not in text


async def test_a_cookie_that_is_no_text_is_nobodys(browser: Browser) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", URL(browser.base).port)
    writer.write(b"GET /console/ HTTP/1.0\r\nCookie: session=\xed\xa0\x80\xff\r\n\r\n")
    head = await reader.readline()
    writer.close()

    assert b" 303 " in head


async def test_signing_out_ends_the_session(browser: Browser) -> None:
    await browser.sign_in()
    kept = browser.cookie()
    await browser.submit("/console/sign-out", {"csrf": await browser.csrf()})
    browser.hold(kept)

    assert "登录控制台" in (await browser.get("/console/"))[1]


@pytest.mark.parametrize("hours", [12.1, 24 * 8], ids=["idle", "old"])
async def test_a_session_ends_by_itself(house: WebHouse, browser: Browser, hours: float) -> None:
    await browser.sign_in()
    house.store.clock.tick(hours=hours)

    assert "登录控制台" in (await browser.get("/console/"))[1]


async def test_a_session_in_use_lives_on_but_not_for_ever(
    house: WebHouse, browser: Browser
) -> None:
    await browser.sign_in()
    pages = []
    for _ in range(17):
        house.store.clock.tick(hours=10)
        pages.append("<h1>总览</h1>" in (await browser.get("/console/"))[1])

    assert pages == [True] * 16 + [False]


async def test_a_disabled_account_is_out_at_once(house: WebHouse, browser: Browser) -> None:
    await browser.sign_in()
    house.add_account("lily")
    house.store.do(lambda uow: accounts.disable(uow, "amei"))

    assert "登录控制台" in (await browser.get("/console/"))[1]
    assert (await browser.sign_in())[0] == 403


async def test_a_new_password_ends_every_other_session(house: WebHouse, browser: Browser) -> None:
    await browser.sign_in()
    async with house.another_browser() as other:
        await other.sign_in()
        form = {"csrf": await other.csrf(), "old": PASSWORD, "new": NEW, "again": NEW}
        _, text = await other.submit("/console/account/password", form)
        assert "密码已更换" in text
        assert "<h1>总览</h1>" in (await other.get("/console/"))[1]

    assert "登录控制台" in (await browser.get("/console/"))[1]
    assert (await browser.sign_in(password=NEW))[0] == 200


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", NEW, NEW, "现在的密码不对"),
        (PASSWORD, NEW, "other", "不一样"),
        (PASSWORD, "short", "short", "至少 10 个字符"),
        (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "太简单"),
    ],
    ids=["old one wrong", "not equal", "short", "plain"],
)
async def test_a_password_that_cannot_be_taken_says_why(
    browser: Browser, old: str, new: str, again: str, words: str
) -> None:
    await browser.sign_in()
    form = {"csrf": await browser.csrf(), "old": old, "new": new, "again": again}
    _, text = await browser.submit("/console/account/password", form)

    assert words in text
    assert (await browser.sign_in())[0] == 200


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        ("", {}),
        ("wrong", {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
    ],
    ids=["no token", "wrong token", "other origin", "hidden origin", "cross-site", "same-site"],
)
async def test_a_form_that_is_not_from_our_page_changes_nothing(
    house: WebHouse, browser: Browser, csrf: str | None, headers: dict[str, str]
) -> None:
    await browser.sign_in()
    token = await browser.csrf() if csrf is None else csrf
    form = {"csrf": token, "name": "新名字"}
    status, text = await browser.submit("/console/shelf/rename", form, **headers)

    assert status == 403
    assert "没有改动任何东西" in text
    assert house.shop.name == "布衣"


async def test_another_sites_sign_in_form_is_refused(browser: Browser) -> None:
    assert (await browser.sign_in(Origin="https://evil.example"))[0] == 403


async def test_the_token_of_another_session_does_not_do(house: WebHouse, browser: Browser) -> None:
    async with house.another_browser() as other:
        await other.sign_in()
        foreign = await other.csrf()
    await browser.sign_in()

    assert (await browser.submit("/console/shelf/rename", {"csrf": foreign}))[0] == 403


async def test_an_advisor_is_sent_to_her_own_desk(house: WebHouse, browser: Browser) -> None:
    house.add_account("lisi", Role.ADVISOR)
    status, text = await browser.sign_in("lisi")

    assert (status, "<h1>货架</h1>" in text) == (200, True)
    status, text = await browser.get("/console/sign-in")  # again, without a place to go to
    assert (status, "<h1>货架</h1>" in text) == (200, True)
    assert "顾问账号" in (await browser.get("/console/trip"))[1]


async def test_cookies_are_out_of_reach(browser: Browser) -> None:
    form = {"name": "amei", "password": PASSWORD}
    async with browser.client.post("/console/sign-in", data=form, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_behind_https_cookies_travel_by_nothing_else(tmp_path: Path) -> None:
    secure = open_house(tmp_path / "secure", base_url="https://bot.example")
    secure.add_account()
    form = {"name": "amei", "password": PASSWORD}
    async with (
        secure.open() as browser,
        browser.client.post("/console/sign-in", data=form, allow_redirects=False) as answer,
    ):
        cookie = answer.headers["Set-Cookie"]
    secure.store.close()

    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie


async def test_the_session_is_kept_as_a_hash(house: WebHouse, browser: Browser) -> None:
    await browser.sign_in()
    kept = house.store.do(lambda uow: uow.run(Statement("SELECT * FROM account_sessions")))

    assert len(kept) == 1
    assert browser.cookie() not in str(kept)
