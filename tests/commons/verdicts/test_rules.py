"""The arithmetic of samples: Wilson's interval, estimated recall, who is drawn."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.verdicts import recall, wilson
from bot.commons.verdicts.rules import SAMPLE, draw

MONDAY = date(2026, 7, 6)
counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilsons_interval_is_that_of_the_books() -> None:
    found = wilson(5, 50)

    assert found is not None
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (0.1, 0.0435, 0.2136)


def test_of_nothing_there_is_no_share() -> None:
    assert wilson(0, 0) is None
    assert recall(9, 0, 0, 100) is None
    assert recall(0, 0, 50, 100) is None


def test_more_hits_than_tries_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


@given(counts)
def test_the_share_lies_within_its_bounds_and_they_within_nothing_and_all(
    hits: tuple[int, int],
) -> None:
    found = wilson(*hits)

    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(counts, st.integers(0, 200), st.integers(0, 5000))
def test_recall_lies_within_its_bounds(hits: tuple[int, int], found: int, chats: int) -> None:
    estimate = recall(found, *hits, chats)

    if estimate is not None:
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_who_was_found_and_who_was_not_make_the_recall() -> None:
    found = recall(found=40, missed=5, n=50, chats=100)

    assert found is not None
    assert found.value == 40 / (40 + 0.1 * 100)


@given(st.lists(st.integers(1, 10_000), max_size=300), st.randoms())
def test_the_same_people_are_drawn_whatever_their_order(people: list[int], luck: object) -> None:
    shuffled = sorted(people, key=lambda _: luck.random())  # type: ignore[attr-defined]  # of randoms
    drawn = draw(people, MONDAY)

    assert drawn == draw(shuffled, MONDAY)
    assert len(drawn) == len({*drawn}) == min(SAMPLE, len({*people}))
    assert {*drawn} <= {*people}


def test_another_week_draws_others() -> None:
    assert draw(range(1000), MONDAY) != draw(range(1000), date(2026, 7, 13))
