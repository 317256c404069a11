"""A member whose own door is closed is answered by another one that is open; else it says so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import members
from bot.kernel.ids import ChannelName
from bot.kernel.messages import UpdateKind
from tests.features.desk.conftest import COMPLAINT
from tests.kit.bureau import Bureau, open_bureau
from tests.kit.house import CAPABILITY, Phone

KEFU, WK = ChannelName("kefu"), "wk-1"
LIMITED = replace(CAPABILITY, max_replies=5, reply_window_s=172_800, can_push=False)
SOME = {"channel": KEFU, "conversation": "kefu:wm", "via": WK}


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Bureau]:
    """Offer a house with two counting platforms; 阿美 complained on the first, is on both."""
    own = Phone(capability=replace(LIMITED, leaving=frozenset({"unsubscribe"})))
    async with open_bureau(tmp_path, own, doors=[Phone(KEFU, LIMITED)]) as opened:
        await opened.says(COMPLAINT)
        her = await opened.member()
        writer = opened.house.house.writer
        assert await writer.do(lambda uow: members.attach(uow, her, KEFU, "wm"))
        yield opened


def other(bureau: Bureau) -> list[tuple[str, str, str]]:
    """Return what left by the other platform."""
    [door] = bureau.doors
    return [(one.recipient, one.via, one.part.text) for one in door.sent if one.why == "desk"]  # type: ignore[union-attr]  # texts only


async def test_while_her_own_door_is_open_it_is_taken(two: Bureau) -> None:
    await two.says("在吗", "wm", **SOME)
    async with two.at("lisi") as lisi:
        assert "用微信客服回她" not in await lisi.sees("/desk/cases/1")
        await lisi.does("reply", words="在的")
        await two.settle()

    assert (other(two), "在的" in two.phone.texts("amei")) == ([], True)


async def test_a_closed_window_leads_by_the_other_door_and_the_page_says_which(two: Bureau) -> None:
    two.house.clock.tick(hours=49)
    await two.says("在吗", "wm", **SOME)
    async with two.at("lisi") as lisi:
        page = await lisi.sees("/desk/cases/1")
        assert "窗口已过，用微信客服回她" in page
        said = await lisi.does("reply", words="来了", way="kefu")
        assert not said.startswith("✗")
        await two.settle()
        assert other(two) == [("wm", WK, "来了")]
        shown = await lisi.sees("/desk/cases/1")
        assert shown.count("· 微信客服") == 2  # hers, and the answer
        await two.says("好的")
        await lisi.does("reply", words="这边也在")
        await two.settle()

    assert "这边也在" in two.phone.texts("amei")
    assert len(other(two)) == 1


async def test_answers_that_are_used_up_close_a_door(
    two: Bureau,
) -> None:
    await two.says("在吗", "wm", **SOME)
    async with two.at("lisi") as lisi:
        for number in range(4):
            await lisi.does("reply", words=f"第 {number} 句")
            await two.settle()
        assert "这一轮能回的条数用完了，用微信客服回她" in await lisi.sees("/desk/cases/1")
        await lisi.does("reply", words="换这边说")
        await two.settle()
    assert [words for _, _, words in other(two)] == ["换这边说"]


async def test_a_door_that_changed_since_she_looked_sends_nothing(two: Bureau) -> None:
    await two.says("在吗", "wm", **SOME)
    async with two.at("lisi") as lisi:
        said = await lisi.does("reply", words="在的", way="kefu")

    assert said.startswith("✗ 能写给她的路刚变了")
    assert (other(two), "在的" in two.phone.texts("amei")) == ([], False)


async def test_where_no_door_is_open_it_says_what_to_do(two: Bureau) -> None:
    two.house.clock.tick(hours=49)
    async with two.at("lisi") as lisi:
        page = await lisi.sees("/desk/cases/1")

    assert "也没有别的路能写给她" in page
    assert "请打电话给她" in page
    assert "联系不上" in page


async def test_who_does_not_follow_any_more_is_answered_elsewhere(two: Bureau) -> None:
    await two.says("在吗", "wm", **SOME)
    await two.says("", kind=UpdateKind.EVENT, event="unsubscribe")
    async with two.at("lisi") as lisi:
        assert "她已经不关注" in await lisi.sees("/desk/cases/1")
        await lisi.does("reply", words="在这边")
        await two.settle()

    assert [words for _, _, words in other(two)] == ["在这边"]
