"""What the desk says where a platform has the conversation, or counts answers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.kernel.events import DetectorJudged, HumanCame, HumanLeft
from bot.kernel.feature import Feature
from bot.kernel.messages import Media, UpdateKind
from bot.kernel.work import Toolbox, UnitOfWork
from tests.features.desk.conftest import COMPLAINT
from tests.kit.bureau import AtDesk, Bureau, open_bureau
from tests.kit.house import CAPABILITY, PHONE, Phone


async def happens(bureau: Bureau, event: object) -> None:
    await bureau.house.house.writer.do(lambda uow: uow.publish(event))  # type: ignore[arg-type]  # one of the events


async def test_in_the_platforms_own_app_the_page_writes_nothing(
    complaint: Bureau, lisi: AtDesk
) -> None:
    member = await complaint.member()
    page = await lisi.form()
    await happens(complaint, HumanCame(member, "lisi", PHONE, "", "amei"))
    text = await lisi.sees("/desk/cases/1")

    assert "她在微信客服里，请在企业微信里回复" in text
    assert 'id="reply"' not in text
    said = await lisi.does("reply", page=page, words="在的，马上")
    assert said.startswith("✗ 她在微信客服里")
    await complaint.settle()
    assert "在的，马上" not in complaint.phone.texts("amei")
    await happens(complaint, HumanLeft(member, PHONE, "amei"))
    assert "没写原因" in await lisi.sees("/desk/cases/1")


@pytest.fixture
async def counted(tmp_path: Path) -> AsyncIterator[Bureau]:
    """Offer a house whose platform takes two answers to a message, for two days."""
    phone = Phone(capability=replace(CAPABILITY, max_replies=2, reply_window_s=172_800))
    async with open_bureau(tmp_path, phone) as opened:
        await opened.says(COMPLAINT)
        yield opened


async def test_what_the_platform_still_takes_is_said_beforehand(counted: Bureau) -> None:
    async with counted.at("lisi") as lisi:
        assert "还能回 1 条" in await lisi.sees("/desk/cases/1")
        await lisi.does("reply", words="在的")
        await counted.settle()
        assert "能回的条数用完了，也没有别的路" in await lisi.sees("/desk/cases/1")
        counted.house.clock.tick(seconds=1)
        await counted.says("好的")
        assert "还能回 2 条" in await lisi.sees("/desk/cases/1")
    counted.house.clock.tick(hours=49)
    async with counted.at("lisi") as lisi:
        assert "窗口已过，也没有别的路能写给她" in await lisi.sees("/desk/cases/1")
        await lisi.does("reply", words="还在吗")
        await counted.settle()
        assert "没发出去" in await lisi.sees("/desk/cases/1")


async def test_a_picture_that_is_not_here_yet_says_so(complaint: Bureau, lisi: AtDesk) -> None:
    await complaint.says("", kind=UpdateKind.IMAGE, media=(Media("m-1"),))

    assert "［图片］" in await lisi.sees("/desk/cases/1")


async def test_files_of_nobodys_case_stay_closed(lisi: AtDesk) -> None:
    assert (await lisi.browser.get("/desk/cases/files/1"))[0] == 404


async def test_others_hear_what_advisors_say_of_the_detector(tmp_path: Path) -> None:
    heard: list[tuple[int, str, str]] = []

    def listen(_uow: UnitOfWork, event: DetectorJudged, _tools: Toolbox) -> None:
        heard.append((event.case, event.verdict, event.who))

    ear = Feature("doctor", listeners={DetectorJudged: [listen]})
    async with open_bureau(tmp_path, None, ear) as bureau:
        await bureau.says(COMPLAINT)
        async with bureau.at("lisi") as lisi:
            await lisi.does("judge", verdict="false")

    assert heard == [(1, "false", "lisi")]
