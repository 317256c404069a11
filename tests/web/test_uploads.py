"""Files that operators send: from our own form only, by their size, gone when they are read."""

import asyncio
from pathlib import Path
from tempfile import gettempdir

import pytest
from aiohttp import FormData

from bot.kernel.desk import Role
from tests.kit.web import Browser, WebHouse

UPLOAD = "/console/shelf/upload"


@pytest.fixture(autouse=True)
def amei(house: WebHouse) -> None:
    house.add_account()


async def sends(
    browser: Browser,
    content: bytes | None,
    *,
    csrf: str | None = None,
    name: str = "表.csv",
    path: str = UPLOAD,
    **headers: str,
) -> tuple[int, str]:
    form = FormData(quote_fields=False, default_to_multipart=True)
    form.add_field("csrf", await browser.csrf() if csrf is None else csrf)
    form.add_field("name", "绸")
    if content is not None:
        form.add_field("file", content, filename=name, content_type="text/csv")
    sent = {"Sec-Fetch-Site": "same-origin"} | headers
    async with browser.client.post(path, data=form, headers=sent) as answer:
        return answer.status, await answer.text()


def left_over() -> list[Path]:
    return list(Path(gettempdir()).glob("upload-*"))


async def test_a_file_is_read_and_gone(house: WebHouse, browser: Browser) -> None:
    await browser.sign_in()
    status, text = await sends(browser, "缎".encode())
    assert (status, "来自 表.csv" in text) == (200, True)
    assert house.shop.name == "绸缎"
    assert left_over() == []


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        ("", {}),
        ("0" * 64, {}),
        (None, {"Origin": "https://evil.example"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
    ],
)
async def test_a_form_that_is_not_ours_is_not_even_read(
    house: WebHouse, browser: Browser, csrf: str | None, headers: dict[str, str]
) -> None:
    await browser.sign_in()
    assert (await sends(browser, b"x", csrf=csrf, **headers))[0] == 403
    assert house.shop.name == "布衣"


async def test_who_is_not_signed_in_or_an_advisor_sends_nothing(
    house: WebHouse, browser: Browser
) -> None:
    assert 'name="password"' in (await sends(browser, b"x", csrf="x"))[1]
    house.add_account("lisi", Role.ADVISOR)
    await browser.sign_in("lisi")
    assert (await sends(browser, b"x", csrf="x"))[0] == 403
    assert house.shop.name == "布衣"


async def test_what_is_too_large_is_refused_and_leaves_nothing(
    house: WebHouse, browser: Browser
) -> None:
    await browser.sign_in()
    assert (await sends(browser, b"x" * 300_001))[0] == 413
    assert house.shop.name == "布衣"
    assert left_over() == []
    assert (await sends(browser, b"x" * 299_000))[0] == 200


async def test_no_file_is_said(house: WebHouse, browser: Browser) -> None:
    await browser.sign_in()
    assert (await sends(browser, None))[0] == 200
    assert (await sends(browser, b"", name=""))[0] == 200
    assert house.shop.name == "布衣"


async def test_a_name_is_no_path_and_no_markup(browser: Browser) -> None:
    await browser.sign_in()
    for name in ("../../etc/passwd", "<b>x</b>.csv", "a.csv/../../b", "x" * 4000 + ".csv"):
        status, text = await sends(browser, b"y", name=name)
        assert status == 200
        assert "<b>x" not in text
    assert left_over() == []


async def test_pages_without_files_and_other_bodies_are_refused(browser: Browser) -> None:
    await browser.sign_in()
    assert (await sends(browser, b"x", path="/console/till/upload"))[0] == 404
    assert (await browser.submit(UPLOAD, {"csrf": await browser.csrf()}))[0] == 415
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (
        b"",
        b"no parts",
        b"--x\r\n\r\n\r\n--x--",
        b"--x\r\nno header\r\n\r\n",
        b"--x\r\n" + b"a" * 20_000,
    ):
        async with browser.client.post(UPLOAD, data=body, headers=kind) as answer:
            assert answer.status in (400, 403)


async def test_two_at_once_do_not_meet(browser: Browser) -> None:
    await browser.sign_in()
    told = await asyncio.gather(*(sends(browser, word.encode()) for word in ("一", "二")))
    assert [status for status, _ in told] == [200, 200]
