"""What members see of their own and of others', what operators see, and what they take along."""

import io
import re
import zipfile

from bot.commons.submissions import Credit, State
from bot.features import ugc
from bot.kernel.console import Download
from tests.features.ugc.conftest import Studio, photo


def given(studio: Studio, who: str, picture: int, page: str = "gallery") -> Download | None:
    found = next(one for one in ugc.feature.member_pages if one.name == page)
    give, her = found.files, studio.member(who)
    assert give is not None
    return studio.store.do(lambda uow: give(uow, studio.tools, her, picture))


async def test_a_page_sends_words_with_her_choice(studio: Studio) -> None:
    form = {"text": "网页写的\r\n第二行", "credit": "name", "name": " 王 小美 "}
    said = studio.sends_form("amei", "send", **form)
    assert said.strip() == "投稿 1 收到了，审核完会告诉你。采用后给大家看，署名：王 小美。"
    view = studio.view(1)
    assert (view.text, view.state, view.credit) == (
        "网页写的\n第二行",
        State.WAITING,
        Credit.NAME,
    )


async def test_a_page_sends_what_was_begun_in_the_chat(studio: Studio) -> None:
    studio.says("amei", "投稿")
    studio.sends("amei", photo(1))
    await studio.arrives()
    assert "聊天里写了一半的（0 个字、1 张图）" in studio.member_page("amei")
    studio.sends_form("amei", "send", text="网页补的", credit="private")
    view = studio.latest("amei")
    assert (view.text, len(view.pictures), view.is_public) == ("网页补的", 1, False)


def test_a_page_refuses_what_can_not_be(studio: Studio) -> None:
    assert studio.sends_form("amei", "send", text=" ").startswith("还没有内容")
    long = studio.sends_form("amei", "send", text="字" * 2001)
    assert long.startswith("一篇投稿最多 2000 个字")
    unnamed = studio.sends_form("amei", "send", text="好", credit="name", name="")
    assert unnamed.startswith("请写想用的名字")
    assert studio.sends_form("amei", "send", text="好", call="7").startswith("现在没有征集")
    assert studio.sends_form("amei", "withdraw", item="x").startswith("请带上编号")


async def test_a_page_changes_and_takes_back(studio: Studio) -> None:
    await studio.submits("amei", photo(1), text="我的大衣")
    assert "我的大衣" in studio.member_page("amei")
    assert "我的大衣" not in studio.member_page("bea")
    studio.sends_form("amei", "choose", item="1", credit="nickname")
    assert studio.view(1).credit is Credit.NICKNAME
    studio.sends_form("bea", "withdraw", item="1")
    assert studio.view(1).state is State.WAITING
    studio.sends_form("amei", "withdraw", item="1")
    assert studio.view(1).state is State.WITHDRAWN


async def test_pictures_are_given_to_her_and_when_shown_to_others(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    assert given(studio, "amei", 1) is not None
    assert given(studio, "bea", 1) is None
    studio.says("amei", "公开投稿 1 匿名")
    studio.accepts(1)
    assert given(studio, "bea", 1) is None
    studio.operates("publish", by="wang", item="1")
    copy = given(studio, "bea", 1)
    assert copy is not None
    assert copy.version  # a browser asks each time whether it may still show it
    with copy.open() as file:
        assert file.read(3) == b"\xff\xd8\xff"
    studio.says("amei", "撤回投稿 1")
    assert given(studio, "bea", 1) is None
    assert given(studio, "bea", 99) is None


async def test_the_gallery_names_authors_as_they_wish(studio: Studio) -> None:
    for number, (who, how) in enumerate((("amei", "署名 王小美"), ("bea", "匿名")), 1):
        await studio.submits(who, text=f"搭配 {who}")
        studio.says(who, f"公开投稿 {number} {how}")
        studio.accepts(number)
        studio.operates("publish", by="wang", item=str(number))
    page = studio.member_page("cleo", "gallery")
    credits_ = re.findall(r'class="hint">(.*?) · 8 月', page)
    assert credits_ == ["一位会员", "王小美"]


async def test_the_gallery_goes_back_page_by_page(studio: Studio) -> None:
    for number in range(14):
        await studio.shows_to_all(f"m{number}", text=f"第{number}篇")
    first = studio.member_page("amei", "gallery")
    assert first.count("<section") == 12
    [before] = re.findall(r"before=(\d+)", first)
    assert studio.member_page("amei", "gallery", before=before).count("<section") == 2
    assert studio.member_page("amei", "gallery", before="x").count("<section") == 12


async def test_the_queue_can_be_worked_by_keys(studio: Studio) -> None:
    await studio.submits("amei", photo(1))
    page = studio.page()
    assert "data-queue" in page
    assert re.findall(r'data-key="(\w)"', page) == ["x", "a", "r"]
    assert 'name="back" value="show=waiting"' in page


def test_an_empty_queue_says_so(studio: Studio) -> None:
    assert "没有待审核的投稿" in studio.page()
    assert "没有等第二人看的投稿" in studio.page(show="publish")
    assert "这里还没有投稿" in studio.page(show="shown")
    assert "没有待审核的投稿" in studio.page(show="nonsense", beyond="x", call="calls/x.md")


async def test_all_that_was_accepted_is_taken_along(studio: Studio) -> None:
    await studio.submits("amei", photo(1), text="=1+1 的大衣")
    await studio.submits("bea", photo(2), text="没采用")
    studio.accepts(1)
    studio.rejects(2)
    [page] = ugc.feature.pages
    assert page.files is not None
    give = page.files
    found = studio.store.do(lambda uow: give(uow, studio.tools, 0))
    assert found is not None
    with found.open() as file, zipfile.ZipFile(io.BytesIO(file.read())) as pack:
        assert pack.namelist() == ["submissions.csv", "pictures/1-1.jpg"]
        sheet = pack.read("submissions.csv").decode("utf-8-sig")
    assert "'=1+1 的大衣" in sheet
    assert "没采用" not in sheet
    assert sheet.splitlines()[0].startswith("number,call,sent_at")


async def test_the_goal_counts_what_was_accepted_only(studio: Studio) -> None:
    for number, who in enumerate(("amei", "bea", "cleo"), 1):
        await studio.submits(who)
        assert studio.view(number).state is State.WAITING
    studio.accepts(1)
    studio.rejects(2)
    read = {metric.name: metric.read for metric in ugc.feature.metrics}
    figures = {name: studio.store.do(read[name]) for name in read}
    assert figures == {"ugc_waiting": 1, "ugc_accepted": 1, "ugc_accepted_last_30d": 1}
