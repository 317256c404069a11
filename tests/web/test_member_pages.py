"""Members' pages: forms that act once, what is refused, and what every answer has."""

import asyncio
from dataclasses import replace

import pytest

from tests.kit.doorstep import CARD, Street, enter
from tests.kit.rooms import Store
from tests.kit.visits import SAFARI, Form, phone
from tests.kit.web import HOSTILE, WebHouse

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


async def test_what_no_database_takes_as_text_reaches_none(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        await mine.send(form, {"name": "围\0巾"})

        assert (await mine.open(f"{CARD}?done=%00&shop=%ED%A0%80")).status == 200
    assert street.house.shop.bought == ["围巾"]


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


@pytest.mark.parametrize("key", ["", "short", "x" * 23])
async def test_a_form_that_can_not_be_told_from_another_does_nothing(
    street: Street, key: str
) -> None:
    amei = street.knows("kefu", "wmAmei")
    async with phone(street.port) as mine:
        form = (await enter(street, mine, amei)).form("/do/buy")
        page = await mine.send(form, {"name": "围巾", "key": key})

    assert page.status == 400
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


async def test_only_a_page_with_wechats_buttons_lets_wechats_script_in(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    wechat = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"
    for agent, page, is_open in (
        (wechat, "ask", True),
        (wechat, "card", False),
        (SAFARI, "ask", False),
    ):
        async with phone(street.port, agent=agent) as mine:
            await enter(street, mine, amei)
            got = await mine.open(f"/m/shop/{page}")
        assert got.status == 200
        assert ("res.wx.qq.com" in got.headers["Content-Security-Policy"]) is is_open
        assert ("jweixin-1.6.0.js" in got.text) is is_open
        assert "/m/shop/ask" not in got.text.partition('class="foot"')[2].partition("找人工")[0]
