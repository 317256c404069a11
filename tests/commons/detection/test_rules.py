"""The files of rules: the house's own is sound, and operators are told what is wrong in theirs."""

from pathlib import Path

import pytest

from bot import app as roof
from bot.commons.content import Library
from bot.commons.detection import Detector, OwnRules, Role, Turn, read_own
from bot.commons.detection.evidence import ASKS_FOR_HUMAN
from bot.commons.detection.matter import lists, shipped
from bot.commons.detection.patterns import MOST_WAYS, BadPattern, compiled, fill, ways_of
from bot.kernel.errors import FileProblem

NEW = """
[[rule]]
id = "mannequin"
family = "verdict"
pattern = "假人模特"
weight = 0.9
reason = "说到假人模特"
"""


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    """Return what `bot check` finds in `content/detection.toml`: line and rule."""
    (folder / "detection.toml").write_text(text, "utf-8")
    library = Library.read(folder, forms=roof.forms_of_rooms())
    return [(each.line, each.rule) for each in library.problems]


def score(detector: Detector, text: str) -> float:
    return detector.detect([Turn(Role.USER, text)]).score


def test_every_rule_of_the_house_says_why() -> None:
    for rule in shipped().rule:
        assert rule.reason, rule.id
        assert rule.label in ASKS_FOR_HUMAN, rule.id


def test_no_pattern_of_the_house_can_take_for_ever() -> None:
    files = shipped()
    written = [text for rule in files.rule for text in rule.written]
    written += [text for guard in files.guard for text in guard.patterns]
    written += [rule.unless for rule in files.rule if rule.unless]
    written += [guard.unless for guard in files.guard if guard.unless]

    assert max(ways_of(fill(text, lists())) for text in written) <= MOST_WAYS


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("退款", 1),
        ("退款|退货", 1),
        ("退.{0,4}款", 5),
        ("(?:好|很好)?差", 2),
        ("(?:a?b?){0,2}", 21),
    ],
)
def test_the_ways_of_a_pattern_are_counted(pattern: str, ways: int) -> None:
    assert ways_of(pattern) == ways


@pytest.mark.parametrize(
    "pattern",
    [
        "退.*款",
        "(a+)+b",
        "a{2,}",
        "(?:.{0,60}){0,60}x",
        r"(.)\1",
        "(?P<x>a)",
        "[",
        "a)",
        "",
        "x{0,3}",
        "<nobody>",
        "a" * 4000,
    ],
)
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compiled(fill(pattern, lists()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NEW, []),
        ('off = ["angry"]\n', []),
        ('off = ["angri"]\n', [(1, "unknown-rule")]),
        (NEW.replace("假人模特", "假.*人"), [(5, "bad-pattern")]),
        (NEW.replace("假人模特", "假(人"), [(5, "bad-pattern")]),
        (NEW.replace("pattern", "patern"), [(5, "unknown-key")]),
        (NEW.replace("0.9", "1.9"), [(6, "bad-value")]),
        (NEW.replace("verdict", "judgement"), [(4, "bad-value")]),
        (NEW.replace('reason = "说到假人模特"', ""), [(2, "missing-key")]),
        (NEW + NEW, [(9, "duplicate-name")]),
    ],
    ids=[
        "sound",
        "off",
        "unknown off",
        "endless",
        "no pattern",
        "typo",
        "weight",
        "family",
        "no reason",
        "twice",
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, text: str, found: list[tuple[int, str]]
) -> None:
    assert sorted(problems(tmp_path, text)) == found


def test_operators_add_and_replace_rules_and_turn_them_off(tmp_path: Path) -> None:
    (tmp_path / "detection.toml").write_text('off = ["fake", "fraud"]\n' + NEW, "utf-8")
    theirs = Detector(read_own(tmp_path))
    house = Detector()

    assert (score(theirs, "门口的假人模特"), score(house, "门口的假人模特")) == (0.9, 0)
    assert score(house, "收到假货") > score(theirs, "收到假货")


def test_a_rule_of_the_same_id_stands_in_the_place_of_the_houses_own() -> None:
    weaker = shipped().rule[0].model_copy(update={"weight": 0.1})
    mine = OwnRules(rule=(weaker,))

    assert score(Detector(mine), "我要转人工") < score(Detector(), "我要转人工")


def test_without_a_file_the_house_stands(tmp_path: Path) -> None:
    assert read_own(tmp_path) == OwnRules()


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "detection.toml").write_text("off = 1", "utf-8")

    with pytest.raises(FileProblem):
        read_own(tmp_path)
