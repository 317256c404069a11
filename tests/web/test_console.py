"""The console shows how the house is, and mends what got stuck."""

from base64 import urlsafe_b64encode

import pytest
from yarl import URL

from bot.commons import notices
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text, Update, UpdateKind
from bot.kernel.work import Statement, UnitOfWork
from bot.pipeline import outbox
from tests.kit.rooms import NOON
from tests.kit.web import BELL, HOSTILE, Browser, WebHouse

RETRY_IN = "/console/trip/inbox/retry"
RETRY_OUT = "/console/trip/outbox/retry"
RESUME = "/console/rests/resume"


@pytest.fixture(autouse=True)
async def _signed_in(house: WebHouse, browser: Browser) -> None:
    house.add_account()
    await browser.sign_in()


def update(key: str, *, sender: str = "amei", channel: ChannelName = BELL) -> Update:
    return Update(channel, key, UpdateKind.TEXT, f"bell:{sender}", NOON, sender, text="私房话")


def message(key: str = "o1", recipient: str = "vip-1") -> Outgoing:
    return Outgoing(BELL, recipient, Text("私房话"), key, why="features.posts")


async def press(browser: Browser, path: str, **form: str) -> str:
    return (await browser.submit(path, {"csrf": await browser.csrf()} | form))[1]


async def test_a_house_at_peace_says_so(browser: Browser) -> None:
    _, text = await browser.get("/console/")

    assert "一切正常" in text
    assert "货架上的东西" in text


async def test_the_overview_counts_what_is_stuck(house: WebHouse, browser: Browser) -> None:
    house.park_update(update("a"))
    house.park_message(message(), "maybe")
    _, text = await browser.get("/console/")

    assert "2 条搁置着，等你处理" in text


async def test_a_broken_figure_does_not_break_the_overview(
    house: WebHouse, browser: Browser
) -> None:
    house.shop.broken = True
    status, text = await browser.get("/console/")

    assert (status, "—" in text) == (200, True)


async def test_the_menu_opens_where_the_page_is_and_counts_what_waits(browser: Browser) -> None:
    _, at_home = await browser.get("/console/")
    _, at_the_till = await browser.get("/console/till")

    assert '<a href="/console/till">收银 <span class="badge">7' in at_home
    assert '<summary>平台与设置 <span class="badge">7' in at_home
    assert at_home.count('<details class="aisle" open>') == 1
    assert at_the_till.count('<details class="aisle" open>') == 2


async def test_a_page_with_a_smaller_place_stands_before_others(browser: Browser) -> None:
    _, text = await browser.get("/console/")

    assert text.index('href="/console/till"') < text.index('href="/console/shelf"')


async def test_what_waits_leads_to_its_page_from_the_overview(browser: Browser) -> None:
    _, text = await browser.get("/console/")

    assert '<a href="/console/till">货架上的东西</a>' in text


async def test_a_count_that_fails_leaves_the_menu_whole(house: WebHouse, browser: Browser) -> None:
    house.shop.broken = True
    status, text = await browser.get("/console/notices")

    assert status == 200
    assert '<a href="/console/till">收银</a>' in text


async def test_a_parked_update_is_shown_without_its_words(
    house: WebHouse, browser: Browser
) -> None:
    house.park_update(update("a"))
    _, text = await browser.get("/console/trip")

    assert "ValueError: a bug" in text
    assert "试过" in text
    assert "私房话" not in text


async def test_a_parked_update_is_tried_again(house: WebHouse, browser: Browser) -> None:
    item = house.park_update(update("a"))
    text = await press(browser, RETRY_IN, items=str(item))

    assert "这条收件已重新排队" in text
    assert house.status_of("inbox", item) == "waiting"


async def test_pressing_twice_does_it_once_and_says_so(house: WebHouse, browser: Browser) -> None:
    item = str(house.park_update(update("a")))
    await press(browser, RETRY_IN, items=item)

    assert "没有改动" in await press(browser, RETRY_IN, items=item)


async def test_a_dropped_update_can_be_put_back(house: WebHouse, browser: Browser) -> None:
    item = house.park_update(update("a"))
    text = await press(browser, "/console/trip/inbox/drop", items=str(item))
    assert "撤销" in text
    assert house.status_of("inbox", item) == "dropped"
    assert f"#{item}" in (await browser.get("/console/trip?shelf=dropped"))[1]

    await press(browser, "/console/trip/inbox/restore", items=str(item))
    assert house.status_of("inbox", item) == "parked"


async def test_what_was_erased_meanwhile_is_not_put_back(house: WebHouse, browser: Browser) -> None:
    item = house.park_update(update("a"))
    await press(browser, "/console/trip/inbox/drop", items=str(item))
    house.store.do(lambda uow: uow.run(Statement("UPDATE inbox SET payload = ''")))

    text = await press(browser, "/console/trip/inbox/restore", items=str(item))
    assert "删除了的不能放回" in text
    assert house.status_of("inbox", item) == "dropped"


async def test_an_ambiguous_message_warns_of_its_twin(house: WebHouse, browser: Browser) -> None:
    item = house.park_message(message(), "maybe")
    _, text = await browser.get("/console/trip?book=outbox")
    assert "对方可能收到两遍" in text

    await press(browser, RETRY_OUT, items=str(item))
    assert house.status_of("outbox", item) == "queued"


async def test_retrying_a_page_leaves_out_what_may_have_arrived(
    house: WebHouse, browser: Browser
) -> None:
    sure = [house.park_message(message(f"o{n}")) for n in range(2)]
    house.park_message(message("o9"), "maybe")
    _, text = await browser.get("/console/trip?book=outbox")

    assert f'name="items" value="{sure[1]},{sure[0]}"' in text
    text = await press(browser, RETRY_OUT, items=f"{sure[1]},{sure[0]}")
    assert "2 条发件已重新排队" in text


async def test_a_long_shelf_has_pages(house: WebHouse, browser: Browser) -> None:
    items = [house.park_update(update(f"k{n}")) for n in range(23)]
    _, first = await browser.get("/console/trip")
    _, second = await browser.get(f"/console/trip?before={items[3]}")

    assert f"before={items[3]}" in first
    assert [f'id="item-{item}"' in second for item in items[:4]] == [True, True, True, False]


async def test_a_shelf_can_be_narrowed_to_a_channel(house: WebHouse, browser: Browser) -> None:
    house.park_update(update("a"))
    _, text = await browser.get("/console/trip?channel=simulator")

    assert "「simulator」没有搁置的收件" in text


@pytest.mark.parametrize(
    ("path", "items"),
    [
        (RETRY_IN, ""),
        (RETRY_IN, "x"),
        (RETRY_IN, "-1"),
        (RETRY_IN, "9" * 400),
        (RETRY_IN, ",".join(map(str, range(1, 99)))),
        ("/console/trip/inbox/explode", "1"),
        ("/console/trip/cellar/retry", "1"),
    ],
)
async def test_a_form_that_means_nothing_is_refused(
    browser: Browser, path: str, items: str
) -> None:
    form = {"csrf": await browser.csrf(), "items": items}

    assert (await browser.submit(path, form))[0] == 400


async def test_hostile_names_are_only_text(house: WebHouse, browser: Browser) -> None:
    house.park_update(update("a", sender=HOSTILE))
    house.park_message(message(recipient=HOSTILE))
    stop(house, f"bell:{HOSTILE}")
    house.shop.name = HOSTILE
    house.store.do(lambda uow: notices.tell_operators(uow, key="x", text=HOSTILE))
    paths = ("", "trip", "trip?book=outbox", "notices", "shelf", f"shelf?hello={HOSTILE}")
    texts = [(await browser.get(f"/console/{path}"))[1] for path in paths]

    assert all("<script>alert" not in text for text in texts)
    assert all("&lt;script&gt;alert" in text for text in texts)


def stop(house: WebHouse, scope: str = BELL, for_s: float = outbox.UNTIL_RESUMED_S) -> None:
    def use_case(uow: UnitOfWork) -> None:
        outbox.put(uow, [message()], lambda _message: "bell:vip-1")
        outbox.pause(uow, scope, for_s, "send: errcode 60020")

    house.store.do(use_case)


async def test_what_rests_is_shown_with_what_it_means(house: WebHouse, browser: Browser) -> None:
    stop(house)
    stop(house, "bell:vip-1", 60)
    _, text = await browser.get("/console/")

    assert "一切正常" not in text
    assert "bell 已停止发送" in text
    assert "bell · vip-1" in text
    assert text.count("地址不在名单里。") == 2
    assert "今天 12:01</time>:00" in text


async def test_sending_is_resumed_once_and_kept_in_the_audit(
    house: WebHouse, browser: Browser
) -> None:
    stop(house)

    assert "已恢复发送" in await press(browser, RESUME, scope=BELL)
    assert house.store.count("pauses") == 0
    assert house.store.do(lambda uow: uow.run(Statement("SELECT who, what, why FROM audit"))) == [
        ("amei", "outbox.resumed", "bell: send: errcode 60020")
    ]
    assert "没有改动" in await press(browser, RESUME, scope=BELL)
    assert "正在休息" not in (await browser.get("/console/"))[1]


async def test_nobody_resumes_from_another_site(house: WebHouse, browser: Browser) -> None:
    stop(house)

    assert (await browser.submit(RESUME, {"scope": BELL}))[0] == 403
    assert house.store.count("pauses") == 1


async def test_a_parked_message_says_what_its_error_means(
    house: WebHouse, browser: Browser
) -> None:
    stop(house)
    house.park_message(message("o2"), error="send: errcode 60020")
    _, text = await browser.get("/console/trip?book=outbox")

    assert "地址不在名单里。" in text
    assert "渠道 bell 已停止发送" in text


async def test_a_notice_is_seen_once(house: WebHouse, browser: Browser) -> None:
    house.store.do(lambda uow: notices.tell_operators(uow, key="gap", text="明天没有内容"))
    assert "明天没有内容" in (await browser.get("/console/"))[1]
    text = await press(browser, "/console/notices/seen", notice="1")

    assert "1 条提醒已标为看过" in text
    assert "amei 看过" in text
    assert "没有新提醒" in (await browser.get("/console/"))[1]


async def test_all_notices_are_seen_at_once(house: WebHouse, browser: Browser) -> None:
    def tell(uow: UnitOfWork) -> None:
        for key in "abc":
            notices.tell_operators(uow, key=key, text=key)

    house.store.do(tell)

    assert "3 条提醒" in await press(browser, "/console/notices/seen", notice="all")


async def test_a_room_has_its_page_in_the_navigation(browser: Browser) -> None:
    status, text = await browser.get("/console/shelf?hello=你好")

    assert status == 200
    assert 'href="/console/shelf" aria-current="page"' in text
    assert "你好 布衣" in text


async def test_a_rooms_form_does_its_work_and_says_so_once(
    house: WebHouse, browser: Browser
) -> None:
    text = await press(browser, "/console/shelf/rename", name="绸")

    assert "amei 改名为 绸" in text
    assert house.shop.name == "绸"
    assert "改名为" not in (await browser.get("/console/shelf"))[1]


async def test_a_form_leads_back_to_where_it_was_and_nowhere_else(browser: Browser) -> None:
    text = await press(browser, "/console/shelf/rename", name="绸", back="hello=再见")
    assert "再见 绸" in text
    for strange in ("//evil.example/?a", "https://evil.example", "a\r\nSet-Cookie: b=c", "&" * 999):
        assert "改名为" in await press(browser, "/console/shelf/rename", name="绸", back=strange)


async def test_a_rooms_refusal_is_shown_in_its_own_words(house: WebHouse, browser: Browser) -> None:
    assert "名字不能是空的（rename）" in await press(browser, "/console/shelf/rename")
    assert house.shop.name == "布衣"


async def test_a_room_with_a_bug_shows_a_page_and_not_a_traceback(
    house: WebHouse, browser: Browser
) -> None:
    house.shop.broken = True
    status, text = await browser.get("/console/shelf")

    assert (status, "这是程序的问题" in text) == (500, True)
    assert "RuntimeError" not in text


async def test_a_full_disk_is_said_in_words(house: WebHouse, browser: Browser) -> None:
    form = {"csrf": await browser.csrf(), "name": "绸"}
    house.work.full = True
    status, text = await browser.submit("/console/shelf/rename", form)

    assert (status, "数据库现在写不进去" in text) == (503, True)


async def test_an_unknown_page_leads_back(browser: Browser) -> None:
    status, text = await browser.get("/console/none/such")

    assert (status, "没有这个页面" in text) == (404, True)


async def test_pages_are_guarded_by_their_headers(browser: Browser) -> None:
    async with browser.client.get("/console/") as answer:
        policy = answer.headers["Content-Security-Policy"]
        text = await answer.text()

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert " style=" not in text
    assert " onclick=" not in text


@pytest.mark.parametrize("words", ["[" * 2500, r'["\ud800", 1, "", ""]'], ids=["deep", "no text"])
async def test_a_message_that_nobody_wrote_is_not_shown(browser: Browser, words: str) -> None:
    forged = urlsafe_b64encode(words.encode()).decode()
    browser.client.cookie_jar.update_cookies({"flash": forged}, URL(browser.base))

    assert (await browser.get("/console/"))[0] == 200


async def test_the_live_refresh_does_not_eat_the_message(browser: Browser) -> None:
    form = {"csrf": await browser.csrf(), "name": "绸"}
    own = {"Origin": browser.base}
    async with browser.client.post(
        "/console/shelf/rename", data=form, headers=own, allow_redirects=False
    ):
        pass

    assert "改名为" not in (await browser.get("/console/", **{"X-Refresh": "1"}))[1]
    assert "改名为" in (await browser.get("/console/shelf"))[1]
