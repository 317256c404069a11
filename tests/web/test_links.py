"""A link opens one page for one member for a while, and nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.kernel.ids import MemberId
from bot.web.links import BadLink, LinkExpired, SignedLinks
from tests.kit.rooms import TurnedClock
from tests.kit.web import SECRET

AMEI = MemberId(7)


def links(clock: TurnedClock | None = None, secret: bytes = SECRET) -> SignedLinks:
    return SignedLinks(secret, "https://bot.example/", clock or TurnedClock())


def token_for(page: str, member: MemberId = AMEI) -> str:
    return links().to(page, member, valid_s=60).rpartition("/")[2]


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_link_names_its_member(member: int) -> None:
    assert links().read("a/b", token_for("a/b", MemberId(member))).member == member


@given(st.text(max_size=80) | st.binary(max_size=60).map(bytes.hex))
def test_nothing_that_was_not_made_here_opens(token: str) -> None:
    with pytest.raises(BadLink):
        links().read("a/b", token)


@given(st.integers(min_value=0, max_value=34), st.integers(min_value=1, max_value=255))
def test_no_changed_link_opens(place: int, flip: int) -> None:
    raw = bytearray(urlsafe_b64decode(token_for("a/b") + "="))
    raw[place] ^= flip

    with pytest.raises(BadLink):
        links().read("a/b", urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())


PAGES = st.text(st.characters(exclude_characters="/", codec="utf-8"), min_size=1)


@given(PAGES, PAGES)
def test_a_link_opens_no_other_page(page: str, other: str) -> None:
    assume(page != other)
    token = links().to(page, AMEI, valid_s=60).rpartition("/")[2]

    with pytest.raises(BadLink):
        links().read(other, token)


def test_another_houses_link_does_not_open() -> None:
    with pytest.raises(BadLink):
        links(secret=b"another house's secret, 32 bytes").read("a/b", token_for("a/b"))


def test_a_link_ends() -> None:
    clock = TurnedClock()
    token = token_for("a/b")
    clock.tick(seconds=60)
    assert links(clock).read("a/b", token).member == AMEI
    clock.tick(seconds=1)

    with pytest.raises(LinkExpired):
        links(clock).read("a/b", token)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        links(secret=b"short")


def test_no_two_links_are_the_same() -> None:
    assert len({token_for("a/b") for _ in range(100)}) == 100


def test_a_link_for_a_group_holds_nobody() -> None:
    assert links().for_group("a/b") == "https://bot.example/m/a/b"
