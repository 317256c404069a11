"""On 微信客服 she is asked by the one line that the platform allows when a session ends."""

from tests.features.satisfaction.conftest import Desk
from tests.kit.front_desk import WM


async def test_the_closing_line_and_the_question_are_one_menu(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")

    [said] = await desk.ends()
    assert "这次人工接待结束了" in said
    assert "李华刚才帮你处理得怎么样？点一下就好。" in said
    assert await desk.ratings() == [("asked", 0)]
    assert desk.platform.refused == []


async def test_what_is_pressed_in_the_menu_counts(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    await desk.ends()

    assert await desk.presses(0) == ["收到，5 分，谢谢你告诉我们。"]
    assert await desk.ratings() == [("answered", 5)]


async def test_nineteen_seconds_after_the_end_she_is_asked(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")

    assert len(await desk.ends(fetched_after_s=19)) == 1
    assert await desk.ratings() == [("asked", 0)]


async def test_twenty_one_seconds_after_the_end_nothing_is_sent_and_nothing_counts_as_asked(
    desk: Desk,
) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")

    assert await desk.ends(fetched_after_s=21) == []
    assert await desk.ratings() == []
    assert desk.platform.refused == []


async def test_a_session_that_ends_twice_is_asked_about_once(desk: Desk) -> None:
    desk.platform.employs("lihua")
    await desk.says("转人工")
    await desk.ends()
    desk.platform.reopens(WM, "lihua")
    await desk.settle()
    [said] = await desk.ends()

    assert "怎么样" not in said, "not again within fourteen days"
    assert [state for state, _ in await desk.ratings()] == ["asked", "not_asked"]
