"""The examples that come with the house, and lines that are none."""

from pathlib import Path

import pytest

from bot.commons.detection import Detector, Label
from bot.commons.detection.words import plain
from bot.commons.learning import examples
from bot.commons.learning.train import measure
from bot.commons.learning.versions import classifier
from bot.kernel.errors import FileProblem

SHIPPED = Detector(None, classifier(None))


def words(example: examples.Example) -> str:
    """Return what was said, as it is compared."""
    return "|".join(f"{turn.role}:{plain(turn.text)}" for turn in example.turns)


def test_frozen_examples_are_never_learned_from() -> None:
    learned, frozen = map(words, examples.learned()), map(words, examples.frozen())

    assert not set(learned) & set(frozen)


def test_every_label_is_among_the_frozen_ones() -> None:
    assert {example.label for example in examples.frozen()} == set(Label)


def test_the_shipped_detector_keeps_its_figures() -> None:
    found = measure(SHIPPED, examples.frozen())

    assert found.severe_recall >= 0.92
    assert found.recall >= 0.6
    assert found.digest_recall >= 0.8
    assert found.false_alarms <= 0.08


@pytest.mark.parametrize(
    ("label", "least"),
    [(Label.HUMAN_REQUEST, 0.95), (Label.SAFETY, 0.95), (Label.HIGH_VALUE, 0.8)],
)
def test_the_shipped_detector_finds_what_must_not_be_missed(label: Label, least: float) -> None:
    these = [each for each in examples.frozen() if each.label == label and each.escalate]
    rang = [each for each in these if SHIPPED.detect(each.turns).alerts]

    assert len(rang) / len(these) >= least


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "allowed: an object"),
        ("{", "no JSON"),
        ('{"label": "faq", "severity": 0}', "text, turns"),
        ('{"text": " ", "label": "faq"}', "no word of a user"),
        ('{"text": "好", "label": "fqa"}', "label"),
        ('{"text": "好", "label": ["faq"]}', "label"),
        ('{"text": "好"}', "escalate"),
        ('{"text": "好", "label": "faq", "severity": 9}', "severity"),
        ('{"turns": [{"role": "boss", "text": "好"}], "escalate": true}', "role"),
        ('{"turns": [{"role": {}, "text": "好"}], "escalate": true}', "role"),
    ],
)
def test_a_line_that_is_no_example_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "feedback.jsonl"
    path.write_text(f'{{"text": "好", "escalate": false}}\n{line}\n', encoding="utf-8")

    with pytest.raises(FileProblem, match=r"feedback\.jsonl:2: \[bad-example]") as found:
        examples.read(path)

    assert said in str(found.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="can't be read"):
        examples.read(tmp_path / "none.jsonl")
