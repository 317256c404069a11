"""How ratings are counted: shares with their n, net promoters, what words are a score."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.ratings import csat, nps, score_said


@pytest.mark.parametrize(
    ("answers", "score"),
    [([10, 9, 9], 100), ([9, 0], 0), ([7, 8], 0), ([0, 6, 3], -100), ([10, 10, 0], 33), ([], None)],
)
def test_net_promoters_less_detractors(answers: list[int | None], score: int | None) -> None:
    assert nps(answers).score == score


def test_who_did_not_answer_is_not_counted() -> None:
    found = nps([10, None, None, 0, 10])

    assert (found.n, found.promoters, found.detractors, found.score) == (3, 2, 1, 33)


def test_who_is_neither_promoter_nor_detractor_stands_between() -> None:
    few, enough = nps([10, 8, 7, 0]), nps([7] * 30)

    assert (few.promoters, few.passives, few.detractors, few.is_enough) == (1, 2, 1, False)
    assert (enough.passives, enough.is_enough) == (30, True)


@pytest.mark.parametrize("wrong", [-1, 11])
def test_an_answer_beyond_the_scale_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match=f"found {wrong}"):
        nps([5, wrong])


@given(st.lists(st.integers(0, 10) | st.none()))
def test_net_promoters_are_between_minus_and_plus_a_hundred_and_mirror(
    answers: list[int | None],
) -> None:
    found = nps(answers)

    assert found.n == len([one for one in answers if one is not None])
    assert found.score is None or -100 <= found.score <= 100


def test_of_fewer_than_thirty_no_share_is_told() -> None:
    few, enough = csat([5] * 29), csat([5] * 27 + [1] * 3)

    assert (few.n, few.percent, few.average) == (29, None, None)
    assert (enough.n, enough.percent, enough.average) == (30, 90, 4.6)


def test_no_answer_is_not_counted() -> None:
    assert csat([0, 0, 5]).n == 1


@pytest.mark.parametrize(
    ("text", "score"),
    [("5", 5), (" ５ 分", 5), ("5分。", 5), ("很不满意", 1), ("非常滿意", 5), ("一般", 3)],
)
def test_words_that_are_a_score(text: str, score: int | None) -> None:
    assert score_said(text) == score


@pytest.mark.parametrize("text", ["", "6", "0", "55", "满意吗", "投票 5", "不是很满意吧", "5件"])
def test_words_that_are_none(text: str) -> None:
    assert score_said(text) is None
