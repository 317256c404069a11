"""What advisors say is learned, little by little, and can be taken back."""

from datetime import date
from pathlib import Path

import pytest

from bot.commons.detection import Detector, Evidence, Label, Role, Turn
from bot.commons.learning import model
from bot.commons.learning.examples import Example, learned
from bot.commons.learning.model import Weights
from bot.commons.learning.train import train
from bot.commons.learning.versions import SHIPPED, NothingBefore, Versions

DAY = date(2026, 11, 26)
RULES = Detector()
BEGAN = model.read(model.SHIPPED)
FEW = learned()[::40]
MISSED = "这小票上的数字我看了三遍都糊涂"


def example(text: str, label: Label) -> Example:
    """Return a message as an advisor judged it."""
    return Example([Turn(Role.USER, text)], label is Label.COMPLAINT, label, 1)


def taught(*feedback: Example) -> Weights:
    """Return the shipped model after this feedback."""
    return train(BEGAN, FEW, feedback, rules=RULES, day=DAY)


def score(weights: Weights, text: str) -> float:
    """Return the log-odds that a human is needed."""
    return weights.logits(RULES.evidence_of([Turn(Role.USER, text)]))["escalate"]


def test_what_was_missed_is_found_the_next_time() -> None:
    after = taught(*[example(MISSED, Label.COMPLAINT)] * 3)

    assert score(after, MISSED) > score(BEGAN, MISSED) + 0.5


def test_a_false_alarm_rings_less() -> None:
    said = "售后态度太差了，没人理"

    assert score(taught(*[example(said, Label.NEGATIVE_OTHER)] * 3), said) < score(BEGAN, said)


def test_other_words_stay_nearly_as_they_were() -> None:
    after = taught(example(MISSED, Label.COMPLAINT))

    for text in ("今天天气不错", "袖子开线了", "有没有大码"):
        assert score(after, text) == pytest.approx(score(BEGAN, text), abs=0.5)


def test_without_feedback_nothing_changes() -> None:
    assert score(taught(), MISSED) == pytest.approx(score(BEGAN, MISSED), abs=0.05)


def test_new_words_are_taken_up() -> None:
    after = taught(*[example("龘靐齉爩", Label.COMPLAINT)] * 2)

    assert "龘靐" in after.pieces
    assert "龘靐" not in BEGAN.pieces


def test_the_same_feedback_makes_the_same_model() -> None:
    said = Evidence("发错了")

    assert taught().logits(said) == taught().logits(said)


def test_versions_are_kept_and_stepped_back(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    assert versions.current().name == SHIPPED

    first, second = versions.keep(BEGAN), versions.keep(BEGAN)
    assert (first.name, second.name, second.before) == ("0001", "0002", "0001")

    assert versions.rollback().name == "0001"
    assert versions.rollback().name == SHIPPED
    with pytest.raises(NothingBefore):
        versions.rollback()
    assert list(versions.names()) == [SHIPPED, "0001", "0002"]


def test_a_version_that_is_damaged_can_be_left(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    versions.path(versions.keep(BEGAN).name).write_bytes(b"")

    assert versions.rollback().name == SHIPPED
