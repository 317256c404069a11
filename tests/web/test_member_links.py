"""A link of one's own signs in one browser, once, and nobody whom it was forwarded to."""

import asyncio
from collections.abc import Callable

import pytest

from tests.kit.doorstep import CARD, LIHUA, Street, enter, erase
from tests.kit.visits import SAFARI, WECOM, Form, phone


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


async def test_a_yes_to_one_link_opens_no_other(street: Street) -> None:
    amei, eve = street.knows("kefu", "wmAmei"), street.knows("kefu", "wmEve")
    async with phone(street.port) as mine:
        asked = await mine.open(street.link(amei))
        page = await mine.send(Form(street.link(eve), asked.form("").fields))
        assert page.status == 403
        assert mine.cookie("member") == ""


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
        (lambda link: link.replace("card", "take"), 403, "再点一次收到的链接"),
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


async def test_a_link_of_somebody_who_was_erased_opens_nothing(street: Street) -> None:
    amei = street.knows("kefu", "wmAmei")
    link = street.link(amei)
    async with phone(street.port) as mine:
        asked = await mine.open(link)
        erase(street, amei)
        assert (await mine.send(Form(link, asked.form("").fields))).status == 403
    assert street.rows("SELECT * FROM member_sessions") == []
