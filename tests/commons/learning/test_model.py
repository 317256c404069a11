"""The classifier: its file, what it says, and that nothing breaks without it."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons.detection import Detector, Evidence, Label, Role, Turn
from bot.commons.learning import model
from bot.commons.learning.features import counts, folded
from bot.commons.learning.model import BadWeights, Weights
from bot.commons.learning.versions import Versions, classifier

SHIPPED = model.read(model.SHIPPED)


def small() -> Weights:
    """Return a model that knows three pieces."""
    return Weights(
        {"差": 0, "很差": 1, "早": 2},
        [2.0, 4.0, 1.0],
        {"escalate": [100.0, 200.0, -300.0]},
        {"escalate": 0.01},
        {"escalate": {"rules": 2.0}},
        {"escalate": -1.0},
        {"version": "small"},
    )


def test_the_shipped_file_is_small_and_names_itself() -> None:
    assert model.SHIPPED.stat().st_size <= model.MOST_BYTES
    assert SHIPPED.version != "unnamed"
    assert set(SHIPPED.columns) == set(model.HEADS)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    model.write(tmp_path / "small.bin", small())

    read = model.read(tmp_path / "small.bin")

    for text in ("很差", "早", "无关", ""):
        said = Evidence(text, rules_score=0.3)
        assert read.logits(said)["escalate"] == pytest.approx(
            small().logits(said)["escalate"], abs=0.02
        )
    assert read.version == "small"


@pytest.mark.parametrize("place", [0, 40, -1], ids=["the beginning", "the header", "the end"])
def test_a_damaged_file_is_refused(tmp_path: Path, place: int) -> None:
    path = tmp_path / "weights.bin"
    model.write(path, small())
    whole = bytearray(path.read_bytes())
    whole[place] ^= 0xFF
    path.write_bytes(whole)

    with pytest.raises(BadWeights, match=r"weights\.bin"):
        model.read(path)


@given(st.binary(max_size=300))
def test_no_bytes_make_another_error(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.mktemp("weights") / "any.bin"
    path.write_bytes(body)

    with pytest.raises(BadWeights):
        model.read(path)


def test_the_shipped_model_stands_in_for_a_damaged_one(tmp_path: Path) -> None:
    versions = Versions(tmp_path)
    kept = versions.keep(small())
    versions.path(kept.name).write_bytes(b"nothing")

    found = classifier(tmp_path)

    assert found is not None
    assert found.version == SHIPPED.version


def test_without_any_weights_the_rules_work_alone(tmp_path: Path) -> None:
    found = classifier(None, shipped=tmp_path / "missing.bin")

    assert found is None
    assert Detector(None, found).detect([Turn(Role.USER, "转人工")]).alerts


@settings(max_examples=60, deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_every_text_gets_finite_numbers(text: str, earlier: list[str]) -> None:
    said = SHIPPED.logits(Evidence(text, earlier))

    assert set(said) == set(model.HEADS)
    assert all(map(math.isfinite, said.values()))


@pytest.mark.parametrize(
    ("text", "rings"),
    [
        ("这件大衣的袖口线头一大把，领子也是歪的，真失望", True),
        ("等了十来天连个影子都没有，客服也没人理", True),
        ("今天阳光真好，适合出门拍照", False),
        ("请问这条裙子有没有S码", False),
        ("店员帮我挑了一下午，太满意了", False),
    ],
)
def test_it_tells_complaints_from_talk(text: str, *, rings: bool) -> None:
    assert Detector(None, SHIPPED).detect([Turn(Role.USER, text)]).alerts is rings


def test_figures_are_folded_but_for_telephone_numbers_that_mean_something() -> None:
    assert folded("398元,12315,7天") == "000元,12315,0天"


def test_what_was_said_before_counts_less() -> None:
    found = counts(Evidence("退", ("钱",)))

    assert found["退"] > found["钱"] > 0


def test_labels_have_heads_of_their_own() -> None:
    said = SHIPPED.logits(Evidence("大家早上好呀"))

    assert max(Label, key=lambda label: said[label]) is Label.CHITCHAT
