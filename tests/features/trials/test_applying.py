"""Members apply, agree, cancel; places go to who comes first, then along the waiting list."""

from datetime import timedelta

import pytest

from bot import app as roof
from bot.commons import members
from bot.kernel.events import FeedbackGiven
from tests.features.trials.conftest import AGREE, ENDS, TRIAL, TrialHall


def test_places_go_to_who_comes_first_and_the_rest_wait_in_order(hall: TrialHall) -> None:
    hall.writes()
    assert hall.says("amei", "申请 1") == ["申请上了！「新款羊绒围巾试用」有你一份。"]
    assert "有你一份" in hall.says("lily", "申请１")[0]
    assert "你排候补，前面还有 0 人" in hall.says("nana", "申请 一")[0]
    assert "前面还有 1 人" in hall.says("qiqi", "申请 第1个")[0]
    assert hall.states() == ["accepted", "accepted", "waiting", "waiting"]


def test_a_second_try_changes_nothing(hall: TrialHall) -> None:
    hall.writes()
    hall.says("amei", "申请 1")
    before = hall.asks("SELECT * FROM trial_applications")
    for _ in range(200):
        hall.says("amei", "申请 1")
    assert hall.says("amei", "申请 1") == ["「新款羊绒围巾试用」你申请过了，轮到你了。"]
    assert hall.asks("SELECT * FROM trial_applications") == before


def test_the_waiting_list_is_by_the_time_of_sending(hall: TrialHall) -> None:
    hall.writes(TRIAL.replace("quota = 2", "quota = 1") + ENDS)
    hall.says("amei", "申请 1")
    hall.says("lily", "申请 1", at=hall.clock.now() + timedelta(seconds=2))
    late = hall.says("nana", "申请 1", at=hall.clock.now() + timedelta(seconds=1))
    assert "前面还有 0 人" in late[0]
    assert "前面还有 1 人" in hall.says("lily", "申请 1")[0]


def test_who_cancels_makes_room_for_exactly_one_who_is_told(hall: TrialHall) -> None:
    hall.writes()
    for who in ("amei", "lily", "nana", "qiqi"):
        hall.says(who, "申请 1")
    assert hall.says("amei", "取消申请 1") == [
        "「新款羊绒围巾试用」的申请取消了。想再来就发“申请 1”。"
    ]
    assert hall.letters("nana") == ["轮到你了！「新款羊绒围巾试用」有你一份。"]
    assert hall.letters("qiqi") == []
    assert hall.states() == ["cancelled", "accepted", "accepted", "waiting"]
    assert "没有要处理的申请" in hall.says("amei", "取消申请 1")[0]
    hall.store.clock.tick(seconds=1)
    assert "前面还有 1 人" in hall.says("amei", "申请 1")[0]
    hall.runs("trials.told")
    assert hall.letters("amei") == []


def test_consent_comes_first_and_is_kept_with_its_words(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + AGREE)
    (shown,) = hall.says("amei", "申请 1")
    assert "不外传照片，先做皮肤测试。" in shown
    assert "发“同意 1”" in shown
    assert hall.states() == ["reading"]
    assert "申请上了" in hall.says("amei", "同意 1")[0]
    words, agreed = hall.asks("SELECT consent, agreed_at FROM trial_applications")[0]
    assert (words, agreed is not None) == ("不外传照片，先做皮肤测试。", True)


def test_agreeing_to_what_was_not_shown_is_no_application(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + AGREE)
    assert hall.says("amei", "同意 1") == ["请先发“申请 1”看一遍说明，再发“同意 1”。"]
    assert hall.store.count("trial_applications") == 0
    assert "没有要处理的申请" in hall.says("amei", "同意")[0]
    assert "没有要处理的申请" in hall.says("amei", "同意 你说得对")[0]
    assert hall.says("amei", "同意", group="vip-1") == []
    assert hall.says("amei", "同意 你说得对", group="vip-1") == []
    hall.says("amei", "申请 1")
    assert "申请上了" in hall.says("amei", "我同意")[0]


def test_in_a_group_the_terms_are_not_spread(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + AGREE)
    (said,) = hall.says("amei", "申请 1", group="vip-1")
    assert "皮肤测试" not in said
    assert "私聊发“申请 1”" in said


def test_the_closing_instant_is_too_late(hall: TrialHall) -> None:
    hall.writes()
    last = hall.clock.now() + timedelta(hours=34)
    assert "已经截止" in hall.says("amei", "申请 1", at=last)[0]
    assert "申请上了" in hall.says("amei", "申请 1", at=last - timedelta(microseconds=1))[0]
    assert "已经截止" not in hall.says("amei", "申请 1", at=last)[0]


def test_before_it_opens_nobody_applies(hall: TrialHall) -> None:
    hall.writes(TRIAL + "opens_at = 2026-08-25T08:00:00+08:00\n" + ENDS)
    assert "还没开始" in hall.says("amei", "申请 1")[0]
    assert "没有可以申请的" in hall.says("amei", "申请")[0]


def test_a_trial_for_some_is_refused_to_others(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + 'audience = ["tag:通勤"]\n')
    assert "这次只请这些会员：通勤" in hall.says("amei", "申请 1")[0]
    her = hall.member("amei")
    hall.store.do(lambda uow: members.tag(uow, her, "通勤", who="lin"))
    assert "申请上了" in hall.says("amei", "申请 1")[0]


@pytest.mark.parametrize("typed", ["申请 7", "申请 0", "申请 999999999", "同意 7"])
def test_numbers_that_are_none_are_named(hall: TrialHall, typed: str) -> None:
    hall.writes()
    assert "没有编号" in hall.says("amei", typed)[0]


@pytest.mark.parametrize("typed", ["申请 -1", "申请 1.5", "申请 围巾", "申请"])
def test_what_is_no_number_lists_what_there_is(hall: TrialHall, typed: str) -> None:
    hall.writes()
    (said,) = hall.says("amei", typed)
    assert "【1】新款羊绒围巾试用" in said
    assert "名额 2 个，先到先得，满了排候补，8 月 25 日 22:00 截止。" in said


def test_who_erased_herself_leaves_her_place_to_who_waits(hall: TrialHall) -> None:
    hall.writes(TRIAL.replace("quota = 2", "quota = 1") + ENDS)
    hall.says("amei", "申请 1")
    hall.says("lily", "申请 1")
    her = hall.member("amei")
    hall.store.do(lambda uow: roof.PERSONAL.erase(uow, her))
    for _ in range(3):
        hall.runs("trials.places")
    assert hall.letters("lily") == ["轮到你了！「新款羊绒围巾试用」有你一份。"]
    assert hall.states() == ["accepted"]


def test_the_cohort_may_be_left_any_time_and_gives_a_tag(hall: TrialHall) -> None:
    cohort = 'title = "用户体验官"\nquota = 1000\ncohort = true\ntag = "体验官"\n'
    hall.writes(cohort + 'feedback = ["这周怎么样"]\nfeedback_after_days = 7\n')
    assert "你是「用户体验官」的一员了。随时发“退出 1”" in hall.says("amei", "申请 1")[0]
    her = hall.member("amei")
    assert hall.store.do(lambda uow: members.tags_of(uow, her)) == ["体验官"]
    hall.store.clock.tick(days=7)
    hall.runs("trials.feedback")
    assert "「用户体验官」用得怎么样？" in hall.letters("amei")[0]
    assert "已经退出" in hall.says("amei", "退出 1")[0]
    assert hall.store.do(lambda uow: members.tags_of(uow, her)) == []
    hall.store.clock.tick(days=9)
    hall.runs("trials.feedback")
    assert len(hall.letters("amei")) == 1


def test_feedback_is_asked_for_after_it_was_handed_out_and_reminded_once(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + 'feedback = ["合身吗", "会买吗"]\n')
    hall.says("amei", "申请 1")
    hall.store.clock.tick(days=20)
    hall.runs("trials.feedback")
    assert hall.letters("amei") == []
    hall.operates("hand", application=1)
    hall.store.clock.tick(days=7)
    for _ in range(3):
        hall.runs("trials.feedback")
    hall.store.clock.tick(days=3)
    for _ in range(3):
        hall.runs("trials.feedback")
    hall.store.clock.tick(days=30)
    hall.runs("trials.feedback")
    asked, reminded = hall.letters("amei")
    assert "用得怎么样？发“试用反馈 1 你的感受”" in asked
    assert "还想听听你的感受" in reminded
    assert "谢谢你的反馈" in hall.says("amei", "试用反馈 1 很柔软，偏大 XS")[0]
    assert "谢谢" in hall.sends(
        "amei", "feedback", {"trial": 1, "answer-0": "刚好", "answer-1": "会"}
    )
    assert hall.events == [FeedbackGiven(hall.member("amei"), "trials:1")]
    assert "反馈 n = 1" in hall.page()
    assert "<bdi>刚好</bdi>；<bdi>会</bdi>" in hall.page()


def test_feedback_of_those_who_are_not_in_is_refused(hall: TrialHall) -> None:
    hall.writes(TRIAL.replace("quota = 2", "quota = 1") + ENDS + 'feedback = ["合身吗"]\n')
    hall.says("amei", "申请 1")
    assert "你不在编号 1 的试用里" in hall.says("lily", "试用反馈 1 很好")[0]
    assert "请写上编号和感受" in hall.says("amei", "试用反馈")[0]
    assert "请写上编号和感受" in hall.says("amei", "试用反馈 1")[0]
    assert "最多 500 个字" in hall.says("amei", "试用反馈 1 " + "长" * 501)[0]
    hall.writes(TRIAL + ENDS, name="b")
    hall.says("amei", "申请 2")
    assert "不收反馈" in hall.says("amei", "试用反馈 2 很好")[0]


def test_the_page_asks_for_consent_and_answers(hall: TrialHall) -> None:
    hall.writes(TRIAL + ENDS + AGREE + 'questions = ["平时穿几码"]\n')
    page = hall.opens("amei")
    assert "平时穿几码" in page
    wording = page.partition('name="wording" value="')[2].partition('"')[0]
    stale = {"trial": 1, "agree": 1, "wording": "old", "answer-0": "XS"}
    assert "请看清楚" in hall.sends("amei", "apply", stale)
    assert hall.states() == ["reading"]
    assert "申请上了" in hall.sends("amei", "apply", stale | {"wording": wording})
    assert hall.asks("SELECT answers FROM trial_applications") == [('["XS"]',)]
    assert "记下了" in hall.sends("amei", "answer", {"trial": 1, "answer-0": "S"})
    assert "轮到你了" in hall.opens("amei", trial="1")
    assert "取消了" in hall.sends("amei", "cancel", {"trial": 1})
    assert "没有编号 0" in hall.sends("amei", "apply", {"trial": "x"})


def test_hers_are_listed_and_in_a_group_only_counted(hall: TrialHall) -> None:
    hall.writes()
    hall.says("amei", "申请 1")
    assert "【1】新款羊绒围巾试用：轮到你了" in hall.says("amei", "我的申请")[0]
    assert hall.says("amei", "我的申请", group="vip-1") == [
        "你申请过 1 个，私聊发“我的申请”看进展。"
    ]
    assert "还没有申请过" in hall.says("lily", "我的申请")[0]
