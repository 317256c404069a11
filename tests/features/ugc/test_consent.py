"""She decides who sees it and how she is named; taken back counts at once, everywhere."""

import pytest

from bot.commons.submissions import Credit, State
from bot.features import ugc
from bot.kernel.events import MessageTakenBack, SubmissionAccepted
from tests.features.ugc.conftest import Studio, photo
from tests.kit.talk import CHANNEL


@pytest.mark.parametrize(
    ("typed", "credit", "name"),
    [
        ("公开投稿 1 匿名", Credit.ANONYMOUS, ""),
        ("公开投稿１", Credit.ANONYMOUS, ""),
        ("公开投稿 1 昵称", Credit.NICKNAME, ""),
        ("公开投稿 1 署名 王小美", Credit.NAME, "王小美"),
        ("公开投稿 1 署名 May Wang", Credit.NAME, "May Wang"),
    ],
)
async def test_she_says_how_she_is_named(
    studio: Studio, typed: str, credit: Credit, name: str
) -> None:
    await studio.submits("amei")
    assert studio.says("amei", typed)[0].startswith("记下了：投稿 1 采用后可以给别的会员看")
    view = studio.view(1)
    assert (view.is_public, view.credit, view.credit_name) == (True, credit, name)


async def test_a_name_can_not_turn_the_text_around_it(studio: Studio) -> None:
    await studio.submits("amei")
    studio.says("amei", "公开投稿 1 署名 王\u202e小\u200b美<b>")
    assert studio.view(1).credit_name == "王小美<b>"
    assert "<b>" not in studio.member_page("amei")


@pytest.mark.parametrize(
    "typed",
    ["公开投稿", "公开投稿 x", "公开投稿 1 署名", "公开投稿 1 署名 " + "长" * 21, "公开投稿 9"],
)
async def test_what_is_not_clear_changes_nothing(studio: Studio, typed: str) -> None:
    await studio.submits("amei")
    studio.says("amei", typed)
    assert not studio.view(1).is_public


async def test_nobody_speaks_for_another(studio: Studio) -> None:
    await studio.submits("amei")
    for typed in ("公开投稿 1 匿名", "撤回投稿 1", "不公开投稿 1"):
        assert studio.says("bea", typed)[0].startswith("你没有编号 1 的投稿")
    assert studio.view(1).state is State.WAITING


async def test_a_no_counts_at_once(studio: Studio) -> None:
    shown = await studio.shows_to_all("amei", photo(1))
    assert shown.is_shown
    assert studio.says("amei", "不公开投稿 1")[0].startswith("记下了：投稿 1 只有店里看得到")
    assert "还没有公开的投稿" in studio.member_page("bea", "gallery")


@pytest.mark.parametrize("typed", ["撤回投稿 1", "撤回投稿１", "撤回投稿 第1号", "撤銷投稿 1"])
async def test_taken_back_nothing_of_it_stays(studio: Studio, typed: str) -> None:
    await studio.shows_to_all("amei", photo(1))
    assert studio.says("amei", typed)[0].startswith("投稿 1 撤回了，文字和图片已经删除。")
    view = studio.view(1)
    assert (view.state, view.text, view.pictures) == (State.WITHDRAWN, "", [])
    assert studio.store.count("media_holds") == 0
    assert studio.store.count("media_refs") == 0
    assert "还没有公开的投稿" in studio.member_page("bea", "gallery")
    assert studio.says("amei", "撤回投稿 1")[0].startswith("你没有编号 1 的投稿")


async def test_taken_back_before_it_was_told_nothing_is_told(studio: Studio) -> None:
    await studio.submits("amei")
    studio.accepts(1)
    studio.says("amei", "撤回投稿 1")
    studio.waits(minutes=5)
    assert studio.events == []
    assert studio.letters("amei") == []


async def test_what_she_won_by_it_stays_hers(studio: Studio) -> None:
    await studio.submits("amei")
    studio.accepts(1)
    studio.waits(minutes=5)
    studio.says("amei", "撤回投稿 1")
    studio.waits(minutes=5)
    assert studio.events == [SubmissionAccepted(studio.member("amei"), 1)]


async def test_an_unclear_number_is_asked_for(studio: Studio) -> None:
    for number in ("", " 一", " -1", " 1.5", " 0", " 99999999999999999999"):
        (said,) = studio.says("amei", f"撤回投稿{number}")
        assert said.startswith(("请带上编号", "你没有编号"))


async def test_her_list_says_where_each_stands(studio: Studio) -> None:
    await studio.submits("amei", text="第一篇")
    await studio.submits("amei", text="第二篇")
    studio.says("amei", "公开投稿 2 昵称")
    studio.accepts(2)
    (listed,) = studio.says("amei", "我的投稿")
    assert "2. 审核中 · 第二篇 · 公开" in listed  # not told yet
    studio.waits(minutes=3)
    (listed,) = studio.says("amei", "我的投稿")
    assert "2. 已采用 · 第二篇" in listed
    assert "1. 审核中 · 第一篇 · 只给店里看" in listed
    assert "https://bot.example/m/ugc/gallery" in listed
    (said,) = studio.says("amei", "我的投稿", group="vip-1")
    assert "第一篇" not in said


async def test_a_card_offers_the_choice(studio: Studio) -> None:
    await studio.submits("amei")
    assert studio.presses("amei", "ugc:anonymous:1")[0].startswith("记下了：投稿 1 采用后")
    assert studio.view(1).credit is Credit.ANONYMOUS
    assert studio.presses("amei", "ugc:private:1")[0].startswith("记下了：投稿 1 只有店里")
    for nonsense in ("ugc:anonymous:x", "ugc:", "ugc:private:-1"):
        assert studio.presses("amei", nonsense)[0].startswith(("你没有编号", "请带上编号"))


async def test_a_message_that_was_taken_back_leaves_no_picture(studio: Studio) -> None:
    sent = await studio.submits("amei", photo(1), photo(2))
    with studio.store.unit() as uow:
        for listener in ugc.feature.listeners[MessageTakenBack]:
            listener(uow, MessageTakenBack(CHANNEL, sent.pictures[0].update_key), studio.tools)
    assert studio.view(1).pictures == []  # both came in one message
    assert studio.store.count("media_holds") == 0


# ── erased ──────────────────────────────────────────────────────────────────────────────


async def test_an_erased_author_leaves_the_gallery_and_a_count(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1), text="阿美的大衣")
    studio.says("amei", "投稿 还没写完")
    studio.sends("amei", photo(2))
    await studio.arrives()
    studio.erases("amei")
    assert "还没有公开的投稿" in studio.member_page("bea", "gallery")
    assert studio.store.count("submission_pictures") == 0
    assert studio.store.count("media_holds") == 0
    view = studio.view(1)
    assert (view.state, view.member, view.text, view.credit_name) == (
        State.ACCEPTED,
        None,
        "",
        "",
    )
    assert studio.store.count("submissions") == 1
    assert "阿美的大衣" not in studio.page(show="accepted")


async def test_what_is_under_way_when_she_is_erased_leaves_nothing(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", photo(1))
    studio.says("amei", "完成")
    studio.erases("amei")
    await studio.looks()
    studio.waits(days=1)
    assert studio.store.count("submissions") == 0
    assert studio.store.count("media_holds") == 0
    assert studio.letters("amei") == []


async def test_her_export_holds_words_and_pictures(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1), text="阿美的大衣")
    await studio.submits("bea", photo(2), text="别人的")
    document, files = studio.exports("amei")
    assert "阿美的大衣" in document
    assert "别人的" not in document
    assert [file.path for file in files if file.path.startswith("submissions/")] == [
        "submissions/1-1.jpg"
    ]


async def test_two_members_who_are_one_have_one_list(studio: Studio) -> None:
    await studio.submits("amei", text="一")
    studio.says("amei", "投稿 甲")
    await studio.submits("bea", text="二")
    studio.says("bea", "投稿 乙")
    moved = studio.merges("bea", "amei")
    draft = studio.draft("amei")
    assert draft is not None
    assert draft.text == "甲"
    assert "二" in studio.says("amei", "我的投稿")[0]
    studio.parts("bea", "amei", moved)
    assert "二" not in studio.says("amei", "我的投稿")[0]
    assert "二" in studio.says("bea", "我的投稿")[0]
