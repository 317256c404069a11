"""Badges that a challenge promises: given with it, once, named as it is."""

import pytest

from bot.kernel.events import ChallengeCompleted, ChallengeWon
from tests.kit.market import Market

PROMISED = '[[badge]]\ncode = "early"\ntitle = "早起的人"\npromised = true\n'


def test_who_completes_a_challenge_has_the_badge_that_it_promises(market: Market) -> None:
    market.writes("badges.toml", PROMISED)
    her = market.member("amei")
    market.happens(ChallengeCompleted(her, 3, "早起一周", "early"), times=3)
    market.happens(ChallengeWon(her, 3, "早起一周", "early"))
    market.happens(ChallengeCompleted(market.member("lily"), 3, "早起一周", ""))
    market.runs("badges.backfill")
    assert "早起的人" in str(market.says("amei", "我的勋章"))
    assert "还没有勋章" in str(market.says("lily", "我的勋章"))
    assert market.store.count("badge_grants") == 1


@pytest.mark.parametrize(
    "file", ["", PROMISED.replace("early", "late"), PROMISED.replace("early", "?")]
)
def test_a_promise_is_kept_whatever_the_file_says(market: Market, file: str) -> None:
    market.writes("badges.toml", file)
    market.happens(ChallengeCompleted(market.member("amei"), 3, "早" * 60, "Ear ly" * 10))
    assert "早早" in str(market.says("amei", "我的勋章"))


def test_a_badge_is_promised_or_earned_not_both(market: Market) -> None:
    market.writes("badges.toml", PROMISED + 'on = "checkin"\n')
    assert "missing-key" in market.problems()[0]
    market.writes("badges.toml", PROMISED + 'on = "checkin"\ntimes = 3\n')
    assert "missing-key" in market.problems()[0]
