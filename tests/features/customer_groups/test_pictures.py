"""The picture of a join way comes home once, and is shown and printed from there."""

import pytest

from bot.commons import media
from bot.features import customer_groups
from bot.features.customer_groups.ordering import NotPossible
from bot.features.media.errands import errands as media_errands
from bot.features.media.rules import MediaSettings
from bot.kernel import crash
from tests.features.customer_groups.test_ordering import press
from tests.kit.customers import chat
from tests.kit.groups import Stage
from tests.kit.house import HouseUnderTest
from tests.kit.media import ZIP, heic, jpeg, png

GROUPS = customer_groups.feature.pages[0]
HOSTILE = '<b>群"\u202e'


@pytest.fixture
async def ready(stage: Stage) -> Stage:
    stage.platform.opens(1, name=f"周末{HOSTILE}")
    stage.clock.tick(seconds=9)
    return stage


async def made(built: HouseUnderTest) -> None:
    await built.house.engine.settle()
    await press(built, "make-way", {"chat": chat(1), "state": "海报"})


async def shown(built: HouseUnderTest, **query: str) -> str:
    told = await built.house.writer.look(lambda uow: GROUPS.load(uow, built.tools, query))
    return built.words(GROUPS.template, csrf_field="", **told)


async def picture(built: HouseUnderTest) -> bytes | None:
    give = GROUPS.files
    assert give is not None
    found = await built.house.writer.look(lambda uow: give(uow, built.tools, 1))
    if found is None:
        return None
    with found.open() as file:
        return file.read()


async def states(built: HouseUnderTest) -> list[tuple[object, ...]]:
    return await built.ask("SELECT picture FROM group_join_ways")


async def test_the_console_shows_our_own_copy_and_a_sheet_to_print(ready: Stage) -> None:
    async with ready.house() as built:
        await made(built)
        assert await picture(built) == ready.platform.code
        page = await shown(built)
        assert 'src="/console/groups/files/1"' in page
        assert ready.platform.url not in page
        sheet = await shown(built, poster=chat(1))
        assert 'src="/console/groups/files/1"' in sheet
        assert "<b>" not in sheet
        assert "&lt;b&gt;群" in sheet
        assert "拾光衣橱" in sheet
        assert "data-print" in sheet

        for _ in range(3):
            await ready.passes(built, seconds=301)
        assert ready.platform.codes_asked == 1


async def test_without_a_picture_there_is_no_sheet(ready: Stage) -> None:
    async with ready.house() as built:
        await built.house.engine.settle()
        for chat_id in (chat(1), "wr-nowhere"):
            assert "没有可以打印的入群码" in await shown(built, poster=chat_id)
        assert await picture(built) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (ZIP, "another_kind"),
        (b"<html>busy</html>", "another_kind"),
        (heic(), "another_kind"),
        (png() + bytes(3 * 1024 * 1024), "too_large"),
        (png(60_000, 60_000, real=False), "too_many_pixels"),
    ],
    ids=["empty", "archive", "words", "heic", "large", "bomb"],
)
async def test_what_is_no_such_picture_is_not_kept_and_said(
    ready: Stage, content: bytes, reason: str
) -> None:
    ready.platform.code = content
    async with ready.house() as built:
        await made(built)
        assert await states(built) == [(reason,)]
        assert await picture(built) is None
        assert "再取一次" in await shown(built)

        ready.platform.code = jpeg()
        await press(built, "fetch-picture", {"id": "1"})
        assert await picture(built) == jpeg()
        with pytest.raises(NotPossible):
            await press(built, "fetch-picture", {"id": "1"})
    assert len([file for file in (ready.folder / "store").rglob("*") if file.is_file()]) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:1/{1}",
        "https://127.0.0.1.evil.example/{1}",
        "file:///etc/passwd?{1}",
        "http://user@127.0.0.1/{1}",
    ],
)
async def test_a_picture_elsewhere_is_not_fetched(ready: Stage, address: str) -> None:
    ready.platform.code_at = address
    async with ready.house() as built:
        await made(built)
        assert await states(built) == [("elsewhere",)]
        assert "图的地址不是平台自己的" in await shown(built)


async def test_the_sweep_leaves_it_alone_until_the_code_is_taken_back(ready: Stage) -> None:
    sweep = next(one for one in media_errands if one.name == "media.sweep")
    async with ready.house() as built:
        built.tools.add(MediaSettings, MediaSettings())
        await made(built)
        await sweep.run(built.house.writer, built.tools)
        assert await picture(built) == ready.platform.code

        await press(built, "take-way-back", {"chat": chat(1)})
        await ready.passes(built, seconds=301)
        assert await built.house.writer.look(lambda uow: media.holders(uow, "join-way:")) == []
        await sweep.run(built.house.writer, built.tools)
    assert [file for file in (ready.folder / "store").rglob("*") if file.is_file()] == []


async def test_a_death_on_the_way_fetches_it_again(
    ready: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(name: str) -> None:
        if name == "groups.picture":
            raise RuntimeError("died")

    with monkeypatch.context() as patched:
        async with ready.house() as built:
            await built.house.engine.settle()
            patched.setattr(crash, "step", dies)
            await press(built, "make-way", {"chat": chat(1)})
            await built.house.stop(0)
    ready.clock.tick(minutes=6)
    async with ready.house() as built:
        await built.house.engine.settle()
        assert await picture(built) == ready.platform.code
