"""Calls come from files; recaps and polls become files; who withdraws leaves them."""

import tomllib

import pytest

from bot.commons.content import Library, Shelf
from tests.features.ugc.conftest import CALL, Studio, photo


def library(studio: Studio) -> Library:
    return studio.tools.use(Shelf).look(studio.clock.now()).library


def rules(studio: Studio) -> list[str]:
    return [problem.rule for problem in library(studio).problems]


def written(studio: Studio, path: str) -> str:
    return (studio.desk.content / path).read_text(encoding="utf-8")


def matter(studio: Studio, path: str) -> dict[str, object]:
    return tomllib.loads(written(studio, path).split("+++\n")[1])


# ── calls ───────────────────────────────────────────────────────────────────────────────


async def test_an_entry_belongs_to_its_call(studio: Studio) -> None:
    studio.calls_for()
    (begun,) = studio.says("amei", "投稿")
    assert "1. 冬日搭配（发“投稿 1”参加）" in begun
    assert studio.says("amei", "投稿 1")[0].startswith("接着写“冬日搭配”的投稿")
    studio.says("amei", "驼色配灰")
    assert "参加“冬日搭配”" in studio.says("amei", "完成")[0]
    assert studio.view(1).call == "calls/winter.md"
    assert studio.says("amei", "投稿 2")[0].startswith("没有第 2 个征集。")


def test_a_call_that_is_over_takes_nothing(studio: Studio) -> None:
    studio.calls_for()
    studio.says("amei", "投稿 1")
    studio.says("amei", "很暖")
    studio.store.clock.tick(hours=35)
    assert "“冬日搭配”已经截止，按普通投稿收下了。" in studio.says("amei", "完成")[0]
    assert studio.view(1).call == ""
    assert studio.says("bea", "投稿 1")[0] == "现在没有征集。想投稿就直接发“投稿”。"


def test_the_last_second_counts_however_late_it_comes(studio: Studio) -> None:
    studio.calls_for()
    studio.says("amei", "投稿 1")
    studio.says("amei", "很暖")
    start = studio.clock.now()
    studio.store.clock.tick(hours=34, minutes=5)
    in_time = start.replace(day=25, hour=13, minute=59, second=59)
    assert "参加“冬日搭配”" in studio.says("amei", "完成", at=in_time)[0]


def test_the_instant_at_which_a_call_closes_is_too_late(studio: Studio) -> None:
    studio.calls_for()
    studio.says("amei", "投稿 1")
    studio.says("amei", "很暖")
    closes_at = studio.clock.now().replace(day=25, hour=14, minute=0, second=0, microsecond=0)
    studio.store.clock.tick(hours=35)
    assert "已经截止" in studio.says("amei", "完成", at=closes_at)[0]


async def test_nobody_enters_more_often_than_allowed(studio: Studio) -> None:
    studio.calls_for(CALL + "most_each = 1\n")
    studio.says("amei", "投稿 1")
    studio.says("amei", "一")
    studio.says("amei", "完成")
    assert studio.says("amei", "投稿 1")[0].startswith("“冬日搭配”每人最多投 1 件")
    assert studio.draft("amei") is None


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ("closes_at = 2026-08-25T22:00:00+08:00\n", "missing-key"),
        (CALL + "winner = 1\n", "unknown-key"),
        (CALL + "opens_at = 2026-08-26T22:00:00+08:00\n", "bad-date"),
        (CALL.replace("大家投票，票数最多的做成套装", "晒到朋友圈送券"), "share-for-reward"),
        (
            CALL.replace("大家投票，票数最多的做成套装", "好评返现，截图朋友圈"),
            "share-for-reward",
        ),
        (CALL + "most_each = 0\n", "bad-value"),
    ],
)
def test_a_mistake_in_a_call_is_named(studio: Studio, keys: str, rule: str) -> None:
    studio.calls_for(keys)
    assert rule in rules(studio)
    assert "现在没有征集" in studio.says("amei", "投稿 1")[0]


def test_a_call_is_made_by_a_form(studio: Studio) -> None:
    form = {"title": "秋色", "closes_at": "2026-09-30T20:00", "winners": "店里选三件"}
    assert studio.operates("call", **form) == "征集写好了：content/calls/秋色.md。"
    assert studio.store.audited() == [("lin", "ugc.call")]
    assert rules(studio) == []
    assert "1. 秋色" in studio.says("amei", "投稿")[0]
    for wrong in ({"title": ""}, {"closes_at": "soon"}, {"winners": "x" * 201}):
        assert studio.operates("call", **{**form, **wrong}).startswith("✗ ")
    said = studio.operates("call", **{**form, "winners": "转发朋友圈送礼"})
    assert "share-for-reward" in said


# ── made of submissions ─────────────────────────────────────────────────────────────────


async def test_a_recap_holds_only_what_may_be_shown(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1), text="大衣{{ 1 }}配围巾")
    await studio.submits("bea", text="没有同意公开")
    studio.accepts(2)
    said = studio.operates("recap")
    path = "posts/ugc-recap/本周投稿-8-月-24-日.md"
    assert said.startswith(f"草稿写好了：content/{path}。")
    text = written(studio, path)
    assert "大衣｛｛ 1 ｝｝配围巾" in text
    assert "—— 一位会员（投稿 1）" in text  # she has no nickname
    assert "没有同意" not in text
    assert matter(studio, path)["media"] == ["ugc/1-1.jpg"]
    assert rules(studio) == []
    assert (studio.desk.content / "media/ugc/1-1.jpg").read_bytes()[:3] == b"\xff\xd8\xff"


async def test_without_anything_to_show_no_recap_is_written(studio: Studio) -> None:
    assert studio.operates("recap").startswith("✗ 没有写：可以公开的投稿不到 1 篇")
    await studio.shows_to_all("amei")
    studio.store.clock.tick(days=8)
    assert studio.operates("recap").startswith("✗ 没有写")


async def test_who_withdraws_leaves_the_recap_at_once(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1), text="阿美的")
    await studio.shows_to_all("bea", photo(2), text="小贝的")
    studio.operates("recap")
    [path] = [p for p in library(studio).files if p.startswith("posts/ugc-recap/")]
    studio.says("amei", "撤回投稿 1")
    assert "阿美的" not in written(studio, path)
    assert "小贝的" in written(studio, path)
    assert matter(studio, path)["media"] == ["ugc/2-2.jpg"]
    assert not (studio.desk.content / "media/ugc/1-1.jpg").exists()
    studio.erases("bea")
    assert not (studio.desk.content / path).exists()
    assert studio.store.count("submission_uses") == 0
    assert studio.notices() == []


async def test_a_file_that_was_edited_is_left_to_its_editor_without_her_picture(
    studio: Studio,
) -> None:
    await studio.shows_to_all("amei", photo(1), text="阿美的")
    studio.operates("recap")
    [path] = [p for p in library(studio).files if p.startswith("posts/ugc-recap/")]
    studio.desk.write(path, written(studio, path) + "店长加的话。\n")
    studio.says("amei", "不公开投稿 1")
    assert "missing-media" in rules(studio)  # so it is not sent
    [notice] = studio.notices()
    assert notice.startswith("投稿 1 已撤回、不再公开或作者已删除数据")
    assert f"content/{path} 里还有它" in notice
    studio.waits(hours=1)
    assert len(studio.notices()) == 1
    studio.waits(days=1)
    assert len(studio.notices()) == 2  # again every day until it is mended
    studio.desk.write(path, '+++\nkind = "knowledge"\nstage = "awareness"\n+++\n别的。\n')
    studio.waits(days=1)
    assert len(studio.notices()) == 2


async def test_a_copy_that_was_left_behind_goes(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1))
    studio.operates("recap")
    for name in ("7-1.jpg", "x-1.jpg"):
        studio.desk.write(f"media/ugc/{name}", b"left by a death on the way")
    studio.runs("ugc.copies")
    left = sorted(file.name for file in (studio.desk.content / "media/ugc").iterdir())
    assert left == ["1-1.jpg", "x-1.jpg"]  # what is not ours is not touched


async def test_a_folder_that_takes_no_files_holds_up_no_deletion(studio: Studio) -> None:
    await studio.shows_to_all("amei", photo(1), text="阿美的")
    studio.operates("recap")
    media = studio.desk.content / "media"
    (media / "ugc/1-1.jpg").unlink()
    (media / "ugc").rmdir()
    (media / "ugc").write_bytes(b"no folder")
    studio.erases("amei")
    assert studio.view(1).member is None
    assert len(studio.notices()) == 1
    assert studio.operates("recap").startswith("✗ ")


async def test_what_is_hidden_leaves_the_recap_too(studio: Studio) -> None:
    await studio.shows_to_all("amei", text="阿美的")
    studio.operates("recap")
    studio.operates("hide", item="1")
    assert studio.store.count("submission_uses") == 0


async def test_entries_become_a_poll(studio: Studio) -> None:
    studio.calls_for()
    for number, who in enumerate(("amei", "bea", "cleo"), 1):
        studio.says(who, "投稿 1")
        studio.sends(who, photo(number))
        studio.says(who, f"搭配{who}")
        await studio.arrives()
        studio.says(who, "完成")
        studio.says(who, f"公开投稿 {number} 匿名")
        studio.accepts(number)
        studio.operates("publish", by="wang", item=str(number))
    said = studio.operates("poll", call="calls/winter.md", closes_at="2026-08-30T20:00")
    assert studio.store.audited()[-1] == ("lin", "ugc.poll")
    assert said.startswith("投票写好了：content/polls/冬日搭配-2026-08-24.md。")
    about = matter(studio, "polls/冬日搭配-2026-08-24.md")
    assert about["options"] == [
        {"text": f"搭配{who}（投稿 {n}）", "media": f"ugc/{n}-{n}.jpg"}
        for n, who in enumerate(("amei", "bea", "cleo"), 1)
    ]
    assert rules(studio) == []
    studio.says("amei", "撤回投稿 1")
    [notice] = studio.notices()
    assert "content/polls/冬日搭配-2026-08-24.md" in notice
    assert studio.operates("poll", call="calls/nowhere.md") == "✗ 没有这个征集，可能文件刚改过。"


async def test_a_poll_needs_two_entries(studio: Studio) -> None:
    studio.calls_for()
    said = studio.operates("poll", call="calls/winter.md")
    assert said.startswith("✗ 没有写：可以公开的投稿不到 2 篇")


async def test_an_adopted_entry_tells_its_author_and_shows(studio: Studio) -> None:
    studio.calls_for()
    studio.says("amei", "投稿 1")
    studio.says("amei", "驼色配灰")
    studio.says("amei", "完成")
    assert studio.operates("adopt", item="1").startswith("✗ 没有改")
    studio.accepts(1)
    studio.says("amei", "公开投稿 1 匿名")
    studio.operates("publish", by="wang", item="1")
    assert studio.operates("adopt", item="1") == "投稿 1 已采纳，正在告诉作者。"
    assert studio.letters("amei")[-1].startswith("🎉 你的投稿 1 被采纳了（冬日搭配）！")
    assert studio.operates("adopt", item="1").startswith("✗ 没有改")
    assert "<strong>已采纳</strong>" in studio.member_page("bea", "gallery")
    assert "已采纳" in studio.says("amei", "我的投稿")[0]
