"""What is wrong with `content/amends.toml` is named by line."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons.amends import FILE, Offers, Range, Takes, worth_of_points
from bot.commons.content import Forms, Library
from bot.commons.coupons import Kinds
from tests.kit.amends import AMENDS, COUPONS
from tests.kit.desk import KNOWN


def problems(folder: Path, text: str) -> list[tuple[str, int, str]]:
    (folder / FILE).write_text(text, "utf-8")
    (folder / "coupons.toml").write_text(COUPONS, "utf-8")
    forms = Forms(tables={FILE: Offers, "coupons.toml": Kinds})
    library = Library.read(
        folder, forms=forms, audience=replace(KNOWN.audience, tiers=("时光挚友",))
    )
    return [(Path(one.path).name, one.line, one.message) for one in library.problems]


def test_a_good_file_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, AMENDS) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('coupon = "coffee"', 'coupon = "tea"', 7, 'no coupon "tea"'),
        ('coupon = "coffee"', 'coupon = "care"', 7, "takes off per cent"),
        ('coupon = "coffee"', "worth_fen = 5", 4, "coupon goes with"),
        ('what = "points"', 'what = "gold"', 11, "gold"),
        ('what = "points"', 'what = "gift"', 9, "needs worth_fen"),
        ('what = "points"', 'what = "points"\nworth_fen = 5', 12, "leave worth_fen out"),
        ("alone_fen = 5000", "alone_fen = 50000", 17, "more than most_fen"),
        ("alone_fen = 5000", "alone_fen = -1", 17, "alone_fen"),
        ("alone_fen = 5000", "alone_fen = 1\ncolour = 1", 18, "colour"),
        ('tiers = ["时光挚友"]\n', "", 19, "two [[limit]]"),
        ('tiers = ["时光挚友"]', 'tiers = ["神仙"]', 20, "神仙"),
        ('name = "keep"', 'name = "coffee"', 12, "coffee"),
    ],
    ids=[
        *("no such coupon", "worth unknown", "no coupon", "unknown", "gift", "worth", "too much"),
        *("below nothing", "unknown key", "two limits", "no such tier", "twice"),
    ],
)
def test_what_is_wrong_is_named_by_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    found = problems(tmp_path, AMENDS.replace(old, new, 1))

    assert [(path, at) for path, at, _ in found][:1] == [(FILE, line)]
    assert words in found[0][2]


def test_kinds_without_a_limit_for_everybody_are_refused(tmp_path: Path) -> None:
    [(_, line, words)] = problems(tmp_path, AMENDS.partition("[[limit]]")[0])

    assert line == 3
    assert "no limit for all other tiers" in words


def test_what_is_used_and_the_month_narrow_the_range() -> None:
    found = Range("", 5000, 20_000, 4000, month_left_fen=800, points_per_yuan=100, offers=())

    assert (found.left_alone_fen, found.left_fen) == (800, 16_000)
    assert [found.takes(fen) for fen in (800, 801, 16_000, 16_001)] == [
        *(Takes.NOTHING, Takes.SUPERVISOR, Takes.SUPERVISOR, Takes.NEVER)
    ]
    assert worth_of_points(1, 300) == 1
