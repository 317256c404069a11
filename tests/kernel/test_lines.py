"""Where keys stand in a TOML text."""

import tomllib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kernel.lines import Lines

TEXT = '''
off = [  # what does not count
  "angry",
  "sad", "glad",
]
same = [
  ["发货", "寄出"],
  # slips
  ["尺码",
   "尺寸"]
]
rows = [{ a = [1, 2], b = 2 },
  { a = [] }]
said = """
key = 1
[not a table]
"""
[[kind]]
name = "a"
[[kind.part]]
x = 1
[[kind.part]]
x = 2
[[kind]]
[[kind.part]]
x = 3
[kind.more]
y = 1
'''


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (("off",), 2),
        (("off", 0), 3),
        (("off", 2), 4),
        (("same", 0), 7),
        (("same", 1), 9),
        (("same", 1, 1), 10),
        (("rows", 1), 13),
        (("rows", 0, "b"), 12),
        (("said",), 14),
        (("key",), 1),
        (("kind", 0, "name"), 19),
        (("kind", 0, "part", 1, "x"), 23),
        (("kind", 1, "part", 0, "x"), 26),
        (("kind", 1, "more", "y"), 28),
        (("kind", 2), 18),
    ],
)
def test_each_thing_has_a_line(at: Sequence[str | int], line: int) -> None:
    assert Lines(TEXT).of(at) == line


def test_a_list_in_the_last_row_is_no_table() -> None:
    text = 'same = [\n  ["a", "b"]\n]\nnothing = ["c"]\n'

    assert Lines(text, 5).of(("nothing", 0)) == 8


@given(st.text(st.sampled_from("ab=[]{},#\"'\n \\"), max_size=40))
def test_no_text_makes_an_error(text: str) -> None:
    assert Lines(text).of(("a", 0)) >= 1


@given(st.lists(st.lists(st.text("a\"'\n#[],\\"), max_size=3), max_size=3))
def test_what_follows_a_list_is_found(rows: list[list[str]]) -> None:
    quoted = [[f'"{_escaped(word)}"' for word in row] for row in rows]
    inside = ",\n".join(f"[{', '.join(row)}]" for row in quoted)
    text = f"rows = [\n{inside}\n]\nlast = 1\n"
    assert tomllib.loads(text)["rows"] == rows

    assert Lines(text).of(("last",)) == text.count("\n")


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
