"""An operator brings a table in by the console of the whole bot: sent, seen, confirmed, undone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from tests.kit.oauth import Person
from tests.kit.street import Town, open_town
from tests.kit.visits import WECOM, phone

CONSOLE = """
[console]
wecom_login = true
[[console.roles]]
role = "operator"
userids = ["ZhangSan"]
"""
TABLE = "sku,name,price_yuan,stock\nC-1,羊绒大衣,1299.00,3\nS-1,围巾,-5,\n"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path, CONSOLE) as opened:
        yield opened


async def test_a_table_comes_in_when_it_was_seen_and_leaves_again(town: Town) -> None:
    person = Person(userid="ZhangSan")
    async with phone(town.port, town.platform, person, agent=WECOM, area="/console/") as one:
        page = await one.open("/console/imports")
        [csrf, *_] = re.findall(r'name="csrf" value="(\w+)"', page.text)
        form = FormData(quote_fields=False)
        for name, value in (("csrf", csrf), ("kind", "products")):
            form.add_field(name, value)
        form.add_field("file", TABLE.encode("gbk"), filename="春装.csv", content_type="text/csv")
        address = f"http://127.0.0.1:{town.port}/console/imports/upload"
        async with one.client.post(address, data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        assert "收到 2 行" in (await one.open("/console/imports")).text

        await works(town)
        page = await one.open("/console/imports")
        assert "会新增 1，更新 0，不变 0，拒收 1" in page.text
        assert "<td>3</td><td>price_yuan</td>" in page.text
        assert await town.ask("SELECT * FROM products") == []
        done = await one.send(page.form("/console/imports/confirm"))
        assert "开始导入" in done.text
        await works(town)
        assert await town.ask("SELECT sku, price_fen, stock FROM products") == [("C-1", 129900, 3)]

        page = await one.open("/console/imports")
        assert "开始撤销" in (await one.send(page.form("/console/imports/undo"))).text
        await works(town)
        assert await town.ask("SELECT * FROM products") == []
        told = await town.ask("SELECT what FROM audit WHERE who <> 'bot' ORDER BY id")
        assert [what for (what,) in told] == ["imports.sent", "imports.confirmed", "imports.undone"]


async def works(town: Town) -> None:
    """Let the clock do what there is to do with imports."""
    for _ in range(4):
        await town.due("imports.bites")
