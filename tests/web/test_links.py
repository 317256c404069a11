"""A link opens one page for one member for a while, and nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.kernel.ids import MemberId
from bot.web.links import BadLink, LinkExpired, SignedLinks
from tests.kit.rooms import TurnedClock
from tests.kit.web import HOSTILE, SECRET, Browser, WebHouse

AMEI = MemberId(7)


def links(clock: TurnedClock | None = None, secret: bytes = SECRET) -> SignedLinks:
    return SignedLinks(secret, "https://bot.example/", clock or TurnedClock())


def token_for(page: str, member: MemberId = AMEI) -> str:
    return links().to(page, member, valid_s=60).rpartition("/")[2]


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_link_names_its_member(member: int) -> None:
    assert links().member_of("a/b", token_for("a/b", MemberId(member))) == member


@given(st.text(max_size=80) | st.binary(max_size=60).map(bytes.hex))
def test_nothing_that_was_not_made_here_opens(token: str) -> None:
    with pytest.raises(BadLink):
        links().member_of("a/b", token)


@given(st.integers(min_value=0, max_value=28), st.integers(min_value=1, max_value=255))
def test_no_changed_link_opens(place: int, flip: int) -> None:
    raw = bytearray(urlsafe_b64decode(token_for("a/b") + "="))
    raw[place] ^= flip

    with pytest.raises(BadLink):
        links().member_of("a/b", urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())


PAGES = st.text(st.characters(exclude_characters="/", codec="utf-8"), min_size=1)


@given(PAGES, PAGES)
def test_a_link_opens_no_other_page(page: str, other: str) -> None:
    assume(page != other)
    token = links().to(page, AMEI, valid_s=60).rpartition("/")[2]

    with pytest.raises(BadLink):
        links().member_of(other, token)


def test_another_houses_link_does_not_open() -> None:
    with pytest.raises(BadLink):
        links(secret=b"another house's secret, 32 bytes").member_of("a/b", token_for("a/b"))


def test_a_link_ends() -> None:
    clock = TurnedClock()
    token = token_for("a/b")
    clock.tick(seconds=60)
    assert links(clock).member_of("a/b", token) == AMEI
    clock.tick(seconds=1)

    with pytest.raises(LinkExpired):
        links(clock).member_of("a/b", token)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        links(secret=b"short")


def path(house: WebHouse, page: str, *, valid_s: int = 60) -> str:
    return house.links.to(page, AMEI, valid_s=valid_s).removeprefix("http://127.0.0.1")


async def test_a_member_sees_her_page(house: WebHouse, browser: Browser) -> None:
    house.shop.name = HOSTILE
    async with browser.client.get(path(house, "shop/card")) as answer:
        text = await answer.text()

    assert answer.status == 200
    assert "会员 7" in text
    assert "<script>alert" not in text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_file_is_handed_over(house: WebHouse, browser: Browser) -> None:
    async with browser.client.get(path(house, "shop/file")) as answer:
        assert await answer.json() == {"member": 7}

    assert answer.headers["Content-Disposition"] == 'attachment; filename="shop-file.json"'


async def test_an_expired_link_says_how_to_get_another(house: WebHouse, browser: Browser) -> None:
    link = path(house, "shop/card")
    house.store.clock.tick(hours=1)
    status, text = await browser.get(link)

    assert (status, "这个链接过期了" in text) == (410, True)


async def test_a_broken_link_says_what_to_do(house: WebHouse, browser: Browser) -> None:
    for link in (path(house, "shop/card")[:-1], path(house, "shop/file").replace("file", "card")):
        status, text = await browser.get(link)
        assert (status, "再点一次收到的链接" in text) == (403, True)


async def test_a_good_link_to_a_page_that_is_gone_is_not_found(
    house: WebHouse, browser: Browser
) -> None:
    assert (await browser.get(path(house, "shop/gone")))[0] == 404
