"""One member, one ballot, whichever way and however often she votes."""

from datetime import timedelta

import pytest

from bot.commons import members
from bot.features import polls
from bot.kernel.events import BallotCast
from bot.kernel.messages import UpdateKind
from tests.features.polls.conftest import ENDS, STYLES, TIERS, Village


def test_the_only_poll_is_shown_with_its_terms(village: Village) -> None:
    village.writes()
    (shown,) = village.says("amei", "投票")
    assert "明年春天进什么（编号 101）" in shown
    assert "1. 新中式\n2. 美拉德" in shown
    assert "选 1 个，8 月 25 日 22:00 截止，截止前可以改。" in shown
    assert "结果截止后公布" in shown
    assert "0 票" not in shown


def test_nothing_to_vote_on_is_said(village: Village) -> None:
    assert village.says("amei", "投票") == ["现在没有进行中的投票。发“投票结果”看看以前的。"]
    assert village.says("amei", "投票 2") == village.says("amei", "投票")


@pytest.mark.parametrize(
    "typed",
    ["投票 2", "投票2", "投票２", "投票 二", "投票 101 2", "投票 美拉德", "投票 第2个", "tp 2"],
)
def test_a_ballot_is_taken_however_it_is_typed(village: Village, typed: str) -> None:
    village.writes()
    assert village.says("amei", typed) == ["投好了：美拉德。截止前都可以改。"]
    assert village.counts() == [0, 1, 0, 0]


def test_a_ballot_may_be_changed_and_counts_once(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 2")
    assert village.says("amei", "投票 2") == ["你已经投了：美拉德。截止前都可以改。"]
    assert village.says("amei", "投票 1") == ["改好了：新中式。"]
    assert village.counts() == [1, 0, 0, 0]
    assert village.events == [BallotCast(village.member("amei"), 1)]


def test_two_hundred_taps_are_one_ballot(village: Village) -> None:
    village.writes()
    for number in range(200):
        village.presses("amei", 1, str(number % 4 + 1))
    assert village.counts() == [0, 0, 0, 1]
    assert len(village.events) == 1


@pytest.mark.parametrize("typed", ["投票 5", "投票 0", "投票 101 9", "投票 新"])
def test_an_option_that_is_not_there_is_named(village: Village, typed: str) -> None:
    village.writes(STYLES.replace("美拉德", "新学院") + ENDS)
    (answer,) = village.says("amei", typed)
    assert "的选项是 1 到 4，这次没有计入" in answer
    assert village.counts() == [0, 0, 0, 0]


@pytest.mark.parametrize("chosen", [(), ("x",), ("-1",), ("99999999999999999999",), ("٣",)])
def test_a_press_that_says_nonsense_counts_nothing(
    village: Village, chosen: tuple[str, ...]
) -> None:
    village.writes()
    (answer,) = village.presses("amei", 1, *chosen)
    assert village.counts() == [0, 0, 1 if chosen == ("٣",) else 0, 0], answer


def test_a_press_on_a_poll_that_never_was_is_refused(village: Village) -> None:
    assert village.presses("amei", 7, "1") == ["没有编号 107 的投票。发“投票”看看现在有什么。"]


def test_with_two_polls_the_number_is_asked_for(village: Village) -> None:
    village.writes(name="a")
    village.writes(STYLES.replace("明年春天", "下周") + ENDS, name="b")
    (listed,) = village.says("amei", "投票")
    assert "【101】明年春天进什么" in listed
    assert "【102】下周进什么" in listed
    (asked,) = village.says("amei", "投票 2")
    assert "投票 101 2 · 明年春天进什么" in asked
    assert village.says("amei", "投票 102 2") == ["投好了：美拉德。截止前都可以改。"]
    assert (village.counts(1), village.counts(2)) == ([0] * 4, [0, 1, 0, 0])


def test_many_choices_have_a_limit(village: Village) -> None:
    village.writes(STYLES + ENDS + "max_choices = 2\n")
    assert village.says("amei", "投票 1、3") == ["投好了：新中式、学院。截止前都可以改。"]
    assert village.says("amei", "投票 1 2 3")[0].startswith("“明年春天进什么”最多选 2 个")
    assert village.says("amei", "投票 2 2") == ["改好了：美拉德。"]
    assert village.counts() == [0, 1, 0, 0]


def test_what_was_sent_a_second_before_the_end_counts_also_when_it_comes_later(
    village: Village,
) -> None:
    village.writes()
    end = village.poll().closes_at
    assert end is not None
    village.store.clock.at = end + timedelta(seconds=60)
    just_in_time = end - timedelta(seconds=1)
    assert village.says("amei", "投票 101 2", at=just_in_time)[0].startswith("投好了")
    assert "已经结束" in village.says("bea", "投票 101 2", at=end)[0]
    village.waits(seconds=60)
    assert village.says("cleo", "投票 101 2", at=just_in_time)[0].startswith(
        "“明年春天进什么”已经结束"
    )
    assert village.counts() == [0, 1, 0, 0]


def test_an_older_choice_that_comes_late_does_not_undo_a_newer_one(village: Village) -> None:
    village.writes()
    now = village.clock.now()
    village.says("amei", "投票 1", at=now)
    village.says("amei", "投票 2", at=now - timedelta(minutes=1))
    assert village.counts() == [1, 0, 0, 0]


def test_a_poll_that_has_not_begun_says_so(village: Village) -> None:
    village.writes(STYLES + "opens_at = 2026-08-25T09:00:00+08:00\n")
    assert village.says("amei", "投票 101 1") == ["“明年春天进什么”还没开始。"]
    (answer,) = village.says("amei", "投票")
    assert answer.endswith("“明年春天进什么”8 月 25 日 09:00 开始。")


def test_in_a_group_nobody_reads_what_she_chose(village: Village) -> None:
    village.writes()
    (shown,) = village.says("amei", "投票", group="vip-1")
    assert "https://bot.example/m/polls/vote?poll=101" in shown
    (answer,) = village.says("amei", "投票 2", group="vip-1")
    assert "美拉德" not in answer
    assert answer.endswith("你的一票收到了。")


def test_counts_are_seen_only_where_the_poll_says_so(village: Village) -> None:
    village.writes(STYLES + ENDS + 'results = "live"\n')
    village.says("amei", "投票 2")
    assert "2. 美拉德　1 票　✓ 你选的" in village.says("amei", "投票")[0]
    assert "1 票（100%）" in village.says("bea", "投票结果 101")[0]


def test_results_come_after_the_end(village: Village) -> None:
    village.writes()
    for who, choice in (("amei", 2), ("bea", 2), ("cleo", 1)):
        village.says(who, f"投票 {choice}")
    assert village.says("amei", "投票结果") == ["还没有公布过的投票结果。"]
    assert "截止后公布。已有 3 人投票。" in village.says("amei", "投票结果 101")[0]
    village.waits(hours=35)
    (result,) = village.says("amei", "投票结果")
    assert "胜出：美拉德" in result
    assert "2. 美拉德　2 票（67%） 🏆" in result
    assert village.says("amei", "投票结果 109") == ["没有编号 109 的投票。发“投票”看看现在有什么。"]


def test_whom_a_poll_is_not_for_hears_the_reason(village: Village) -> None:
    village.writes(STYLES + ENDS + 'eligible = ["tag:通勤"]\n')
    (answer,) = village.says("amei", "投票 2")
    assert "这次只请这些会员投票：通勤" in answer
    assert "这次投票只给：通勤。" in village.says("amei", "投票")[0]
    assert village.counts() == [0, 0, 0, 0]


def test_the_tier_with_which_she_voted_stays_with_her_ballot(village: Village) -> None:
    village.writes(STYLES + ENDS + 'eligible = ["tier:时光挚友"]\n')
    her = village.member("amei")

    def has(tier: str) -> None:
        village.store.do(
            lambda uow: members.set_tier(uow, her, tier, reason="test", who="lin", tiers=TIERS)
        )

    has("常客")
    assert "这次只请这些会员投票：时光挚友" in village.says("amei", "投票 2")[0]
    has("时光挚友")
    assert village.says("amei", "投票 2") == ["投好了：美拉德。截止前都可以改。"]
    has("常客")
    village.says("amei", "投票 1")
    assert village.counts() == [1, 0, 0, 0]
    [data] = polls.feature.personal
    [ballot] = village.store.do(lambda uow: data.export(uow, her))
    assert (ballot["tier"], ballot["choices"]) == ("时光挚友", "1")


def test_who_is_named_in_an_audience_is_shown_to_nobody(village: Village) -> None:
    village.writes(STYLES + ENDS + 'eligible = ["tag:通勤", "member:phone:13800000000"]\n')
    (answer,) = village.says("amei", "投票 2")
    assert "这次只请这些会员投票：通勤、几位会员" in answer


def test_an_ordinary_sentence_is_no_ballot(village: Village) -> None:
    village.writes()
    village.says("amei", "投票给谁好呢")
    village.shows("amei", UpdateKind.IMAGE)
    assert village.counts() == [0, 0, 0, 0]
