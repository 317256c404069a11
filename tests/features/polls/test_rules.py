"""What was voted is counted once, and decides by the terms that were said beforehand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.polls.rules import (
    Said,
    Terms,
    Verdict,
    Vote,
    count,
    decide,
    is_open,
    option_named,
    said_in,
    shares,
    split_poll,
)

AT = datetime(2026, 12, 1, tzinfo=UTC)


def vote(*choices: int, minute: int = 0, paid: int = 0) -> Vote:
    return Vote(choices, AT + timedelta(minutes=minute), paid)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("2", (2,)),
        ("２", (2,)),
        (" 二", (2,)),
        ("两", (2,)),
        ("十", (10,)),
        ("十二", (12,)),
        ("二十", (20,)),
        ("1、3", (1, 3)),
        ("1，3", (1, 3)),
        ("1 和 3", (1, 3)),
        ("101 2", (101, 2)),
        ("101 1,3", (101, 1, 3)),
        ("第2个选项", (2,)),
        ("选2号", (2,)),
        ("①", (1,)),
        ("-1", ()),
        ("1.5", (1, 5)),
        ("9999999999999999999", ()),
        ("新中式", ()),
    ],
)
def test_numbers_are_understood_however_they_are_typed(
    typed: str, numbers: tuple[int, ...]
) -> None:
    assert said_in(typed).numbers == numbers


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("新中式", 1),
        ("极简", 4),
        (" 极 简！", 4),
        ("中式", 1),
        ("美拉德风", 2),
        ("风", None),
        ("", None),
    ],
)
def test_an_option_may_be_named_by_its_words(words: str, number: int | None) -> None:
    assert option_named(words, ["新中式", "美拉德", "学院", "极简"]) == number


def test_words_that_fit_two_options_mean_none() -> None:
    assert option_named("红", ["红色大衣", "酒红围巾"]) is None


def test_a_number_in_front_may_be_the_poll() -> None:
    assert split_poll(Said((101, 2)), {101: 1, 102: 2}) == (1, Said((2,)))
    assert split_poll(Said((2,)), {101: 1, 102: 2}) == (None, Said((2,)))
    assert split_poll(Said((2,)), {101: 1}) == (1, Said((2,)))
    assert split_poll(Said((109, 2)), {101: 1}) == (None, Said((109, 2)))


def test_most_ballots_win() -> None:
    outcome = decide([vote(1), vote(2), vote(2)], Terms(3))
    assert (outcome.verdict, outcome.winners, outcome.counts) == (Verdict.DECIDED, (2,), (1, 2, 0))


@pytest.mark.parametrize(
    ("tie", "verdict", "winners"),
    [
        ("all", Verdict.DECIDED, (1, 2)),
        ("first", Verdict.DECIDED, (2,)),
        ("none", Verdict.TIED, ()),
    ],
)
def test_a_tie_ends_as_it_was_said(tie: str, verdict: Verdict, winners: tuple[int, ...]) -> None:
    votes = [vote(1, minute=9), vote(2, minute=1), vote(1, minute=2), vote(2, minute=8)]
    outcome = decide(votes, Terms(2, tie=tie))
    assert (outcome.verdict, outcome.winners) == (verdict, winners)


def test_too_few_decide_nothing() -> None:
    assert decide([vote(1)] * 4, Terms(2, quorum=5)).verdict is Verdict.NO_QUORUM
    assert decide([vote(1)] * 5, Terms(2, quorum=5)).verdict is Verdict.DECIDED


def test_a_goal_is_reached_or_missed_by_a_point() -> None:
    votes = [vote(1, paid=20)] * 5
    assert decide(votes, Terms(2, goal_points=101)).verdict is Verdict.NO_GOAL
    assert decide(votes, Terms(2, goal_points=100)).verdict is Verdict.DECIDED


def test_nobody_voted() -> None:
    outcome = decide([], Terms(2))
    assert (outcome.verdict, outcome.winners, outcome.counts) == (Verdict.NOBODY, (), (0, 0))


def test_the_closing_instant_is_too_late_and_the_one_before_is_not() -> None:
    end, instant = AT + timedelta(days=1), timedelta(microseconds=1)
    assert is_open(AT, end, AT)
    assert is_open(AT, end, end - instant)
    assert not is_open(AT, end, end)
    assert not is_open(AT, end, AT - instant)


@given(st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)))
def test_counts_are_what_counting_by_hand_gives(ballots: list[list[int]]) -> None:
    counts = count([vote(*choices) for choices in ballots], 4)
    assert counts == tuple(sum(n in choices for choices in ballots) for n in range(1, 5))
    assert all(0 <= share <= 100 for share in shares(counts, len(ballots)))


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50)), min_size=1))
def test_the_order_of_the_ballots_changes_nothing(ballots: list[tuple[int, int]]) -> None:
    votes = [vote(choice, minute=minute) for choice, minute in ballots]
    for tie in ("all", "first", "none"):
        assert decide(votes, Terms(3, tie=tie)) == decide(votes[::-1], Terms(3, tie=tie))


def test_shares_are_rounded_half_up() -> None:
    assert shares((1, 2, 5), 8) == [13, 25, 63]
    assert shares((0, 0), 0) == [0, 0]
