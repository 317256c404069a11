"""Numbers in addresses and forms: what somebody typed is never trusted to be one."""

import pytest

from bot.kernel.console import number_in


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
