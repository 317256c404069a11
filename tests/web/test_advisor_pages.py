"""An advisor opens the pages that are for her, and nothing else of the console."""

import pytest

from bot.kernel.desk import Role
from tests.kit.web import PASSWORD, Browser, WebHouse


@pytest.fixture
async def advisor(house: WebHouse, browser: Browser) -> Browser:
    house.add_account("lisi", Role.ADVISOR)
    form = {"name": "lisi", "password": PASSWORD, "next": "/console/till"}
    status, text = await browser.submit("/console/sign-in", form)
    assert (status, "<h1>货架</h1>" in text) == (200, True)
    return browser


async def test_her_menu_has_her_pages_only(advisor: Browser) -> None:
    _, text = await advisor.get("/console/till")

    assert 'href="/console/till" aria-current="page"' in text
    assert "lisi" in text
    for hidden in ("/console/shelf", "/console/trip", "/console/notices", "/console/account"):
        assert f'href="{hidden}"' not in text


@pytest.mark.parametrize("path", ["shelf", "trip", "notices", "account", "nothing"])
async def test_everything_else_is_refused(advisor: Browser, path: str) -> None:
    status, text = await advisor.get(f"/console/{path}")

    assert status == 403
    assert "顾问账号" in text


async def test_a_form_of_hers_works_and_one_of_anothers_does_not(
    house: WebHouse, advisor: Browser
) -> None:
    csrf = (await advisor.get("/console/till"))[1].partition('name="csrf" value="')[2]
    form = {"csrf": csrf.partition('"')[0], "name": "绸"}

    assert (await advisor.submit("/console/shelf/rename", form))[0] == 403
    assert house.shop.name == "布衣"
    assert (await advisor.submit("/console/till/rename", form))[0] == 200
    assert house.shop.name == "绸"


async def test_files_of_other_pages_stay_closed(advisor: Browser) -> None:
    assert (await advisor.get("/console/shelf/files/7"))[0] == 403
    assert (await advisor.get("/console/till/files/7"))[0] == 404
