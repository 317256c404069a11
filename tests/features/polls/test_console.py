"""What operators see and do, and what voters are told afterwards."""

import pytest

from bot.commons import outreach
from bot.features import polls
from tests.features.polls.conftest import ENDS, STYLES, Village

FORM = {"title": "冬天进什么", "options": "羊毛\n\n 羽绒 \n", "max_choices": "1"}


def test_an_empty_page_says_how_to_begin(village: Village) -> None:
    assert "还没有投票" in village.page()


def test_the_page_shows_counts_that_members_do_not_see_yet(village: Village) -> None:
    village.writes(STYLES.replace("新中式", "<b>新中式") + ENDS)
    village.says("amei", "投票 1")
    shown = village.page()
    assert "&lt;b&gt;新中式" in shown
    assert "1 票 · 100%" in shown
    assert "会员要到截止后才看得到票数" in shown


def test_a_form_writes_the_file_and_the_poll_is_there(village: Village) -> None:
    form = FORM | {"closes_at": "2026-08-30T22:00", "points": "5", "quorum": "3", "live": "1"}
    assert "写好了：content/polls/冬天进什么.md" in village.operates("make", **form)
    village.runs("polls.files")
    poll = village.poll()
    assert [option.text for option in poll.options] == ["羊毛", "羽绒"]
    assert (poll.points, poll.quorum, poll.live) == (5, 3, True)
    assert poll.closes_at is not None
    assert poll.closes_at.isoformat() == "2026-08-30T14:00:00+00:00"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请写标题"),
        ({"title": "长" * 61}, "最多 60 个字"),
        ({"options": "只有一个"}, "2 到 20 个选项"),
        ({"options": "一\n一"}, "two options have the same text"),
        ({"max_choices": "3"}, "max_choices is 3 of 2 options"),
        ({"points": "-5"}, "“投一票用多少积分”要是不小于 0 的整数"),
        ({"points": "1.5"}, "“投一票用多少积分”要是不小于 0 的整数"),
        ({"quorum": "9" * 30}, "“至少多少人投票才算数”要是不小于 0 的整数"),
        ({"quorum": "000000001" + "9" * 30}, "“至少多少人投票才算数”要是不小于 0 的整数"),
        ({"closes_at": "2026-02-30T10:00"}, "截止时间看不懂"),
        ({"options": "转发朋友圈抽奖\n羽绒"}, "share-for-reward"),
    ],
)
def test_a_wrong_form_writes_nothing_and_names_the_field(
    village: Village, changed: dict[str, str], said: str
) -> None:
    answer = village.operates("make", **(FORM | changed))
    assert answer.startswith("✗")
    assert said in answer
    assert not (village.desk.content / "polls").exists()


def test_ending_early_counts_what_is_there(village: Village) -> None:
    village.writes(STYLES)
    village.says("amei", "投票 2")
    assert "提前结束" in village.operates("close", poll="1")
    assert village.store.audited() == [("lin", "polls.closed")]
    assert "胜出：美拉德" in village.page()
    assert village.operates("close", poll="1").startswith("✗ 没有改")


@pytest.mark.parametrize("poll", ["", "0", "7", "一", "1.0"])
def test_a_poll_that_is_not_there_changes_nothing(village: Village, poll: str) -> None:
    assert village.operates("close", poll=poll).startswith("✗ 没有改")
    assert village.operates("call-off", poll=poll, why="错了").startswith("✗ 没有改")
    assert village.operates("say", poll=poll, words="到店了").startswith("✗ 没有改")


def test_calling_off_needs_a_reason(village: Village) -> None:
    village.writes()
    assert village.operates("call-off", poll="1", why=" ").startswith("✗ 请写为什么取消")
    assert village.poll().state == "open"


def test_voters_hear_what_came_of_it_once_each(village: Village) -> None:
    village.writes()
    for number in range(120):
        village.says(f"m{number}", "投票 1")
    assert "120 人" in village.operates("say", poll="1", words="你们投出的新中式到店了")
    assert village.store.audited() == [("lin", "polls.said")]
    village.runs("polls.news")
    village.runs("polls.news")
    letters = village.store.do(lambda uow: outreach.unreached(uow, most=500))
    assert len({letter.member for letter in letters}) == len(letters) == 120
    assert letters[0].subject == "投票「明年春天进什么」的后续"
    assert "已告诉（120 人）" in village.page()


def test_the_figure_counts_open_polls(village: Village) -> None:
    [figure] = polls.feature.metrics
    village.writes()
    assert village.store.do(figure.read) == 1
    village.waits(hours=35)
    assert village.store.do(figure.read) == 0
