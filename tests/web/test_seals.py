"""What a browser keeps for us is good for its purpose only, unchanged, and for its time."""

import pytest

from bot.web.seals import Seals
from tests.kit.rooms import TurnedClock

SECRET = b"s" * 32


def test_a_seal_is_good_for_its_purpose_only() -> None:
    seals = Seals(SECRET, TurnedClock())
    closed, signed = seals.close("login", ["a", "b"], valid_s=60), seals.sign("session", "abc")

    assert seals.open("login", closed) == ["a", "b"]
    assert seals.open("consent", closed) is None
    assert seals.read("session", signed) == "abc"
    assert seals.read("login", signed) == ""


def test_a_seal_is_over_after_its_time() -> None:
    clock = TurnedClock()
    seals = Seals(SECRET, clock)
    closed = seals.close("login", ["a"], valid_s=60)
    clock.tick(seconds=60)
    assert seals.open("login", closed) == ["a"]
    clock.tick(seconds=1)
    assert seals.open("login", closed) is None


@pytest.mark.parametrize("spoil", [lambda text: "x" + text, lambda text: text + "x", lambda _: ""])
def test_what_was_changed_or_sealed_by_others_is_nothing(spoil: object) -> None:
    assert callable(spoil)
    seals = Seals(SECRET, TurnedClock())
    closed = seals.close("login", ["a"], valid_s=60)

    assert seals.open("login", str(spoil(closed))) is None
    assert Seals(b"t" * 32, TurnedClock()).open("login", closed) is None
