"""Challenges come from files, and stand still once somebody takes part."""

import pytest

from bot.commons.audience import KnownAudience
from bot.commons.content import Library
from tests.features.challenges.conftest import FORMS, GIFT, HEAD, KINDS, WEEK, Arena


def problems(arena: Arena, matter: str) -> list[tuple[str, int]]:
    arena.desk.post("challenges/a.md", "一起。", matter, HEAD)
    library = Library.read(arena.desk.content, forms=FORMS, audience=KnownAudience())
    return [(each.rule, each.line) for each in library.problems]


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (("days_needed = 5", "days_needed = 8"), [("bad-value", 7)]),
        (("days_needed = 5", "days_needed = 0"), [("bad-value", 7)]),
        (("days_needed = 5", "days_needed = 1.5"), [("wrong-type", 7)]),
        (("2026-08-30", "2026-08-23"), [("bad-date", 6)]),
        (("2026-08-30", "2028-08-23"), [("bad-date", 6)]),
        (("days_needed = 5\n", ""), [("missing-key", 2)]),
        (("days_needed = 5", "days_needed = 5\nsurprise = 1"), [("unknown-key", 8)]),
        (("days_needed = 5", 'days_needed = 5\naudience = "tier:没有"'), [("unknown-tier", 8)]),
    ],
)
def test_a_mistake_is_named_with_its_line(
    arena: Arena, changed: tuple[str, str], found: list[tuple[str, int]]
) -> None:
    assert problems(arena, WEEK.replace(*changed)) == found


@pytest.mark.parametrize(
    "wrong",
    ["[reward]\npoints = -1\n", "[reward]\nmoney = 1\n", '[winner]\nby = "votes"\n', "[winner]\n"],
)
def test_a_wrong_reward_is_a_mistake(arena: Arena, wrong: str) -> None:
    assert len(problems(arena, WEEK + wrong)) == 1


def test_a_right_file_has_none(arena: Arena) -> None:
    assert problems(arena, WEEK + GIFT + '[winner]\nby = "first_done"\n') == []


def test_rewards_for_sharing_are_refused(arena: Arena) -> None:
    arena.desk.post("challenges/a.md", "晒到朋友圈送积分", WEEK, HEAD)
    library = Library.read(arena.desk.content, forms=FORMS)
    assert [each.rule for each in library.problems] == ["share-for-reward"]


def test_until_somebody_takes_part_it_follows_its_file(arena: Arena) -> None:
    arena.writes(WEEK)
    arena.writes(WEEK.replace("days_needed = 5", "days_needed = 3"))
    assert arena.view().terms.days_needed == 3
    (arena.desk.content / "challenges" / "a.md").unlink()
    arena.runs("challenges.files")
    assert arena.view().state == "withdrawn"
    assert "没有编号 101" in arena.says("amei", "参加 101")[0]
    arena.writes(WEEK)
    assert arena.view().state == "open"


def test_from_then_on_only_its_words_do(arena: Arena) -> None:
    arena.writes(WEEK + GIFT)
    arena.says("amei", "参加")
    arena.writes(WEEK.replace("早起", "晨读").replace("days_needed = 5", "days_needed = 1"))
    view = arena.view()
    assert (view.title, view.terms.days_needed, view.terms.reward.points) == ("晨读一周", 5, 50)
    assert "没有采用" in arena.notices()
    (arena.desk.content / "challenges" / "a.md").unlink()
    arena.runs("challenges.files")
    assert arena.view().state == "open"
    assert "不见了" in arena.notices()


def test_a_coupon_that_is_not_there_keeps_it_away(arena: Arena) -> None:
    arena.writes(WEEK + '[reward]\ncoupon = "card"\n')
    assert arena.store.count("challenges") == 0
    assert "找不到" in arena.notices()
    arena.desk.write("coupons.toml", KINDS)
    arena.runs("challenges.files")
    assert arena.view().kinds[0].title == "季度穿搭VIP卡"


def test_a_broken_file_leaves_the_challenge_as_it_is(arena: Arena) -> None:
    arena.writes(WEEK)
    arena.writes(WEEK + "surprise = 1\n")
    assert arena.view().state == "open"
