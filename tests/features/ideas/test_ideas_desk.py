"""Operators answer in time, decide, merge; a reward needs two of them."""

import pytest

from bot import app as roof
from bot.commons import members
from bot.commons.content import Shelf
from bot.commons.outreach import Hushed, hush
from bot.kernel.events import IdeaAdopted
from tests.kit.hall import Hall
from tests.kit.lives import join
from tests.kit.talk import CHANNEL

COUPONS = '[[coupon]]\nname = "thanks"\ntitle = "感谢券"\nface_fen = 5000\n'


@pytest.fixture
def idea(hall: Hall) -> Hall:
    """Somebody has proposed something that two others support."""
    hall.says("amei", "建议 多进 XS 码的大衣")
    hall.says("lily", "支持 1")
    return hall


def test_each_state_is_told_with_the_operators_words(idea: Hall) -> None:
    assert idea.operates("answer", idea=1, reply="在问工厂", state="") == "建议 1：已经答复。"
    idea.operates("answer", idea=1, reply="下周开会", state="review")
    idea.operates("answer", idea=1, reply="十月上架", state="adopted")
    told = idea.letters("amei")
    assert ["在问工厂" in told[0], "下周开会" in told[1], "被采纳了！十月上架" in told[2]] == [
        True
    ] * 3
    assert idea.events == [IdeaAdopted(idea.member("amei"), 1)]
    assert "✗" in idea.operates("answer", idea=1, reply="晚了", state="declined")
    assert "已经采纳了" in idea.says("nana", "支持 1")[0]
    whats = idea.asks("SELECT what FROM audit ORDER BY id")
    assert whats == [("ideas.answered",), ("ideas.review",), ("ideas.adopted",)]


def test_a_decision_can_be_undone_and_is_adopted_once(idea: Hall) -> None:
    for state in ("adopted", "review", "adopted"):
        assert "✗" not in idea.operates("answer", idea=1, reply="说明", state=state)
    assert len(idea.events) == 1


def test_a_form_without_words_or_with_nonsense_changes_nothing(idea: Hall) -> None:
    assert "最多 500 个字" in idea.operates("answer", idea=1, reply=" ", state="adopted")
    assert "从选项里选" in idea.operates("answer", idea=1, reply="好", state="merged")
    assert "✗" in idea.operates("answer", idea="9" * 30, reply="好", state="adopted")
    assert idea.letters("amei") == []


def test_late_answers_are_red_and_told_once_a_day(idea: Hall) -> None:
    idea.store.clock.tick(days=7, hours=-5)
    idea.runs("ideas.overdue")
    assert "过期没答复" not in idea.page()
    idea.store.clock.tick(hours=5)
    for _ in range(3):
        idea.runs("ideas.overdue")
    assert "过期没答复" in idea.page()
    idea.store.clock.tick(days=1)
    idea.runs("ideas.overdue")
    assert idea.notices() == [
        f"有 1 条建议过了答复期限，最久的过了 {days} 天。请到控制台“建议”页答复。"
        for days in (0, 1)
    ]
    idea.operates("answer", idea=1, reply="抱歉久等", state="")
    assert "过期没答复" not in idea.page()


def test_two_that_are_the_same_join_their_supporters(idea: Hall) -> None:
    idea.says("nana", "建议 小码大衣多进一点")
    for who in ("lily", "qiqi"):
        idea.says(who, "支持 2")
    idea.says("nana", "支持 1")
    assert idea.operates("merge", idea=2, into=1) == "建议 2：已经合并，两位都告诉了。"
    assert idea.store.audited() == [("lin", "ideas.merged")]
    assert "和建议 1 说的是一件事" in idea.letters("nana")[0]
    assert "并了进来，现在一共 3 人支持" in idea.letters("amei")[0]
    assert "进入评审了，3 人支持" in idea.letters("amei")[1]
    assert "你已经支持了建议 1" in idea.says("qiqi", "支持 2")[0]
    assert "✗" in idea.operates("merge", idea=2, into=1)
    assert "✗" in idea.operates("merge", idea=1, into=1)


def test_who_is_for_one_that_is_merged_twice_ends_at_the_last(idea: Hall) -> None:
    idea.says("nana", "建议 第二条一样的建议")
    idea.says("qiqi", "建议 第三条一样的建议")
    idea.operates("merge", idea=3, into=2)
    idea.operates("merge", idea=2, into=1)
    assert "支持了建议 1" in idea.says("yaya", "支持 3")[0]


def test_a_reward_needs_two_operators(idea: Hall) -> None:
    wanted = {"idea": "1", "kind": "points", "points": "200", "why": "真的做了"}
    assert "✗" in idea.operates("reward", **wanted)
    idea.operates("answer", idea=1, reply="好", state="adopted")
    assert idea.operates("reward", **wanted) == "建议 1：奖励等另一位同事同意。"
    assert "提的人自己不能批" in idea.operates("agree", idea=1)
    assert idea.balance("amei") == 0
    assert idea.operates("agree", "wang", idea=1) == "建议 1：奖励已经发了。"
    assert "✗" in idea.operates("agree", "zhao", idea=1)
    assert idea.balance("amei") == 200
    assert "奖励给你：200 积分" in idea.letters("amei")[-1]
    assert "✗" in idea.operates("answer", idea=1, reply="不了", state="review")
    audits = idea.asks("SELECT who, what FROM audit WHERE what LIKE 'ideas.reward%' ORDER BY id")
    assert audits == [("lin", "ideas.reward_asked"), ("wang", "ideas.reward_given")]


def test_a_coupon_is_issued_once_and_a_refused_reward_may_be_asked_for_anew(idea: Hall) -> None:
    idea.operates("answer", idea=1, reply="好", state="adopted")
    coupon = {"idea": "1", "kind": "coupon", "what": "thanks", "why": "真的做了"}
    assert "还没有券" in idea.operates("reward", **coupon)
    idea.desk.write("coupons.toml", COUPONS)
    idea.tools.use(Shelf).look(idea.clock.now())
    assert "等另一位" in idea.operates("reward", **coupon)
    assert "奖励不发" in idea.operates("refuse", "wang", idea=1)
    assert idea.store.audited()[-1] == ("wang", "ideas.reward_refused")
    assert "等另一位" in idea.operates("reward", **coupon)
    assert "已经发了" in idea.operates("agree", "wang", idea=1)
    assert idea.asks("SELECT kind, reason FROM coupons") == [("thanks", "ideas")]
    assert "感谢券" in idea.letters("amei")[-1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "points", "points": "0"}, "1 到 10000"),
        ({"kind": "points", "points": "-5"}, "1 到 10000"),
        ({"kind": "points", "points": "1.5"}, "1 到 10000"),
        ({"kind": "points", "points": "99999999999999999999"}, "1 到 10000"),
        ({"kind": "words", "what": "转发朋友圈送终身使用"}, "奖励分享，平台不允许"),
        ({"kind": "words", "what": ""}, "最多 60 个字"),
        ({"kind": "gold"}, "从选项里选"),
    ],
)
def test_rewards_that_cannot_be_are_refused(idea: Hall, fields: dict[str, str], said: str) -> None:
    idea.operates("answer", idea=1, reply="好", state="adopted")
    assert said in idea.operates("reward", idea=1, why="真的做了", **fields)
    assert idea.store.count("idea_rewards") == 0


def test_a_promise_in_words_can_be_given(idea: Hall) -> None:
    idea.operates("answer", idea=1, reply="好", state="adopted")
    idea.operates("reward", idea=1, kind="words", what="这款由你命名", why="真的做了")
    idea.operates("agree", "wang", idea=1)
    assert "奖励给你：这款由你命名" in idea.letters("amei")[-1]


def test_who_erased_herself_leaves_a_number_only(idea: Hall) -> None:
    idea.operates("answer", idea=1, reply="好", state="adopted")
    idea.operates("reward", idea=1, kind="points", points=9, why="真的做了")
    idea.says("nana", "建议 另外的一条建议")
    idea.says("amei", "支持 2")
    her = idea.member("amei")
    idea.store.do(lambda uow: roof.PERSONAL.erase(uow, her))
    assert "XS" not in str(idea.asks("SELECT * FROM ideas"))
    assert "0 人支持" in idea.says("lily", "建议 2")[0]
    assert "✗" in idea.operates("agree", "wang", idea=1)
    assert "已删除的会员" in idea.page()


def test_a_support_of_herself_before_she_was_known_does_not_count(idea: Hall) -> None:
    amei, lily = idea.member("amei"), idea.member("lily")
    idea.store.do(lambda uow: join(uow, amei, lily))
    assert "0 人支持" in idea.says("nana", "建议 1")[0]


def test_who_wants_quiet_gets_no_letter_but_finds_the_answer(idea: Hall) -> None:
    with idea.store.unit() as uow:
        her = members.resolve(uow, CHANNEL, "amei", idea.clock.now())
        hush(uow, her, Hushed.QUIET)
    idea.operates("answer", idea=1, reply="在问工厂", state="")
    assert idea.letters("amei") == []
    assert "店里说：在问工厂" in idea.says("amei", "我的建议")[0]


def test_the_sheet_holds_no_formula(idea: Hall) -> None:
    idea.says("nana", "建议 =HYPERLINK(1)多进小码")
    assert "%27%3DHYPERLINK" in idea.page()


def test_the_empty_page_says_so(hall: Hall) -> None:
    assert "没有等答复的建议" in hall.page()
