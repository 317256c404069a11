"""One row of two, when two members turn out to be one."""

from bot.kernel.merging import earlier, later

HERS = {"at": 1, "points": 5}
GONE = {"at": 2, "points": 5}


def test_the_earlier_row_is_picked_whosever_it_is() -> None:
    assert earlier("at")(HERS, GONE) == earlier("at")(GONE, HERS) == HERS


def test_the_later_row_is_picked_whosever_it_is() -> None:
    assert later("at")(HERS, GONE) == later("at")(GONE, HERS) == GONE


def test_of_equal_rows_hers_who_stays_is_picked() -> None:
    assert earlier("points")(GONE, HERS) is later("points")(GONE, HERS) is GONE
