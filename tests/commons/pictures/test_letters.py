"""What people call themselves can always be drawn, on one line, as wide as there is room."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons.pictures.letters import NEUTRAL, drawable, fitted, lines, width


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("阿梅", "阿梅"),
        ("陳麗華 Amélie", "陳麗華 Amélie"),
        ("🌸🌸阿梅🌸", "☆阿梅☆"),
        ("👩‍👩‍👧‍👦", "☆"),
        ("🐰👍🏽🇨🇳", "☆"),
        ("مرحبا", "☆"),
        ("\u202eabc\u202c", "abc"),
        ("a\u200b\u200d\ufeff\ufe0fb", "ab"),
        ("𝓐𝓶𝔂①", "Amy①"),
        ("a\n\t  b", "a b"),
        ("e\u0301", "é"),
        ("\ud800x", "x"),
        ("\U0010fffd", ""),
        ("   ", ""),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_names_are_drawn_with_what_the_font_has(said: str, drawn: str) -> None:
    assert drawable(said) == drawn


@pytest.mark.parametrize("charset", ["gb2312", "ascii"])
def test_the_font_has_the_whole_character_set(charset: str) -> None:
    codes = [bytes([high, low]) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    if charset == "ascii":
        codes = [bytes([code]) for code in range(0x21, 0x7F)]
    characters = b"".join(codes).decode(charset, errors="ignore")

    assert len(characters) in {6763, 94}
    assert [char for char in characters if drawable(char) != char] == []


@given(st.text(), st.integers(40, 600))
@settings(max_examples=60, deadline=None)
def test_one_line_is_never_wider_than_its_room(said: str, room: int) -> None:
    line = fitted(said, 30, room)

    assert width(line, 30) <= room
    assert "\n" not in line


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert fitted("一个特别特别长的名字", 30, 150) == "一个特别…"


@given(st.text(alphabet="天地玄黄，。 ab🌸\n", max_size=80))
@settings(max_examples=60, deadline=None)
def test_lines_hold_all_words_or_say_that_they_do_not(said: str) -> None:
    many, few = lines(said, 30, 200, 1000), lines(said, 30, 200, 2)
    words = "".join(map(drawable, said.splitlines())).replace(" ", "")

    assert "".join(many).replace(" ", "") == words
    assert len(few) <= 2
    assert "".join(few).replace(" ", "") == words or few[-1].endswith("…")


def test_no_line_begins_with_a_comma() -> None:
    assert lines("天地玄黄，宇宙洪荒", 30, 120, 9) == ["天地玄黄，", "宇宙洪荒"]


def test_the_neutral_sign_is_in_the_font() -> None:
    assert drawable(NEUTRAL) == NEUTRAL
