"""Numbers, amounts and spans of time, as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.detection import Detector, Role, Turn, elapsed, value
from bot.commons.detection.numbers import number
from bot.commons.detection.words import plain

LARGE = 2000


@pytest.mark.parametrize(
    ("said", "is_worth"),
    [
        ("两千", "2000"),
        ("2k", "2000"),
        ("2,000", "2000"),
        ("两千五", "2500"),
        ("三百八", "380"),
        ("一万二", "12000"),
        ("一百零五", "105"),
        ("二十五", "25"),
        ("3.6w", "36000"),
        ("1999.99", "1999.99"),
        ("十几", "13"),
        ("七八万", "70000"),
        ("半", "0.5"),
        ("壹仟", "1000"),
        ("二〇二六", "2026"),
    ],
)
def test_a_number_is_what_it_says(said: str, is_worth: str) -> None:
    assert number(said) == Decimal(is_worth)


@given(st.integers(0, 99_999))
def test_figures_are_read_exactly(amount: int) -> None:
    assert number(f"{amount:,}") == number(str(amount)) == amount


@given(st.text(alphabet="零一二两三十百千万亿半几0123456789.,kw", max_size=14))
def test_no_numeral_is_too_strange(said: str) -> None:
    number(said)


@pytest.mark.parametrize(
    "text",
    [
        "想买条项链，预算两千",
        "我想订一件2k的大衣",
        "帮我留一套，2,000元",
        "我要两件，各一千",
        "想买两件各一千的",
        "送礼想要三千左右的包",
        "那件九千八的大衣留给我",
        "我一百一十斤，预算六千配一身",
    ],
)
def test_a_large_purchase_is_seen(text: str) -> None:
    assert value.is_large(plain(text), LARGE)


@pytest.mark.parametrize(
    "text",
    [
        "预算1999.99元，想买条项链",
        "想买两件各九百的",
        "花了两千买的，第二天就降价",
        "这个月工资才三千",
        "今天走了两万步",
        "我想要一件，编号20260",
    ],
)
def test_what_is_less_or_no_purchase_is_not(text: str) -> None:
    assert not value.is_large(plain(text), LARGE)


@pytest.mark.parametrize(
    "text",
    [
        "我要打12315",
        "我想打12345问问",
        "给我打110",
        "要叫120",
        "我要拨400-820-8820",
        "我要打4008208820",
        "要订的单号是20260718112",
        "给我留一件，电话13612347788",
        "想要2026春款的风衣",
    ],
)
def test_a_number_to_call_or_to_look_up_is_no_amount(text: str) -> None:
    assert not list(value.amounts_in(plain(text)))
    assert not value.is_large(plain(text), LARGE)


@pytest.mark.parametrize("text", ["我想买12315元的项链", "预算12000，想买条项链"])
def test_an_amount_that_looks_like_one_is_an_amount(text: str) -> None:
    assert value.is_large(plain(text), LARGE)


def test_a_threat_to_call_a_hotline_gives_no_reason_of_a_purchase() -> None:
    finding = Detector().detect([Turn(Role.USER, "我要打12315")])

    assert finding.alerts
    assert "想买的金额达到大额" not in finding.reasons


def test_a_price_that_an_agent_told_counts() -> None:
    assert value.is_large(plain("好，给我留一件"), LARGE, [plain("这件18800")])
    assert not value.is_large(plain("好，给我留一件"), LARGE, [plain("这件188")])


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("五十双，下周要", True),
        ("伴娘服十二套怎么卖", True),
        ("同事九双", False),
        ("每天走一百步", False),
        ("昨天买了二十个鸡蛋", False),
        ("单位聚会定在19号，想要条裙子", False),
        ("女儿班里17号演出，要件白裙子", False),
        ("家里有三十双鞋，还想要", False),
        ("放假前要六十件校服", True),
        ("上次穿了很满意，再来四十件送员工", True),
        ("听说有人订了六十件送员工", False),
        ("想要六十件送员工，太贵了", False),
    ],
)
def test_many_things_are_a_large_order(text: str, is_so: bool) -> None:  # noqa: FBT001
    assert value.is_many(plain(text)) is is_so


@pytest.mark.parametrize(
    ("text", "is_late"),
    [
        ("说好三天，一周了还没到", True),
        ("说好一周发货，现在才两天", False),
        ("答应三天内处理，都五天了", True),
        ("快递九天没动", True),
        ("等了四十分钟没人回", True),
        ("昨天也说今天发", True),
        ("8号下的单到现在没发", True),
        ("三天后到货吗", False),
        ("结婚十年了", False),
    ],
)
def test_time_that_has_passed_is_compared_with_what_was_promised(
    text: str,
    is_late: bool,  # noqa: FBT001
) -> None:
    assert (elapsed.lateness(plain(text)) >= 0.5) is is_late


@pytest.mark.parametrize(("text", "times"), [("第四次问了", 4), ("第3次来催", 3), ("第一次来", 1)])
def test_how_often_is_read(text: str, times: int) -> None:
    assert elapsed.times_said(plain(text)) == times
