"""Numbers in addresses and forms: what somebody typed is never trusted to be one."""

from zoneinfo import ZoneInfo

import pytest

from bot.kernel.console import instant_in, number_in


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("7", 7),
        ("007", 7),
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        ("9" * 5000, None),
        ("0", None),
        ("-7", None),
        ("7.0", None),
        (" 7", None),
        ("７", None),
        ("²", None),
        ("", None),
        ("seven", None),
    ],
)
def test_only_a_number_that_a_database_has_is_one(word: str, number: int | None) -> None:
    assert number_in(word) == number


@pytest.mark.parametrize(
    ("word", "at"),
    [
        ("2026-08-24T22:00", "2026-08-24T22:00:00+08:00"),
        (" 2026-08-24T22:00:30 ", "2026-08-24T22:00:30+08:00"),
        ("0001-01-01T00:00", None),
        ("9999-12-31T23:59", "9999-12-31T23:59:00+08:00"),
        ("2026-02-30T22:00", None),
        ("", None),
        ("soon", None),
    ],
)
def test_a_form_holds_an_instant_by_the_clock_on_the_wall_or_none(
    word: str, at: str | None
) -> None:
    found = instant_in(word, ZoneInfo("Asia/Shanghai"))

    assert (found and found.isoformat()) == at
