"""What is found in messages, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.detection import (
    ALERT,
    DIGEST,
    Classifier,
    Context,
    Detector,
    Evidence,
    Finding,
    Label,
    Role,
    Turn,
)
from bot.commons.learning.versions import classifier as newest

DETECTOR = Detector()
SHIPPED = Detector(None, newest(None))
TEXTS = st.text() | st.text(alphabet="退款投诉不没人工了吗!?。， 😡0123456789万千两")


def found(*said: str, context: Context | None = None) -> Finding:
    """Return what is found when a member says these things and an agent answers between them."""
    turns = [Turn(Role.USER, said[0])]
    for text in said[1:]:
        turns += [Turn(Role.AGENT, "好的，请稍等"), Turn(Role.USER, text)]
    return DETECTOR.detect(turns, context)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("转人工", Label.HUMAN_REQUEST),
        ("別讓機器人回我，我要真人", Label.HUMAN_REQUEST),
        ("zhuan ren gong", Label.HUMAN_REQUEST),
        ("靴子穿三天鞋跟就断了", Label.COMPLAINT),
        ("我都问了三次了还没人回", Label.COMPLAINT),
        ("说好四天到，这都十天了还没发货", Label.COMPLAINT),
        ("再不退钱我就打12315", Label.COMPLAINT),
        ("面霜用了以后全脸红肿，在急诊", Label.SAFETY),
        ("我不想活了", Label.SAFETY),
        ("公司年会想订六十份礼品，怎么报价", Label.HIGH_VALUE),
    ],
)
def test_who_needs_a_human_is_found(text: str, label: Label) -> None:
    finding = found(text)

    assert (finding.label, finding.alerts) == (label, True)
    assert finding.reasons


@pytest.mark.parametrize(
    "text",
    [
        "不是投诉，想表扬一下昨天那位店员",
        "早安姐妹们",
        "😂😂😂",
        "😡😡😡",
        "[图片]",
        "",
        " \u200b ",
        "隔壁班的班主任又骂人",
        "国足又输了，退钱！",
        "出门三天被问了三次链接",
        "等了三天的快递终于到啦，好看",
        "好看到犯规，我要举报",
        "【拾光衣橱】新品上市，不满意全额退款，质量问题包退换，点击链接抢购 https://x.example/a",
        "good morning everyone",
        "ありがとう",
    ],
)
def test_what_needs_nobody_is_left_alone(text: str) -> None:
    assert not found(text).alerts


def test_what_is_over_is_over() -> None:
    complaint = "我的包怎么还没发货，都一周了"

    assert found(complaint).alerts
    assert not found(complaint, "收到了，谢谢").alerts


def test_what_is_not_over_stays() -> None:
    assert found("我的包带子断了", "拍了照片给你").score >= DIGEST


def test_words_that_come_in_pieces_are_read_as_one() -> None:
    assert found("我要", "退款").alerts


def test_a_complaint_inside_a_command_is_one() -> None:
    assert found("投票 2 可是你们这双鞋穿了一天就断了").alerts


def test_what_an_advisor_says_is_no_complaint() -> None:
    said = [Turn(Role.AGENT, "您要投诉的话请告诉我订单号，我马上给您退款")]

    assert DETECTOR.detect(said).score < DIGEST


def test_an_answer_changes_nothing_of_what_was_asked() -> None:
    asked = [Turn(Role.USER, "有没有人能处理一下我的退款")]

    assert DETECTOR.detect([*asked, Turn(Role.AGENT, "谢谢，已经解决了")]) == DETECTOR.detect(asked)


def test_a_language_that_no_rule_reads_is_for_a_human() -> None:
    assert found("お届けした商品が壊れていました。返金してください").alerts
    assert found("Когда придёт мой заказ? Уже две недели").alerts
    assert found("I want my money back, the dress was torn").alerts


def test_the_same_question_a_third_time_rings() -> None:
    assert found("我的裙子到哪了", "我的裙子到哪了呀", "我的裙子到哪了？").alerts


WORRIES = Context(
    unanswered_s=7200, csat=1, has_open_complaint=True, promises_broken=1, not_understood=1
)


def test_what_is_known_of_her_raises_what_is_found() -> None:
    said = "还没有人回我"

    assert found(said, context=WORRIES).score > found(said).score


def test_words_that_grow_graver_with_each_turn_raise_what_is_found() -> None:
    rising = found("这件怎么穿", "等了好几天了", "还没有人回我")
    falling = found("还没有人回我", "等了好几天了", "这件怎么穿")

    assert "rising" in rising.hits
    assert "rising" not in falling.hits


def test_what_is_known_of_her_makes_nothing_of_nothing() -> None:
    assert found("早安姐妹们", context=Context(csat=1, has_open_complaint=True)).score == 0


def test_safety_is_not_talked_away() -> None:
    assert found("谢谢推荐，面霜好用。我不想活了").label is Label.SAFETY


def test_an_emergency_comes_before_everything_else() -> None:
    finding = found("我要投诉！孩子吃了你们的饼干，喉咙肿了，呼吸困难")

    assert (finding.label, finding.severity) == (Label.SAFETY, 3)


class _Sure:
    """Knows nothing of emergencies, and is sure of it."""

    def logits(self, evidence: Evidence) -> dict[str, float]:
        del evidence
        return {"escalate": -9.0, "chitchat": 9.0}


@pytest.mark.parametrize("text", ["转人工", "我不想活了", "お届けした商品が壊れていました"])
def test_no_classifier_overrules_what_is_certain(text: str) -> None:
    assert Detector(classifier=_Sure()).detect([Turn(Role.USER, text)]).alerts


def test_no_classifier_doubts_what_many_rules_are_sure_of_together() -> None:
    text = "裙子有个大破洞，退款到现在没人理，我要投诉"

    assert Detector(classifier=_Sure()).detect([Turn(Role.USER, text)]).score >= 0.95


@pytest.mark.parametrize(
    "text",
    [
        "冲着好评来的，结果踩雷，没有下次了",
        "除了位置好，其他一无是处",
        "说好的软糯呢，硬得硌牙",
        "又贵又难吃，智商税",
    ],
)
def test_a_verdict_on_a_thing_of_any_kind_is_found(text: str) -> None:
    assert found(text).score >= DIGEST


@pytest.mark.parametrize(
    "text",
    [
        "一点没踩雷",
        "后悔买晚了",
        "拔草成功，名不虚传",
        "说好的早睡呢，都一点了",
        "退货的话运费是谁出呀",
    ],
)
def test_its_opposite_does_not_ring(text: str) -> None:
    assert not found(text).alerts


def test_a_bot_that_has_not_understood_twice_gives_up() -> None:
    assert found("这个怎么弄", context=Context(not_understood=2)).alerts


def test_a_long_message_is_read_at_both_ends() -> None:
    rest = "今天天气不错。" * 1500

    assert found(rest + "我要投诉你们").alerts
    assert found("我要投诉你们" + rest).alerts


class _Broken:
    def logits(self, evidence: Evidence) -> dict[str, float]:
        raise RuntimeError(evidence.text)


class _Nan:
    def logits(self, evidence: Evidence) -> dict[str, float]:
        del evidence
        return {"escalate": float("nan")}


@pytest.mark.parametrize("classifier", [_Broken(), _Nan()], ids=["raises", "is no number"])
def test_what_cannot_be_looked_at_is_for_a_human(classifier: Classifier) -> None:
    finding = Detector(classifier=classifier).detect([Turn(Role.USER, "早")])

    assert finding.score == 1.0
    assert finding.is_error
    assert finding.reasons


class _Slow:
    """Burns time by a clock of its own."""

    def __init__(self, *takes_s: float) -> None:
        self.now_s = 0.0
        self._takes_s = [*takes_s]

    def logits(self, evidence: Evidence) -> dict[str, float]:
        del evidence
        self.now_s += self._takes_s.pop(0)
        return {"escalate": -9.0}


@pytest.mark.parametrize(("takes_s", "is_for_a_human"), [(0.31, True), (0.29, False)])
def test_what_takes_too_long_is_for_a_human(takes_s: float, *, is_for_a_human: bool) -> None:
    slow = _Slow(takes_s, takes_s)
    finding = Detector(classifier=slow, now_s=lambda: slow.now_s).detect([Turn(Role.USER, "早")])

    assert finding.is_error is is_for_a_human
    assert (finding.score == 1.0) is is_for_a_human
    assert ("识别出错，请人工看一眼" in finding.reasons) is is_for_a_human


def test_a_pause_is_not_the_fault_of_a_message() -> None:
    slow = _Slow(0.5, 0.001)
    detector = Detector(classifier=slow, now_s=lambda: slow.now_s)

    assert not detector.detect([Turn(Role.USER, "早")]).is_error


@given(TEXTS)
def test_no_text_is_too_strange(text: str) -> None:
    finding = found(text)

    assert 0 <= finding.score <= 1
    assert not finding.is_error
    assert finding.reasons or finding.score < ALERT


@given(st.lists(st.tuples(st.sampled_from(Role), TEXTS), max_size=20))
def test_no_conversation_is_too_strange(said: list[tuple[Role, str]]) -> None:
    assert not DETECTOR.detect([Turn(role, text) for role, text in said]).is_error


@pytest.mark.parametrize(
    "text",
    [
        "不要转人工",
        "先别转人工，我自己看看",
        "你是真人吗",
        "你是机器人吗",
        "我要跟妹妹说，晚点回你们",
        "不好意思打扰下，这条裙子还有吗",
        "我的订单号是66120315",
        "合计315，已经付好了",
        "要是戴了过敏可以退吗",
        "过敏的话能换吗",
        "二十分钟就到你们店",
        "女儿考了100分",
        "想死的心都有了，这裙子太美",
    ],
)
def test_what_only_looks_like_trouble_does_not_ring(text: str) -> None:
    assert not SHIPPED.detect([Turn(Role.USER, text)]).alerts


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("我要投诉", 2),
        ("差评！", 2),
        ("我要举报你们", 3),
        ("我要去315投诉你们", 3),
        ("我打12315", 3),
    ],
)
def test_to_complain_is_grave_and_to_go_to_the_law_is_graver(text: str, severity: int) -> None:
    found = SHIPPED.detect([Turn(Role.USER, text)])

    assert (found.alerts, found.severity) == (True, severity)


@pytest.mark.parametrize(
    "text",
    [
        "不要机器人，转人工",
        "人工客服怎么找",
        "能加一下店长的微信吗",
        "裤脚开线了，你们把别人退货的发给我",
        "领口歪的，跟地摊货有什么区别",
        "我妈穿了半天裤裆就裂了",
        "一把安眠药，数了数够了",
    ],
)
def test_what_looks_harmless_and_is_not_rings(text: str) -> None:
    assert SHIPPED.detect([Turn(Role.USER, text)]).alerts
