"""Every picture: the same bytes each time, light, sharp enough for a phone, whatever is in it."""

import io
from collections.abc import Sequence
from datetime import date

import pytest
from PIL import Image

from bot.commons import pictures
from bot.commons.pictures import (
    Certificate,
    DayMark,
    Drawing,
    MonthCalendar,
    PollChart,
    PollOption,
    QrSheet,
    Ranking,
    RankRow,
    StreakPoster,
)
from bot.commons.pictures.canvas import ACCENT, CARD, GOLD, INK, PAPER, QUIET, Ink
from tests.kit.media import HTML, jpeg, png

DAY = date(2026, 8, 24)
LONG = "很长" * 500
HOSTILE = "\u202e<script>🌸\u200d=HYPERLINK()\n\n\0"
MARKS = (*DayMark, *[DayMark.DONE] * 26)


def drawings(words: str, number: int) -> Sequence[Drawing]:
    """Return one of each kind, filled with the same."""
    option = PollOption(words, number, is_winner=True, picture="a" * 64)
    row = RankRow(max(number, 1), words, words, is_own=True)
    return (
        MonthCalendar(words, DAY.replace(day=1), MARKS, 3, number, number, number, words),
        StreakPoster(words, number, DAY, words, words),
        PollChart(words, words, (option,) * 3, number, words, words),
        Ranking(words, words, (row,) * 3, words, row, words),
        Certificate(words, words, words, DAY, words, words),
        QrSheet(words, words, "https://bot.example/m/salons/door?salon=7", words, words, words),
    )


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["PNG"]).convert("RGB")


@pytest.mark.parametrize("number", [0, 1, 7, 100, 99_999_999])
@pytest.mark.parametrize(
    "words", ["", "拾光衣橱", LONG, HOSTILE], ids=["none", "some", "long", "odd"]
)
def test_whatever_is_in_it_it_can_be_drawn_and_is_light(words: str, number: int) -> None:
    for drawing in drawings(words, number):
        content = pictures.draw(drawing)

        assert len(content) <= 200 * 1024
        assert seen(content).width == 750


@pytest.mark.parametrize("drawing", drawings("阿梅🌸", 42), ids=lambda drawing: drawing.kind)
def test_the_same_description_is_the_same_picture(drawing: Drawing) -> None:
    again = pictures.drawing_json.validate_json(pictures.written(drawing))

    assert again == drawing
    assert pictures.key_of(again) == pictures.key_of(drawing)
    assert pictures.draw(again) == pictures.draw(drawing)


def test_another_day_is_another_picture() -> None:
    marks = [DayMark.TO_COME] * 31
    blank = MonthCalendar("拾光衣橱", DAY.replace(day=1), tuple(marks))
    marks[23] = DayMark.DONE
    done = MonthCalendar("拾光衣橱", DAY.replace(day=1), tuple(marks))

    assert pictures.key_of(done) != pictures.key_of(blank)
    assert pictures.draw(done) != pictures.draw(blank)


def test_a_done_day_is_filled_and_a_day_to_come_is_not() -> None:
    marks = [DayMark.TO_COME] * 30
    marks[0] = DayMark.DONE
    june = seen(pictures.draw(MonthCalendar("", date(2026, 6, 1), tuple(marks))))  # a Monday

    def near(colour: object, wanted: Ink) -> bool:
        return (
            isinstance(colour, tuple)
            and max(abs(one - other) for one, other in zip(colour, wanted, strict=True)) <= 8
        )

    step, y = (750 - 2 * 58) / 7, 128 + 72 + 44
    first, second = (round(58 + (day + 0.5) * step) for day in range(2))
    assert near(june.getpixel((first - 28, y)), ACCENT)
    assert near(june.getpixel((second - 28, y)), CARD)


def test_pictures_of_options_are_shown_and_what_is_none_is_a_quiet_tile() -> None:
    red = (224, 96, 96)
    files = {"a" * 64: png(40, 30), "b" * 64: HTML, "c" * 64: jpeg()}
    options = tuple(PollOption("x", 1, picture=digest) for digest in (*files, "d" * 64))
    chart = PollChart("拾光衣橱", "一", options, 4)
    shown = seen(pictures.draw(chart, lambda digest: io.BytesIO(files.get(digest, b""))))
    left, top = 52, 92 + 52 + 20 + 18

    assert shown.getpixel((left + 42, top + 42)) == red
    assert shown.getpixel((left + 42, top + 118 + 42)) != red
    assert seen(pictures.draw(chart)).getpixel((left + 42, top + 42)) != red


def test_a_bar_is_as_long_as_its_share() -> None:
    def filled(votes: int) -> int:
        chart = PollChart("", "一", (PollOption("x", votes),), 100)
        picture = seen(pictures.draw(chart))
        y = 92 + 52 + 20 + 70 + 11
        row = [picture.getpixel((x, y)) for x in range(750)]
        return sum(isinstance(dot, tuple) and dot[2] < 120 for dot in row)

    assert filled(0) == 0
    assert filled(1) > 0
    assert abs(filled(50) - 323) < 8
    assert abs(filled(100) - 646) < 8
    assert filled(1000) == filled(100)


def test_lists_and_charts_of_any_length_end_somewhere() -> None:
    rows = tuple(RankRow(place, f"会员{place}", "1 天") for place in range(1, 1000))
    options = tuple(PollOption(f"选项{number}", number) for number in range(1000))

    for drawing in (
        Ranking("", "榜", rows),
        PollChart("", "票", options, 9),
        Ranking("", "空", ()),
    ):
        content = pictures.draw(drawing)
        assert seen(content).height < 5000
        assert len(content) <= 200 * 1024


def test_an_address_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pictures.draw(QrSheet("", "", "x" * 5000))


def test_words_can_be_read_on_what_is_behind_them() -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    pairs = [(INK, CARD), (INK, PAPER), (QUIET, CARD), (QUIET, PAPER), (ACCENT, CARD)]

    for ink, behind in [*pairs, (ACCENT, PAPER), (CARD, ACCENT)]:
        dark, light = sorted(map(_luminance, (ink, behind)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, behind)
    assert (_luminance(CARD) + 0.05) / (_luminance(GOLD) + 0.05) >= 3  # a mark, not a word


def _luminance(ink: Ink) -> float:
    parts = [part / 255 for part in ink]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
