"""A row is changed as a hand would do it: nothing else in the file moves."""

import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.rowforms.fields import Field, Sort, held, said
from bot.commons.rowforms.rows import NotByForm, drop_row, put_row, rows_of

FILE = """\
# what members earn

[[rule]]
name = "spend"                # once
points = 1

# on the 18th
[[double]]
name = "day"

[[rule]]
name = "say"
[rule.segment]
days = 3
"""

ROWS = st.dictionaries(
    st.text(string.ascii_lowercase, min_size=1, max_size=5),
    st.one_of(st.text(), st.integers(0, 99), st.booleans(), st.lists(st.text(), max_size=3)),
    max_size=4,
)


def test_a_row_is_changed_and_the_rest_stays_as_it_was() -> None:
    changed = put_row(FILE, "rule", {"name": "spend", "points": 2}, at=0)

    assert changed == FILE.replace(
        'name = "spend"                # once\npoints = 1', 'name = "spend"\npoints = 2'
    )


def test_a_row_is_added_at_the_end_also_of_no_file() -> None:
    assert put_row("", "rule", {"name": "a", "points": None}) == '[[rule]]\nname = "a"\n'
    assert put_row(FILE, "rule", {"name": "a"}) == FILE + '\n[[rule]]\nname = "a"\n'


def test_a_row_is_taken_out_with_its_inner_tables() -> None:
    assert drop_row(FILE, "rule", at=1) == FILE.partition('\n[[rule]]\nname = "say"')[0]
    assert "# on the 18th\n[[double]]" in drop_row(FILE, "rule", at=0)


@pytest.mark.parametrize(
    "text",
    ['rule = [{ name = "a" }]\n', 'x = """\n[[rule]]\n"""\n[[rule]]\nname = "a"\n', "x = [\n"],
    ids=["inline", "in a text", "broken"],
)
def test_what_only_a_hand_can_change_is_left_alone(text: str) -> None:
    with pytest.raises(NotByForm):
        put_row(text, "rule", {"name": "b"}, at=0)


def test_a_row_with_a_table_in_it_is_left_to_a_hand() -> None:
    with pytest.raises(NotByForm):
        put_row(FILE, "rule", {"name": "say", "segment": {"days": 4}}, at=1)


@given(ROWS, ROWS)
def test_whatever_a_row_holds_it_is_read_back(
    first: dict[str, object], then: dict[str, object]
) -> None:
    text = put_row(put_row(FILE, "rule", first), "rule", then, at=2)

    assert rows_of(text, "rule")[2] == then
    assert tomllib.loads(drop_row(text, "rule", at=2)) == tomllib.loads(FILE)


@pytest.mark.parametrize(
    ("sort", "text"),
    [
        (Sort.NUMBER, "-5"),
        (Sort.NUMBER, "1.5"),
        (Sort.NUMBER, "5²"),
        (Sort.NUMBER, "9" * 19),
        (Sort.NUMBERS, "1 x"),
        (Sort.YUAN, "1.234"),
        (Sort.YUAN, "-1"),
        (Sort.YUAN, "NaN"),
        (Sort.YUAN, "1e999999999"),
        (Sort.DATE, "2026-02-30"),
    ],
)
def test_what_is_no_such_thing_is_marked_and_stays_as_typed(sort: Sort, text: str) -> None:
    found = said(Field("key", sort), {"key": text})

    assert (found.is_bad, found.text, found.value) == (True, text, None)


@pytest.mark.parametrize(
    ("sort", "text", "value"),
    [
        (Sort.YUAN, "32.5", 3250),
        (Sort.WORDS, "a，b、c d", ["a", "b", "c", "d"]),
        (Sort.NUMBERS, "8 18", [8, 18]),
        (Sort.CHECK, "1", True),
        (Sort.TEXT, "", None),
    ],
)
def test_a_field_becomes_what_stands_in_the_row(sort: Sort, text: str, value: object) -> None:
    assert said(Field("key", sort), {"key": text}).value == value


def test_yuan_and_choices_are_shown_as_they_are_typed() -> None:
    assert held(Field("key", Sort.YUAN), {"key": 3250}).text == "32.5"
    assert held(Field("key", Sort.SOME, ("a", "b")), {"key": ["b"]}).text == "b"
    assert said(Field("key", Sort.SOME, ("a", "b")), {"key.b": "1", "key.x": "1"}).value == ["b"]
