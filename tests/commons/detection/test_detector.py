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

DETECTOR = Detector()
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
        "好看到犯规，我要举报",
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


@given(TEXTS)
def test_no_text_is_too_strange(text: str) -> None:
    finding = found(text)

    assert 0 <= finding.score <= 1
    assert not finding.is_error
    assert finding.reasons or finding.score < ALERT


@given(st.lists(st.tuples(st.sampled_from(Role), TEXTS), max_size=20))
def test_no_conversation_is_too_strange(said: list[tuple[Role, str]]) -> None:
    assert not DETECTOR.detect([Turn(role, text) for role, text in said]).is_error
