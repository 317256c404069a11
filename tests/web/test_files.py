"""Files from outside, handed out so that no browser takes one for a page of ours."""

import io
from typing import BinaryIO

import pytest

from bot.kernel.console import Download
from tests.kit.media import HTML, jpeg
from tests.kit.web import Browser, WebHouse

AT = "/console/shelf/files/7"


async def headers(browser: Browser, at: str = AT) -> tuple[int, dict[str, str], bytes]:
    async with browser.client.get(at, allow_redirects=False) as answer:
        return answer.status, dict(answer.headers), await answer.read()


@pytest.fixture
async def inside(house: WebHouse, browser: Browser) -> Browser:
    house.add_account()
    await browser.sign_in()
    return browser


async def test_a_picture_is_shown_and_can_do_nothing(house: WebHouse, inside: Browser) -> None:
    house.shop.file = Download("晚霞.jpg", "image/jpeg", lambda: io.BytesIO(jpeg()))
    status, said, body = await headers(inside)

    assert (status, body) == (200, jpeg())
    assert said["Content-Type"] == "image/jpeg"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Security-Policy"].endswith("; sandbox")
    assert said["Content-Disposition"].startswith('inline; filename="__.jpg"; filename*=UTF-8')
    assert said["Cache-Control"] == "private, no-store"
    assert said["X-Frame-Options"] == "DENY"


async def test_a_browser_that_has_this_version_is_told_so(house: WebHouse, inside: Browser) -> None:
    opened: list[str] = []

    def read(version: str) -> BinaryIO:
        opened.append(version)
        return io.BytesIO(jpeg())

    for version in ("one", "two"):
        house.shop.file = Download("a.jpg", "image/jpeg", lambda: read(version), version=version)  # noqa: B023 - read at once
        known = {"If-None-Match": '"one"'}
        async with inside.client.get(AT, headers=known) as answer:
            expected = (304, b"") if version == "one" else (200, jpeg())
            assert (answer.status, await answer.read()) == expected
            assert answer.headers["ETag"] == f'"{version}"'
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    assert opened == ["two"]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf"])
async def test_anything_else_is_only_saved(
    house: WebHouse, inside: Browser, content_type: str
) -> None:
    name = 'a";\r\nX-Evil: 1\r\n\u202e../页.html'
    house.shop.file = Download(name, content_type, lambda: io.BytesIO(HTML))
    status, said, body = await headers(inside)

    assert (status, body) == (200, HTML)
    assert said["Content-Type"] == "application/octet-stream"
    assert said["Content-Disposition"].startswith(
        'attachment; filename="a____X_Evil__1___..__.html"'
    )
    assert "X-Evil" not in said


async def test_a_large_file_is_poured_out(house: WebHouse, inside: Browser) -> None:
    house.shop.file = Download("a.bin", "application/zip", lambda: io.BytesIO(bytes(9_000_000)))
    status, said, body = await headers(inside)

    assert (status, len(body)) == (200, 9_000_000)
    assert said["Content-Length"] == "9000000"


async def test_a_file_that_is_not_there_is_a_page_that_says_so(
    house: WebHouse, inside: Browser
) -> None:
    def lost() -> BinaryIO:
        raise FileNotFoundError("7")

    assert (await headers(inside))[0] == 404
    house.shop.file = Download("a.jpg", "image/jpeg", lost)
    status, said, body = await headers(inside)
    assert status == 404
    assert said["Content-Type"].startswith("text/html")
    assert "这个文件打不开" in body.decode()


@pytest.mark.parametrize("number", ["x", "-1", "9" * 19, "7/", "%2e%2e"])
async def test_no_other_address_is_a_file(house: WebHouse, inside: Browser, number: str) -> None:
    house.shop.file = Download("a.jpg", "image/jpeg", lambda: io.BytesIO(jpeg()))

    assert (await headers(inside, f"/console/shelf/files/{number}"))[0] == 404


async def test_a_page_without_files_has_none(inside: Browser) -> None:
    assert (await headers(inside, "/console/nothing/files/7"))[0] == 404


async def test_a_stranger_is_asked_to_sign_in(house: WebHouse, browser: Browser) -> None:
    house.shop.file = Download("a.jpg", "image/jpeg", lambda: io.BytesIO(jpeg()))
    status, said, body = await headers(browser)

    assert status in {302, 303}
    assert said["Location"].startswith("/console/sign-in")
    assert body == b""
