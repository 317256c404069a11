"""What was said outside stands beside what members say: sorted, told once, deleted on request."""

from datetime import UTC, datetime

import pytest

from bot.commons.ratings import outside, personal
from bot.commons.ratings.outside import Comment
from bot.commons.ratings.sorting import Sorter
from bot.features import satisfaction
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.exporting import Asked
from bot.kernel.work import UnitOfWork
from tests.features.satisfaction.conftest import Shop, run_jobs

MEMBERS = "我要投诉，毛衣起球开线，质量太差了"
GRAVE = "穿了过敏起疹子，要去医院"


async def reads(shop: Shop, *texts: str, url: str = "https://xhs.example/1?a=1&b=2") -> None:
    """Let comments come in, of one table."""

    def take(uow: UnitOfWork) -> None:
        for number, words in enumerate(texts):
            at = datetime(2026, 8, 1, tzinfo=UTC)
            outside.keep(uow, Sorter(), Comment("小红书", f"x{number}", at, words, url, "C-1", 0))

    await shop.house.house.writer.do(take)


async def clock_runs(shop: Shop, **how_long: float) -> list[str]:
    """Let time pass; return what operators were told of comments."""
    shop.house.clock.tick(**how_long)
    await run_jobs(shop.house)
    return await shop.notices()


async def test_comments_stand_beside_members_words_and_can_be_looked_at_alone(shop: Shop) -> None:
    await shop.says(MEMBERS)
    await reads(shop, "客服态度差，没人理", "很好看，很喜欢")

    everything, members, others = [
        await shop.page("voices", whose=whose) for whose in ("", "members", "outside")
    ]
    assert "毛衣起球" in everything
    assert "客服态度差" in everything
    assert "毛衣起球" in members
    assert "客服态度差" not in members
    assert "毛衣起球" not in others
    assert "我们的会员 1" in others
    assert "外部评论 2" in others
    assert "无需改进 1" in others
    assert "小红书" in others
    assert 'href="https://xhs.example/1?a=1&amp;b=2" target="_blank" rel="noopener' in others


async def test_a_comment_is_corrected_and_has_led_to_something_like_any_other(shop: Shop) -> None:
    await reads(shop, "很好看，很喜欢")

    await shop.does("voices", "correct", voice="1", about="experience")
    await shop.does("voices", "handle", voice="1", words="换了灯光")
    assert await shop.house.ask("SELECT about, handled, import_id FROM voices") == [
        ("experience", "换了灯光", None)
    ]
    assert await shop.house.ask("SELECT what, member_id FROM audit ORDER BY id") == [
        ("voices.experience", None),
        ("voices.handled", None),
    ]


async def test_operators_hear_once_of_an_import_and_no_case_is_opened(shop: Shop) -> None:
    await reads(shop, GRAVE, "面料起球，洗一次就开线", "很好看，很喜欢")
    assert await clock_runs(shop, seconds=30) == []  # it may not be over

    [told] = await clock_runs(shop, minutes=2)
    assert "2 条要看，其中 1 条可能涉及安全" in told
    assert "/console/voices?whose=alert" in told
    assert "过敏" not in told
    await reads(shop, GRAVE)  # the same again
    assert len(await clock_runs(shop, minutes=5)) == 1
    assert await shop.house.ask("SELECT count(*) FROM cases") == [(0,)]
    page = await shop.page("voices", whose="alert")
    assert GRAVE in page
    assert "很喜欢" not in page


async def test_new_words_of_a_comment_are_told_anew(shop: Shop) -> None:
    await reads(shop, "很好看，很喜欢")
    assert await clock_runs(shop, minutes=2) == []
    await reads(shop, GRAVE)
    assert len(await clock_runs(shop, minutes=2)) == 1


async def test_a_comment_is_deleted_with_a_reason_but_never_a_members_words(shop: Shop) -> None:
    await shop.says(MEMBERS)
    await reads(shop, GRAVE)

    with pytest.raises(Refusal):
        await shop.does("voices", "delete", voice="1", why="本人要求")
    with pytest.raises(Refusal):
        await shop.does("voices", "delete", voice="2", why=" ")
    assert "删掉了" in await shop.does("voices", "delete", voice="2", why="本人要求")
    assert await shop.house.ask("SELECT words FROM voices") == [(MEMBERS,)]
    assert await shop.house.ask("SELECT who, why FROM audit WHERE what = 'voices.deleted'") == [
        ("boss", "voice 2: 本人要求")
    ]
    with pytest.raises(outside.Deleted):
        await reads(shop, GRAVE)


async def test_a_member_who_leaves_takes_her_words_and_no_comment(shop: Shop) -> None:
    await shop.says(MEMBERS)
    await reads(shop, GRAVE)

    who = await shop.member()
    [data] = [one for one in personal if "voices" in one.tables]
    await shop.house.house.writer.do(lambda uow: data.erase(uow, who))
    assert await shop.house.ask("SELECT words FROM voices") == [(GRAVE,)]


async def test_the_sheet_of_voices_says_where_each_was_said(shop: Shop) -> None:
    await shop.says(MEMBERS)
    await reads(shop, GRAVE)

    [sheet] = [one for one in satisfaction.feature.exports if one.name == "voices"]
    asked = Asked(Community("拾光衣橱"))
    rows = await shop.house.house.writer.look(lambda uow: list(sheet.rows(uow, asked)))
    named = [dict(zip(sheet.columns, row, strict=True)) for row in rows]
    assert [(one["source"], one["member"], one["words"]) for one in named] == [
        ("", 1, MEMBERS),
        ("小红书", None, GRAVE),
    ]
