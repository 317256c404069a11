"""The same word in any dress is the same word; whatever is no slip stays."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.commons.detection import words
from bot.commons.detection.words import LONGEST, plain

MESSY = st.text() | st.text(alphabet="退款 tuikuan腿歉.。！!哈66😡👎👍🏽\u200b（微笑）[]投-诉ts")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("退　款！！！！", "退款!!"),
        ("我要退\u200b款", "我要退款"),
        ("投.诉 你 们", "投诉你们"),
        ("退*款", "退款"),
        ("tui kuan", "退款"),
        ("TuiQian，快", "退钱,快"),
        ("ren gong kefu", "人工客服"),
        ("我要cp", "我要差评"),
        ("ts你们", "投诉你们"),
        ("质亮太差", "质量太差"),
        ("退歉", "退款"),
        ("你门的态渡", "你们的态度"),
        ("太太太差了", "太差了"),
        ("退款退款退款", "退款"),
        ("手鍊斷了", "手链断了"),
        ("😡👎", "[怒][差]"),
        ("[发怒]", "[怒]"),
        ("👍🏽", "[赞]"),
    ],
)
def test_the_same_word_in_another_dress(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    "said",
    [
        "投宿哪家",
        "克服困难",
        "陪我逛街",
        "两位朋友",
        "任务负责人",
        "hp电脑",
        "嗑cp",
        "哈哈",
        "第6天",
        "充值两万",
        "搭配前想好",
        "最快第二天",
        "种了一盆花",
        "注册了会员",
        "一起求签",
        "到我门口",
        "周围全是人",
        "写律诗",
    ],
)
def test_what_is_no_slip_stays(said: str) -> None:
    assert plain(said) == said


@example("\u0130")  # a capital whose small letter takes two characters
@example("ﷺ" * 100)  # one that stands for eighteen
@given(MESSY)
def test_reading_twice_changes_nothing_more(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(min_size=LONGEST, max_size=3 * LONGEST))
def test_a_long_text_is_cut_to_both_ends(text: str) -> None:
    short = words.cut(text)

    assert len(short) <= LONGEST
    assert text.startswith(short[:100])
    assert text.endswith(short[-100:])
