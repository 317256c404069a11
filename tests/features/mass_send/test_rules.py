"""How many mass sends one may get, since when they count, and who sends them to a customer."""

from datetime import date, timedelta

import pytest

from bot.commons.customers import Friend
from bot.features.mass_send.rules import has_tags, quota_of, sender_of
from bot.kernel.abilities import SendQuota
from tests.kit.rooms import NOON


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (date(2026, 2, 28), 28),
        (date(2028, 2, 1), 29),
        (date(2026, 4, 30), 30),
        (date(2026, 12, 31), 31),
    ],
)
def test_a_month_allows_as_many_as_it_has_days(day: date, days: int) -> None:
    assert quota_of(SendQuota.DAYS_OF_MONTH, day) == (days, day.replace(day=1))


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2026, 12, 31), date(2027, 1, 3)])
def test_a_week_begins_on_monday(day: date) -> None:
    assert quota_of(SendQuota.SEVEN_PER_WEEK, day) == (7, date(2026, 12, 28))


def test_a_day_allows_one() -> None:
    assert quota_of(SendQuota.ONE_PER_DAY, date(2027, 1, 1)) == (1, date(2027, 1, 1))


def friend(colleague: str, days: int) -> Friend:
    return Friend("wm1", colleague, "", NOON - timedelta(days=days))


def test_who_is_preferred_sends_else_who_has_known_her_longest() -> None:
    known = [friend("anna", 1), friend("bella", 9), friend("carla", 9)]

    assert sender_of(known, ()).colleague == "bella"
    assert sender_of(known, ("nobody", "Anna", "carla")).colleague == "anna"


def test_tags_of_a_group_are_either_and_of_groups_are_both() -> None:
    hers = [frozenset({"a"}), frozenset({"c"})]

    assert has_tags(hers, ())
    assert has_tags(hers, [frozenset({"a", "b"}), frozenset({"c"})])
    assert not has_tags(hers, [frozenset({"a"}), frozenset({"d"})])
