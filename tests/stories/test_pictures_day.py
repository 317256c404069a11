"""The month as a picture in the whole bot: in the chat of an app, in the simulator, on the page."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot import app as roof
from tests.kit.oauth import Person
from tests.kit.street import Town, open_town
from tests.kit.tables import furnished
from tests.kit.visits import SAFARI, WECOM, phone

PAGE = "/m/checkin/mine"
LIHUA = Person(userid="LiHua")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(tmp_path) as opened:
        yield opened


def is_a_picture(content: bytes) -> bool:
    return Image.open(io.BytesIO(content), formats=["PNG"]).width == 750


async def test_in_the_app_the_month_follows_the_words(town: Town) -> None:
    await town.hears("lihua", "打卡")
    await town.hears("lihua", "我的打卡")
    *_, words, picture = town.platform.to("lihua")

    assert "完整日历" in words.words
    assert picture.kind == "image"
    uploads = [body for call, body in town.platform.calls if call == "media/upload"]
    assert [(one["type"], one["name"]) for one in uploads] == [("image", "picture.png")]
    assert 5_000 < uploads[0]["bytes"] < 200 * 1024

    await town.hears("lihua", "我的打卡")  # the same again: nothing to upload
    assert town.platform.to("lihua")[-1].body["image"] == picture.body["image"]
    assert len([call for call, _ in town.platform.calls if call == "media/upload"]) == 1


async def test_her_page_shows_the_same_picture_to_her_and_to_nobody_else(town: Town) -> None:
    await town.hears("lihua", "打卡")
    async with phone(town.port, town.platform, LIHUA, agent=WECOM) as mine:
        page = await mine.open(PAGE)
        src, *_ = [
            piece.partition('"')[0]
            for piece in page.text.split('src="')[1:]
            if piece.startswith(f"{PAGE}/files/")
        ]
        address = f"http://127.0.0.1:{town.port}{src}"
        async with mine.client.get(address) as answer:
            assert answer.status == 200
            assert answer.content_type == "image/png"
            assert answer.headers["Cache-Control"] == "private, no-cache"
            assert is_a_picture(await answer.read())
            tag = answer.headers["ETag"]
        async with mine.client.get(address, headers={"If-None-Match": tag}) as again:
            assert (again.status, await again.read()) == (304, b"")
        for number in ("202613", "999912", "2", "0", "000000", "202600"):
            async with mine.client.get(f"{address[:-6]}{number}") as none:
                assert none.status == 404, number
        await town.hears("lihua", "删除我的数据")
        await town.hears("lihua", "确认删除")
        async with mine.client.get(address, headers={"If-None-Match": tag}) as gone:
            assert gone.status == 404
    async with phone(town.port, agent=SAFARI) as stranger, stranger.client.get(address) as no:
        assert no.status == 404


async def test_deleting_her_data_takes_the_picture_from_the_disk(
    town: Town, tmp_path: Path
) -> None:
    await town.hears("lihua", "打卡")
    await town.hears("lihua", "我的打卡")

    def kept() -> list[Path]:
        return [path for path in tmp_path.rglob("media/**/*") if path.is_file()]

    assert len(kept()) == 1
    await town.hears("lihua", "删除我的数据")
    await town.hears("lihua", "确认删除")
    await town.app.house.engine.settle()

    assert kept() == []
    for table in ("pictures", "picture_people", "media_holds", "media_files"):
        assert await town.ask(f"SELECT count(*) FROM {table}") == [(0,)], table


async def test_in_the_simulator_the_picture_is_in_the_chat(tmp_path: Path) -> None:
    for folder in ("content", "schedules"):
        (tmp_path / folder).mkdir()
    path = tmp_path / "config.toml"
    path.write_text(
        '[community]\nname = "拾光衣橱"\ncontact = "到店"\n[server]\nport = 0\n'
        '[database]\nurl = "sqlite:///bot.sqlite3"\n[channels.simulator]\nenabled = true\n',
        encoding="utf-8",
    )
    config = roof.read_config(path, {})
    furnished(tmp_path / "bot.sqlite3")
    app = roof.build(config)
    server = await app.start(frozenset({"web", "worker"}))
    assert server is not None
    base = f"http://127.0.0.1:{server.port}"
    async with aiohttp.ClientSession() as http:
        for said in ("打卡", "我的打卡"):
            body = {"member": "amei", "text": said}
            async with http.post(f"{base}/simulator/api/messages", json=body) as answer:
                assert answer.status == 202
            await app.house.engine.settle()
        async with http.get(f"{base}/simulator/api/messages?member=amei") as answer:
            *_, words, picture = await answer.json()
        assert "完整日历" in words["text"]
        assert (picture["kind"], picture["from"]) == ("image", "bot")
        async with http.get(f"{base}{picture['images'][0]}") as answer:
            assert is_a_picture(await answer.read())
    await server.stop()
    await app.stop()
    app.house.database.close()
