"""How long a browser is known, and what ends it."""

from datetime import timedelta

import pytest

from bot.commons.visits.service import IDLE, LONGEST, MOST_SESSIONS
from tests.kit.doorstep import AMEI, CARD, Street, enter, erase
from tests.kit.visits import SAFARI, WECOM, Form, phone


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
