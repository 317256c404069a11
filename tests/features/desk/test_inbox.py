"""The inbox: who waits, in which order, and what each filter shows."""

import pytest

from bot.commons import cases
from bot.kernel.work import UnitOfWork
from tests.features.desk.conftest import COMPLAINT
from tests.kit.bureau import AtDesk, Bureau


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("all", "没有人在等"),
        ("mine", "你手上没有会话"),
        ("free", "没有没人接的会话"),
        ("waiting", "没有在等会员回话"),
        ("unreasoned", "都写了原因"),
        ("ended", "最近 7 天没有结束"),
        ("<script>", "没有人在等"),
    ],
)
async def test_an_empty_inbox_says_so(bureau: Bureau, show: str, words: str) -> None:
    async with bureau.at("lisi") as lisi:
        assert words in await lisi.sees(f"/desk/?show={show}")


async def test_a_row_says_who_why_and_for_how_long(complaint: Bureau, lisi: AtDesk) -> None:
    complaint.house.clock.tick(minutes=42)
    text = (await lisi.sees()).partition('<article data-key="1"')[2].partition("</article>")[0]

    for words in ("客诉", "<b>我</b> · 等接手", "等了 42 分钟", COMPLAINT, "接手"):
        assert words in text


async def test_the_title_counts_what_wants_her(complaint: Bureau, lisi: AtDesk) -> None:
    assert "<title>(1) 收件箱" in await lisi.sees()
    async with complaint.at("wangwu") as wangwu:
        assert "<title>收件箱" in await wangwu.sees()
    await lisi.does("reply", words="在的")
    assert "<title>收件箱" in await lisi.sees()
    await complaint.says("什么时候寄")
    assert "<title>(1) 收件箱" in await lisi.sees()


async def test_the_filters_part_the_cases(bureau: Bureau) -> None:
    for who in ("amei", "beibei", "chun"):
        await bureau.says(COMPLAINT, who)
    async with bureau.at("chen") as chen:
        await chen.does("reply", number=1, words="在的")
        await chen.does("transfer", number=2, to="", why="没空")
        await chen.does("finish", number=3, code="solved", how="resolve")
        shown = {
            show: _numbers(await chen.sees(f"/desk/?show={show}"))
            for show in ("all", "mine", "free", "waiting", "ended")
        }

    assert shown == {"all": {1, 2}, "mine": {1}, "free": {2}, "waiting": {1}, "ended": {3}}


def _numbers(text: str) -> set[int]:
    parts = text.split('<article data-key="')[1:]
    return {int(part.partition('"')[0]) for part in parts}


async def test_the_gravest_stands_first_then_who_waits_longest(bureau: Bureau) -> None:
    await bureau.says("转人工", "amei")
    bureau.house.clock.tick(minutes=1)
    await bureau.says("转人工", "beibei")
    await bureau.says(COMPLAINT, "chun")
    async with bureau.at("chen") as chen:
        text = await chen.sees()
    places = [text.index(f'href="/desk/case/{number}"') for number in (3, 1, 2)]

    assert places == sorted(places)


async def test_many_cases_are_paged(bureau: Bureau) -> None:
    for number in range(53):
        await bureau.says("转人工", f"m{number}")
    async with bureau.at("chen") as chen:
        first, second = await chen.sees(), await chen.sees("/desk/?show=all&skip=50")

    assert (len(_numbers(first)), len(_numbers(second))) == (50, 3)
    assert "再往后" in first
    assert "回到最前" in second


async def test_what_ended_at_the_platform_waits_for_its_reason(
    complaint: Bureau, lisi: AtDesk
) -> None:
    await complaint.house.house.writer.do(_ends_there)
    assert "没写原因" in await lisi.sees("/desk/case/1")
    assert _numbers(await lisi.sees("/desk/?show=unreasoned")) == {1}
    assert "关闭了" in await lisi.does("finish", code="solved", how="close")
    assert _numbers(await lisi.sees("/desk/?show=unreasoned")) == set()


def _ends_there(uow: UnitOfWork) -> None:
    cases.resolve(uow, 1, who="platform", code=cases.Ending.AT_PLATFORM)
