"""Operators decide: undone without a trace until it is told, two pairs of eyes for all to see."""

import re

import pytest

from bot.commons.content import Shelf
from bot.commons.submissions import State
from bot.kernel.events import SubmissionAccepted, SubmissionRejected
from tests.features.ugc.conftest import Studio, photo


async def test_accepted_is_told_after_a_while_and_counts_once(studio: Studio) -> None:
    sent = await studio.submits("amei", photo(1))
    said = studio.accepts(sent.number)
    assert said == "采用 1 篇。2 分钟后告诉作者，这之前可以撤销。"
    assert studio.letters("amei") == []
    studio.waits(minutes=3)
    assert studio.letters("amei")[0].startswith("你的投稿 1 采用了，谢谢你！")
    assert studio.events == [SubmissionAccepted(studio.member("amei"), 1)]
    assert "已采用 <strong>1</strong>" in studio.page()


async def test_a_verdict_is_undone_without_a_trace(studio: Studio) -> None:
    sent = await studio.submits("amei")
    studio.accepts(sent.number)
    assert studio.operates("undo", item="1") == "投稿 1 回到待审核。"
    studio.waits(minutes=3)
    assert studio.letters("amei") == []
    assert studio.events == []
    assert studio.view(1).state is State.WAITING


async def test_an_acceptance_is_told_to_others_once_and_its_end_once(studio: Studio) -> None:
    await studio.submits("amei")
    her = studio.member("amei")
    for verdict in (studio.accepts, studio.rejects, studio.accepts, studio.rejects):
        verdict(1)
        studio.waits(minutes=3)
        studio.operates("undo", item="1")
        studio.store.clock.tick(seconds=1)
    assert studio.events == [SubmissionAccepted(her, 1), SubmissionRejected(her, 1)]
    assert len(studio.letters("amei")) == 4


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("blurred", "图片看不太清楚，换一张清晰的再投就好"),
        ("contact", "去掉再投就好"),
        ("others_seen", "要本人同意才能用"),
    ],
)
async def test_a_rejection_says_kindly_why(studio: Studio, reason: str, words: str) -> None:
    await studio.submits("amei")
    studio.rejects(1, reason, "期待下一篇！")
    studio.waits(minutes=3)
    [letter] = studio.letters("amei")
    assert letter.startswith("谢谢你的投稿 1，这次没有采用。")
    assert words in letter
    assert letter.endswith("期待下一篇！")


async def test_another_reason_needs_words(studio: Studio) -> None:
    await studio.submits("amei")
    assert studio.rejects(1, "other").startswith("✗ 选“其他”要写一句给她的话")
    assert studio.rejects(1, "nonsense") == "✗ 请选一个原因。"
    assert studio.rejects(1, "blurred", "x" * 201).startswith("✗ ")
    assert studio.view(1).state is State.WAITING


async def test_many_are_decided_at_once(studio: Studio) -> None:
    for who in ("amei", "bea", "cleo"):
        await studio.submits(who)
    said = studio.operates("decide", verdict="accept", item_1="1", item_3="1", item_99="1")
    assert said.startswith("采用 2 篇；另外 1 篇已被处理")
    states = [studio.view(number).state for number in (1, 2, 3)]
    assert states == [State.ACCEPTED, State.WAITING, State.ACCEPTED]
    assert studio.operates("decide", verdict="accept") == "✗ 先勾选至少一篇。"


async def test_what_was_decided_is_decided(studio: Studio) -> None:
    await studio.submits("amei")
    studio.accepts(1)
    assert studio.rejects(1).startswith("没有采用 0 篇；另外 1 篇")
    assert studio.view(1).state is State.ACCEPTED


async def test_with_a_picture_on_its_way_nothing_is_decided(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", photo(1))
    studio.says("amei", "完成")
    assert studio.accepts(1).startswith("采用 0 篇")
    assert "还有 1 张图在路上" in studio.page()
    await studio.arrives()
    assert studio.accepts(1).startswith("采用 1 篇。")


# ── shown ───────────────────────────────────────────────────────────────────────────────


async def test_two_operators_look_at_what_others_see(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    studio.says("amei", "公开投稿 1 昵称")
    studio.accepts(1, by="lin")
    assert studio.operates("publish", by="lin", item="1").startswith("✗ 投稿 1 是你采用的")
    assert "还没有公开的投稿" in studio.member_page("bea", "gallery")
    assert studio.operates("publish", by="wang", item="1") == "投稿 1 现在大家看得到了。"
    assert "今天穿得很暖" in studio.member_page("bea", "gallery")
    assert studio.operates("hide", item="1") == "投稿 1 不再公开。"
    assert "今天穿得很暖" not in studio.member_page("bea", "gallery")


async def test_without_her_yes_nothing_is_shown(studio: Studio) -> None:
    await studio.submits("amei")
    studio.accepts(1)
    assert studio.operates("publish", by="wang", item="1").startswith("✗ 没有改")
    studio.says("amei", "公开投稿 1 匿名")
    assert "待第二人看 1" in studio.page()
    assert "我也看过了" in studio.page(show="publish")


async def test_undone_is_hidden_at_once(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1))
    studio.operates("undo", item="1")
    assert "还没有公开的投稿" in studio.member_page("bea", "gallery")


async def test_every_act_is_written_down(studio: Studio) -> None:
    await studio.shows_to_all("amei")
    studio.operates("hide", item="1")
    studio.operates("adopt", item="1")
    studio.operates("undo", item="1")
    studio.rejects(1)
    acts = [(who, what) for who, what, _ in studio.audit()]
    assert acts == [
        ("member", "ugc.public.yes"),
        ("lin", "ugc.accepted"),
        ("wang", "ugc.published"),
        ("lin", "ugc.hidden"),
        ("lin", "ugc.adopted"),
        ("lin", "ugc.undone"),
        ("lin", "ugc.rejected"),
    ]


# ── what the moderator is shown ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("加我电话 138 1234 5678 聊", "像电话 13812345678"),
        ("一三八一二三四五六七八", "像电话 13812345678"),
        ("微信：amei_2020 找我", "像微信号或 QQ amei_2020"),
        ("v x ： amei2020", "像微信号或 QQ amei2020"),
        ("看 https://shop.example/x", "有链接 https://shop.example/x"),
        ("专业代购，清仓甩卖", "像广告 代购"),
        ("这个牌子是 高　仿 吧", "敏感词 高仿"),
        ("点我的福利群进来", "像广告 福利群"),
    ],
)
async def test_what_may_be_wrong_is_shown_with_its_place(
    studio: Studio, text: str, shown: str
) -> None:
    studio.desk.write("words.toml", 'sensitive = ["高仿"]\nadvertising = ["福利群"]\n')
    studio.looks_at_files()
    sent = await studio.submits("amei", text=text)
    assert f"文字：{shown}" in studio.page()
    assert sent.state is State.WAITING  # never refused in silence
    assert studio.letters("amei") == []


@pytest.mark.parametrize(
    "text",
    [
        "2026 年 11 月 26 日，气温 3 度，走了 12,345 步",
        "尺码 165/88A，货号 1234567890",
        "小 v 领毛衣",
    ],
)
async def test_ordinary_words_are_not_flagged(studio: Studio, text: str) -> None:
    sent = await studio.submits("amei", text=text)
    assert sent.flags == []


async def test_a_mistake_in_the_words_file_is_named(studio: Studio) -> None:
    studio.desk.write("words.toml", 'sensitve = ["高仿"]\n')
    studio.looks_at_files()
    shelf = studio.tools.use(Shelf)
    [problem] = shelf.look(studio.clock.now()).library.problems
    assert (problem.rule, problem.line) == ("unknown-key", 1)


async def test_only_what_has_flags_is_listed_on_demand(studio: Studio) -> None:
    await studio.submits("amei", text="代购")
    await studio.submits("bea", text="很暖")
    assert re.findall(r'id="item-(\d+)"', studio.page()) == ["1", "2"]
    assert re.findall(r'id="item-(\d+)"', studio.page(flagged="1")) == ["1"]


async def test_hostile_words_and_names_stay_words(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "<script>alert(1)</script>{{ 7 * 7 }}")
    studio.says("amei", "完成")
    for page in (studio.page(), studio.member_page("amei")):
        assert "<script>alert" not in page
        assert "{{ 7 * 7 }}" in page
