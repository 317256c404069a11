"""The operators' page: what came, from whom, what became of it, and once more."""

import pytest

from bot.commons import members
from bot.features import media
from bot.features.media.console import NothingToRetry
from bot.kernel.console import Download
from bot.kernel.ids import ChannelName
from tests.features.media.conftest import Stage
from tests.features.media.test_fetching import KEPT
from tests.kit.house import HouseUnderTest
from tests.kit.media import GPS, HTML, PDF, ZIP, heic, jpeg, png
from tests.kit.platforms import Fault

(PAGE,) = media.feature.pages
HOSTILE = '<script>alert("x")</script>\u202e'


async def page(built: HouseUnderTest, **query: str) -> str:
    shown = await built.house.writer.look(lambda uow: PAGE.load(uow, built.tools, query))
    return built.words(PAGE.template, **shown, csrf_field="")


async def press(built: HouseUnderTest, item: str) -> str:
    act = PAGE.actions["retry"]
    return await built.house.writer.do(lambda uow: act(uow, built.tools, {"item": item}, "xiaoli"))


async def given(built: HouseUnderTest, item: int) -> Download | None:
    assert PAGE.files is not None
    give = PAGE.files
    return await built.house.writer.look(lambda uow: give(uow, built.tools, item))


async def name(built: HouseUnderTest, who: str, called: str) -> None:
    kefu, now = ChannelName("kefu"), built.clock.now()
    await built.house.writer.do(lambda uow: members.resolve(uow, kefu, who, now, name=called))


async def test_an_empty_page_says_what_will_be_there(stage: Stage) -> None:
    async with stage.house() as built:
        assert "还没有收到图片或文件" in await page(built)
        assert "没有没收下的" in await page(built, show="troubled")


async def test_the_page_shows_what_came_from_whom(stage: Stage) -> None:
    async with stage.house() as built:
        await name(built, "wm1", HOSTILE)
        stage.sends(jpeg(), "wm1", name="晚霞.jpg")
        stage.sends(PDF + bytes(2 * 1024 * 1024), "wm1", kind="file", name=f"{HOSTILE}.pdf")
        stage.sends(ZIP)
        await stage.hint(built)
        shown = await page(built)

    assert '<img class="thumb" loading="lazy" src="/console/media/files/1" alt="晚霞.jpg">' in shown
    assert "image/jpeg · " in shown
    assert "16 × 8" in shown
    assert "application/pdf · 2.0 MB" in shown
    assert '<a href="/console/media/files/2" download>' in shown
    assert "内容和它说的不是一种" in shown
    assert "没有收下" in shown
    assert "<script>" not in shown
    assert "\u202e" not in shown
    assert "&lt;script&gt;" in shown


async def test_a_picture_that_no_browser_shows_says_so_and_is_downloaded(stage: Stage) -> None:
    async with stage.house() as built:
        stage.sends(heic(), name="海边.heic")
        await stage.hint(built)
        shown = await page(built)

    assert '<a href="/console/media/files/1" download>海边.heic</a>' in shown
    assert "没有预览，请下载" in shown
    assert "<img" not in shown
    assert "4032 × 3024" in shown


async def test_each_reason_has_its_words(stage: Stage) -> None:
    async with stage.house() as built:
        stage.platform.files.kept[stage.sends(png())].until = 0
        stage.sends(b"", kind="file")
        await stage.hint(built)
        stage.platform.faults["media/get"].append(Fault(errcode=40058))
        stage.sends(png())
        await stage.shows(built, "https://example.com/a.png", f"{stage.host.puts(png())}#no-key")
        await stage.hint(built)
        shown = await page(built, show="troubled")

    for words in ("平台上已经没有了", "是空的", "平台错误 40058", "不是平台自己的", "解不开"):
        assert words in shown
    assert shown.count("重试") == 5


async def test_what_expired_says_until_when_it_was_there(stage: Stage) -> None:
    async with stage.house() as built:
        url = stage.host.puts(png())
        await stage.host.__aexit__()
        await stage.shows(built, url)
        assert "待取回" in await page(built)
        await stage.later(built, seconds=301)
        shown = await page(built)

    assert "平台只保留到 08-24 12:05，这之前一直没取到" in shown
    assert "lihua" not in shown


async def test_what_failed_can_be_tried_once_more(stage: Stage) -> None:
    async with stage.house() as built:
        stage.platform.faults["media/get"].append(Fault(errcode=40058))
        stage.sends(png())
        await stage.hint(built)
        assert await press(built, "1") == "会去再取一次，稍后刷新看看。"
        await built.house.engine.settle()

        assert await stage.refs(built) == [KEPT]
        for item in ("1", "2", "", "-1", "1 OR 1=1", "9" * 30, "１"):
            with pytest.raises(NothingToRetry):
                await press(built, item)
    assert stage.files


async def test_what_is_gone_for_good_stays_so_after_another_try(stage: Stage) -> None:
    async with stage.house() as built:
        stage.platform.files.kept[stage.sends(png())].until = 0
        await stage.hint(built)
        await press(built, "1")
        await built.house.engine.settle()

        assert await stage.refs(built) == [("gone", "gone")]
        assert len(await stage.notices(built)) == 1


async def test_pages_are_turned(stage: Stage) -> None:
    async with stage.house() as built:
        for _ in range(31):
            stage.sends(png())
        await stage.hint(built)
        first = await page(built)
        assert first.count("<img") == 30
        assert '<a href="?before=2">更早的</a>' in first
        second = await page(built, before="2")
        assert second.count("<img") == 1
        assert "回到最新" in second
        assert "没有更早的了" in await page(built, before="1")


# ── files handed out ────────────────────────────────────────────────────────────────────


def read(found: Download | None) -> bytes:
    assert found is not None
    with found.open() as file:
        return file.read()


async def test_a_picture_is_shown_without_where_it_was_taken(stage: Stage) -> None:
    async with stage.house() as built:
        stage.sends(jpeg(says=GPS), name="旅行.heic")
        await stage.hint(built)
        found = await given(built, 1)

        assert found is not None
        assert (found.name, found.content_type) == ("旅行.heic.jpg", "image/jpeg")
        assert GPS not in read(found)


async def test_anything_else_is_handed_out_as_it_came(stage: Stage) -> None:
    async with stage.house() as built:
        for content in (HTML, heic()):
            stage.sends(content, kind="file", name="page.html")
        await stage.hint(built)

        page_, photo = await given(built, 1), await given(built, 2)
        assert read(page_) == HTML
        assert page_ is not None
        assert page_.name == "page.html.bin"
        assert photo is not None
        assert (photo.name, photo.content_type) == ("page.html.heic", "image/heic")


async def test_what_is_not_there_is_not_handed_out(stage: Stage) -> None:
    async with stage.house() as built:
        stage.sends(png())
        stage.sends(ZIP)
        await stage.hint(built)
        assert await given(built, 2) is None
        assert await given(built, 99) is None

        found = await given(built, 1)
        assert found is not None
        for file in stage.root.glob("*/*/*"):
            file.unlink()
        with pytest.raises(FileNotFoundError):
            found.open()
