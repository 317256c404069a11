"""Rows of groups become what the platform says, whatever comes twice, late or not at all."""

from datetime import datetime, timedelta

import pytest

from bot.commons import groups
from bot.commons.groups import Applied, Change
from bot.commons.groups.applying import PRESENT as PEOPLE
from bot.commons.groups.listing import NEXT_DUE
from bot.commons.groups.reads import PEOPLE as EVERYBODY
from bot.kernel.customers import (
    GroupState,
    Handover,
    InGroup,
    JoinScene,
    LeaveHow,
    ListedGroup,
    Someone,
)
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store

CHAT = "wr1"
AMEI, LILY, LIHUA = (
    Someone("wm-amei", is_customer=True),
    Someone("wm-lily", is_customer=True),
    Someone("lihua", is_customer=False),
)
PRESENT = Statement("SELECT identity FROM group_members WHERE left_at IS NULL ORDER BY identity")
STAYS = Statement(
    "SELECT identity, scene, is_told, left_how, left_at FROM group_members ORDER BY id"
)


def there(
    *who: Someone, at: datetime = NOON, version: str = "v1", name: str = "一群"
) -> GroupState:
    people = [
        InGroup(one, at, JoinScene.CODE, name=f"名 {one.identity}", state="海报") for one in who
    ]
    return GroupState(CHAT, name, "lihua", NOON, people, version=version, admins=["wangfang"])


def present(store: Store) -> list[str]:
    return [str(name) for (name,) in store.do(lambda uow: uow.run(PRESENT))]


def apply(store: Store, state: GroupState, revision: int | None = None) -> Applied | None:
    return store.do(lambda uow: groups.apply(uow, state, revision=revision))


def due(store: Store) -> groups.DueGroup | None:
    return store.do(groups.next_due)


def joins(store: Store, *who: Someone, before: str, after: str) -> bool:
    change = Change(CHAT, who, store.clock.now(), before, after)
    return store.do(lambda uow: groups.joined(uow, change, JoinScene.INVITED))


def leaves(
    store: Store, *who: Someone, before: str, after: str, at: datetime | None = None
) -> bool:
    change = Change(CHAT, who, at or store.clock.now(), before, after)
    return store.do(lambda uow: groups.left(uow, change, LeaveHow.REMOVED))


def test_an_answer_makes_our_rows_equal_and_a_second_changes_nothing(store_on_both: Store) -> None:
    store = store_on_both
    assert apply(store, there(LIHUA, AMEI, LILY)) == Applied(joined=3)
    assert apply(store, there(LIHUA, AMEI, LILY)) == Applied()
    assert apply(store, there(LIHUA, AMEI, version="v2", name="二群")) == Applied(left=1)

    assert present(store) == ["lihua", "wm-amei"]
    row = store.do(lambda uow: groups.group(uow, CHAT))
    assert row is not None
    assert (row.name, row.owner, row.admins, row.is_open) == ("二群", "lihua", ["wangfang"], True)
    assert store.do(lambda uow: groups.owner_of(uow, CHAT)) == "lihua"
    counts = store.do(lambda uow: groups.counts_of(uow, CHAT))
    assert (counts.present, counts.customers, counts.went_this_week) == (2, 1, 1)


def test_whoever_came_back_unheard_has_two_stays(store: Store) -> None:
    apply(store, there(AMEI))
    later = NOON + timedelta(days=1)

    assert apply(store, there(AMEI, at=later)) == Applied(joined=1, left=1)
    assert len(store.do(lambda uow: groups.history(uow, CHAT, most=9))) == 3


def test_an_event_that_follows_is_applied_and_asked_about_later(store_on_both: Store) -> None:
    store = store_on_both
    apply(store, there(AMEI))

    assert joins(store, LILY, before="v1", after="v2")
    assert present(store) == ["wm-amei", "wm-lily"]
    assert due(store) is None
    store.clock.tick(seconds=5)
    assert due(store) is not None
    assert apply(store, there(AMEI, LILY, version="v2")) == Applied(changed=1)
    assert [row[2] for row in store.do(lambda uow: uow.run(STAYS))] == [1, 1]


def test_an_event_known_already_or_repeated_changes_nothing(store: Store) -> None:
    apply(store, there(AMEI))
    for _ in range(2):
        assert joins(store, LILY, before="v1", after="v2")
    assert leaves(store, AMEI, before="v2", after="v3")
    assert joins(store, LILY, before="x", after="v3")

    assert present(store) == ["wm-lily"]


@pytest.mark.parametrize("before", ["v0", "", "v7"])
def test_an_event_that_does_not_follow_makes_the_group_due_at_once(
    store: Store, before: str
) -> None:
    apply(store, there(AMEI))

    assert not joins(store, LILY, before=before, after="v9")
    assert present(store) == ["wm-amei"]
    assert due(store) is not None


def test_an_event_about_an_unknown_group_makes_it_due(store: Store) -> None:
    assert not joins(store, LILY, before="v1", after="v2")

    found = due(store)
    assert found is not None
    assert (found.chat_id, found.lags) == (CHAT, True)


def test_who_left_is_known_by_the_event_even_when_it_does_not_follow(store: Store) -> None:
    apply(store, there(AMEI, LILY))
    store.clock.tick(minutes=1)

    assert not leaves(store, AMEI, before="v5", after="v6")
    assert present(store) == ["wm-lily"]
    left = store.do(lambda uow: groups.history(uow, CHAT, most=1))[0]
    assert (left.identity, left.left_how) == ("wm-amei", "removed")


def test_a_late_goodbye_does_not_send_away_who_came_back(store: Store) -> None:
    apply(store, there(AMEI, at=NOON + timedelta(minutes=5), version="v3"))
    leaves(store, AMEI, before="v1", after="v2", at=NOON + timedelta(minutes=1))

    assert present(store) == ["wm-amei"]


def test_a_late_goodbye_explains_what_an_answer_had_shown(store: Store) -> None:
    apply(store, there(AMEI, LILY))
    store.clock.tick(hours=1)
    apply(store, there(LILY, version="v2"))
    leaves(store, AMEI, before="v1", after="v2", at=NOON + timedelta(minutes=3))

    left = store.do(lambda uow: groups.history(uow, CHAT, most=9))[0]
    assert (left.at, left.left_how) == (NOON + timedelta(minutes=3), "removed")


def test_an_answer_of_before_an_event_is_not_believed(store: Store) -> None:
    apply(store, there(AMEI))
    joins(store, LILY, before="v0", after="v2")
    found = due(store)
    assert found is not None

    assert apply(store, there(AMEI, version="v1"), found.revision) is None
    assert due(store) is None
    store.clock.tick(seconds=5)
    found = due(store)
    assert found is not None
    assert apply(store, there(AMEI, LILY, version="v2"), found.revision) == Applied(joined=1)
    assert due(store) is None


def test_an_answer_is_not_believed_when_something_came_in_meanwhile(store: Store) -> None:
    apply(store, there(AMEI))
    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT)], 1))
    found = due(store)
    assert found is not None
    assert joins(store, LILY, before="v1", after="v2")

    assert apply(store, there(AMEI), found.revision) is None
    assert present(store) == ["wm-amei", "wm-lily"]
    assert due(store) is not None


def test_after_the_lag_the_platform_is_right_whatever_an_event_said(store: Store) -> None:
    apply(store, there(AMEI))
    joins(store, LILY, before="v7", after="v8")
    store.clock.tick(seconds=6)
    found = due(store)
    assert found is not None

    assert apply(store, there(AMEI, version="v9"), found.revision) == Applied()
    assert due(store) is None


def test_a_clock_that_was_set_back_holds_no_answer_up(store: Store) -> None:
    apply(store, there(AMEI))
    joins(store, LILY, before="v7", after="v8")
    store.clock.tick(days=-1)
    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT)], 1))
    found = due(store)
    assert found is not None

    assert apply(store, there(AMEI, version="v9"), found.revision) == Applied()
    assert due(store) is None


def test_a_new_name_is_asked_for_when_the_answer_has_it(store: Store) -> None:
    apply(store, there(AMEI))
    store.do(lambda uow: groups.touched(uow, CHAT))
    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT)], 1))
    found = due(store)
    assert found is not None
    apply(store, there(AMEI), found.revision)
    assert due(store) is None

    store.clock.tick(seconds=5)
    assert due(store) is not None


def test_a_dismissed_group_keeps_its_past_and_can_come_back(store: Store) -> None:
    apply(store, there(AMEI))
    for _ in range(2):
        store.do(lambda uow: groups.dismissed(uow, CHAT, NOON, "event"))
    row = store.do(lambda uow: groups.group(uow, CHAT))
    assert row is not None
    assert (row.is_open, row.ended_at, present(store)) == (False, NOON, [])
    assert store.do(groups.count_open) == 0

    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT, Handover.OWNER_LEFT)], 1))
    apply(store, there(AMEI, at=NOON + timedelta(hours=1)))
    assert store.do(groups.count_open) == 1


def test_missing_groups_are_due_only_after_a_complete_listing(store: Store) -> None:
    apply(store, there(AMEI))
    store.do(lambda uow: groups.listed(uow, [ListedGroup("wr2")], 1))
    apply(store, GroupState("wr2", "", "lihua", NOON, ()))
    assert due(store) is None

    store.do(lambda uow: groups.end_listing(uow, 1))
    found = due(store)
    assert found is not None
    assert (found.chat_id, found.seen_round) == (CHAT, 0)


def test_a_listing_that_begins_again_makes_nothing_due_twice(store: Store) -> None:
    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT)], 1))
    apply(store, there(AMEI))
    store.do(lambda uow: groups.listed(uow, [ListedGroup(CHAT)], 1))

    assert due(store) is None


def test_old_stays_are_forgotten_and_present_ones_stay(store: Store) -> None:
    apply(store, there(AMEI, LILY))
    apply(store, there(LILY, version="v2"))
    store.clock.tick(days=366)

    assert store.do(lambda uow: groups.forget_left(uow, after_days=365, most=10)) == 1
    assert present(store) == ["wm-lily"]


def test_nobody_in_a_group_becomes_a_member(store: Store) -> None:
    apply(store, there(AMEI, LILY, LIHUA))

    assert store.count("members") == store.count("identities") == 0


def test_what_is_due_is_found_by_an_index(store: Store) -> None:
    assert "ix_customer_groups_due" in store.plan(NEXT_DUE, now=1)
    assert "SCAN" not in store.plan(PEOPLE, chat=CHAT)
    assert "ix_group_members_kind" in store.plan(EVERYBODY)
