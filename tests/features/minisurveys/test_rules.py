"""The arithmetic: nights, rests, what is an answer."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.answers import SMALL_TALK
from bot.features.minisurveys.rules import (
    Candidate,
    by_day,
    is_answer,
    is_rested,
    is_skip,
    named,
    rehearse,
    says_nothing,
)
from bot.kernel.clock import is_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 8, 24, 4, 0, tzinfo=UTC)
PLACES = ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Auckland"]


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(PLACES))
def test_whoever_is_asked_is_asked_by_day_and_soon(minutes: int, place: str) -> None:
    at, zone = NOON + timedelta(minutes=minutes), ZoneInfo(place)
    moved = by_day(at, zone)

    assert is_day(moved.astimezone(zone))
    assert timedelta() <= moved - at <= timedelta(hours=13)
    assert moved == at or not is_day(at.astimezone(zone))


def test_the_rest_is_over_after_exactly_so_many_days() -> None:
    assert is_rested(None, NOON, 14)
    assert is_rested(NOON - timedelta(days=14), NOON, 14)
    assert not is_rested(NOON - timedelta(days=14) + timedelta(microseconds=1), NOON, 14)


moments = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 60 * 24), st.booleans()), max_size=40
)


@given(moments, st.integers(14, 40), st.dictionaries(st.integers(1, 3), st.integers(0, 600)))
def test_nobody_is_asked_twice_within_the_rest(
    drawn: list[tuple[int, int, bool]], days: int, before: dict[int, int]
) -> None:
    candidates = [
        Candidate(stands, member, NOON + timedelta(hours=hour)) for member, hour, stands in drawn
    ]
    last = {member: NOON - timedelta(hours=hour) for member, hour in before.items()}
    told = [
        *rehearse(candidates, last, days, lambda each: "stands" if each.one else "", lately="often")
    ]

    asked = defaultdict(list)
    for member, at in last.items():
        asked[member].append(at)
    for each, why in told:
        gap = timedelta(days=days)
        rested = all(at <= each.at - gap for at in asked[each.member])
        assert (why == "often") == (not rested)
        assert (why == "stands") == (rested and each.one)
        if not why:
            asked[each.member].append(each.at)
    assert len(told) == len(candidates)


@pytest.mark.parametrize(
    "words",
    [
        "包装很用心",
        "丑",
        "没有",
        "不知道怎么洗",
        "穿不了多久就起球",
        "能不能多进小码？",
        "希望有试衣间吗",
        "so soft",
        "還可以更暖",
    ],
)
def test_words_are_an_answer(words: str) -> None:
    assert is_answer(words, SMALL_TALK)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "？",
        "👍",
        "5",
        "2026",
        "好的",
        "谢谢！",
        "在吗",
        "多久到？",
        "有货吗",
        "我的订单什么时候到",
        "帮我查下物流",
        "退货地址发我",
        "我想买毛衣",
        "多少钱",
        "以后叫我小满妈妈吧",
        "跳过",
        "跳 过。",
    ],
)
def test_words_are_no_answer(words: str) -> None:
    assert not is_answer(words, SMALL_TALK)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("回答 很暖", "很暖"),
        ("回答：很暖\n也轻", "很暖\n也轻"),
        ("回答小问卷，很暖", "很暖"),
        ("回答得很快", ""),
        ("回答", ""),
        ("没人回答 我", ""),
    ],
)
def test_an_answer_may_name_itself(words: str, said: str) -> None:
    assert named(words) == said


def test_skipping_and_having_nothing_to_say_are_told_apart() -> None:
    assert is_skip("跳过！")
    assert not is_skip("没有")
    assert says_nothing("没有。")
    assert not says_nothing("没有小码")
