"""投稿 begins, words and pictures follow in any order, 完成 ends."""

from datetime import timedelta

import pytest

from bot.commons.submissions import State
from bot.kernel.messages import UpdateKind
from tests.features.ugc.conftest import Studio, photo


async def test_words_and_pictures_become_a_submission(studio: Studio) -> None:
    (begun,) = studio.says("amei", "投稿")
    assert "最多 9 张" in begun
    (taken,) = studio.says("amei", "驼色大衣，配 灰围巾！")
    assert "11 个字、0 张图" in taken
    (seen,) = studio.sends("amei", photo(1))
    assert "1 张图" in seen
    assert studio.sends("amei", photo(2)) == []  # a burst is answered once
    (done,) = studio.says("amei", "完成")
    assert done.startswith("投稿 1 收到了：11 个字、2 张图。")
    assert "公开投稿 1 匿名" in done
    await studio.arrives()
    sent = studio.latest("amei")
    assert (sent.state, sent.text, len(sent.pictures)) == (
        State.WAITING,
        "驼色大衣，配 灰围巾！",
        2,
    )
    assert not sent.is_public


@pytest.mark.parametrize("typed", ["投稿", "投 稿", "【投稿】", "投搞", "ｔｏｕｇａｏ", "晒单"])
def test_it_begins_however_it_is_typed(studio: Studio, typed: str) -> None:
    assert studio.says("amei", typed)[0].startswith("开始投稿")


@pytest.mark.parametrize("typed", ["完成", "完成！", " 完 成 ", "写完了", "好了。"])
def test_it_ends_however_it_is_typed(studio: Studio, typed: str) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    assert studio.says("amei", typed)[0].startswith("投稿 1 收到了")


def test_words_behind_the_command_are_its_first(studio: Studio) -> None:
    studio.says("amei", "投稿 Max Mara，真 好看")
    draft = studio.draft("amei")
    assert draft is not None
    assert draft.text == "Max Mara，真 好看"


def test_what_turns_the_words_of_others_around_is_left_out(studio: Studio) -> None:
    studio.says("amei", "投稿 大衣\u202e很暖\u2067👩\u200d🦰")
    studio.says("amei", "第二行\n第三行\x00")
    draft = studio.draft("amei")
    assert draft is not None
    assert draft.text == "大衣很暖👩\u200d🦰\n第二行\n第三行"


def test_what_she_gives_up_is_gone(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "不想让人看到的话")
    studio.sends("amei", photo(1))
    assert "没有留下" in studio.says("amei", "取消")[0]
    assert studio.draft("amei") is None
    assert studio.says("amei", "你好") == []


def test_a_command_stays_a_command(studio: Studio) -> None:
    studio.says("amei", "投稿")
    assert "还没有投过稿" in studio.says("amei", "我的投稿")[0]
    draft = studio.draft("amei")
    assert draft is not None
    assert draft.text == ""


def test_without_anything_begun_the_room_is_silent(studio: Studio) -> None:
    for typed in ("完成", "取消", "今天真冷"):
        assert studio.says("amei", typed) == []
    assert studio.sends("amei", photo(1)) == []


def test_nothing_can_not_be_sent(studio: Studio) -> None:
    studio.says("amei", "投稿")
    assert studio.says("amei", "完成")[0].startswith("还没有内容")
    assert studio.draft("amei") is not None


def test_in_a_group_she_is_asked_to_come_in_private(studio: Studio) -> None:
    (said,) = studio.says("amei", "投稿", group="vip-1")
    assert said == "私聊我发“投稿”就行，或者在这里写：https://bot.example/m/ugc/mine"
    assert studio.draft("amei") is None
    studio.says("amei", "投稿")
    assert studio.says("amei", "群里的闲话", group="vip-1") == []


def test_the_tenth_picture_is_not_taken_and_said(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", *(photo(n) for n in range(8)))
    (said,) = studio.sends("amei", photo(8), photo(9), photo(10))
    assert said.startswith("一篇投稿最多 9 张图，多出来的 2 张没有收。")
    assert "9 张图" in said


def test_too_many_words_are_refused_and_what_was_there_stays(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "字" * 1990)
    assert studio.says("amei", "字" * 30)[0].startswith("一篇投稿最多 2000 个字，还能写 9 个字")
    draft = studio.draft("amei")
    assert draft is not None
    assert len(draft.text) == 1990


@pytest.mark.parametrize(
    ("kind", "word"),
    [(UpdateKind.VIDEO, "视频"), (UpdateKind.FILE, "文件"), (UpdateKind.VOICE, "语音")],
)
def test_other_things_are_refused_by_name(studio: Studio, kind: UpdateKind, word: str) -> None:
    studio.says("amei", "投稿")
    assert f"{word}没有收" in studio.shows("amei", kind)[0]


async def test_a_picture_that_comes_after_the_end_belongs_to_it(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    sent_at = studio.clock.now() + timedelta(seconds=1)
    studio.store.clock.tick(seconds=2)
    studio.says("amei", "完成")
    assert studio.sends("amei", photo(1), at=sent_at) == ["这张图也算进投稿 1 了。"]
    await studio.arrives()
    assert len(studio.view(1).pictures) == 1
    studio.store.clock.tick(seconds=5)
    assert studio.sends("amei", photo(2)) == []


async def test_the_same_message_twice_brings_one_picture(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", photo(1))
    studio.hears(studio._waiting[0][0])  # noqa: SLF001 - the very same update again
    await studio.arrives()
    draft = studio.draft("amei")
    assert draft is not None
    assert len(draft.all_pictures) == 1


def test_a_forgotten_draft_rests_kindly_and_takes_no_more(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    studio.waits(minutes=29)
    assert studio.letters("amei") == []
    studio.waits(minutes=2)
    assert studio.letters("amei") == [
        "30 分钟没有新内容，你的投稿先放着。发“完成”送出，发“投稿”接着写，发“取消”就不投了。"
    ]
    assert studio.says("amei", "大衣怎么洗") == []
    assert studio.says("amei", "投稿")[0].startswith("接着写刚才的投稿：已有 2 个字")
    studio.says("amei", "真的")
    assert studio.says("amei", "完成")[0].startswith("投稿 1 收到了：5 个字")


def test_a_resting_draft_can_be_sent_as_it_is(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    studio.waits(hours=5)
    assert studio.says("amei", "完成")[0].startswith("投稿 1 收到了：2 个字")


def test_after_a_week_a_draft_is_dropped(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.says("amei", "很暖")
    studio.waits(days=8)
    assert studio.draft("amei") is None
    assert len(studio.letters("amei")) == 1


def test_two_begun_at_once_are_one(studio: Studio) -> None:
    studio.says("amei", "投稿")
    assert studio.says("amei", "投稿")[0].startswith("接着写")
    assert studio.store.count("submissions") == 1
