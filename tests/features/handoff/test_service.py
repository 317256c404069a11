"""What is newer counts, in whatever order it is written down; on both databases."""

from datetime import timedelta

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.commons import members
from bot.features.handoff import service, staff
from bot.features.handoff.rules import Candidate, State, Wish, in_turn
from bot.kernel.community import Advisors
from bot.kernel.reception import Duty, Held, Holder, OnDuty
from bot.kernel.work import Toolbox
from tests.kit.rooms import Store

WK, WM = "wk1", "wm1"
TOOLS = Toolbox()
TOOLS.add(Advisors, Advisors())


@pytest.fixture
def party(store_on_both: Store) -> service.Party:
    clock = store_on_both.clock
    member = store_on_both.do(lambda uow: members.resolve(uow, KEFU, WM, clock.now()))
    return service.Party(member, KEFU, WK, WM)


def talk(store: Store) -> service.Talk:
    found = store.do(lambda uow: service.find(uow, KEFU, WK, WM))
    assert found is not None
    return found


def test_an_answer_that_is_older_than_an_event_changes_nothing(
    store_on_both: Store, party: service.Party
) -> None:
    store, clock = store_on_both, store_on_both.clock
    store.do(lambda uow: service.ask(uow, party))
    asked_at = clock.now()
    clock.tick(seconds=1)
    held = Held(Holder.HUMAN, "anna")
    assert store.do(lambda uow: service.told(uow, party, held, clock.now()))

    late = talk(store)
    assert not store.do(lambda uow: service.settle(uow, late, Held(Holder.QUEUE), asked_at))
    assert (talk(store).state, talk(store).human) == (State.HUMAN, "anna")
    assert store.do(lambda uow: service.settle(uow, late, Held(Holder.QUEUE), clock.now()))


def test_events_count_by_their_own_time(store_on_both: Store, party: service.Party) -> None:
    store, now = store_on_both, store_on_both.clock.now()
    human, nobody = Held(Holder.HUMAN, "anna"), Held(Holder.NOBODY)
    assert store.do(lambda uow: service.told(uow, party, nobody, now))
    assert not store.do(lambda uow: service.told(uow, party, human, now - timedelta(seconds=1)))
    assert talk(store).state is State.NOBODY
    assert store.do(lambda uow: service.told(uow, party, human, now))


def test_a_message_after_the_end_is_the_bots_and_one_before_is_not(
    store_on_both: Store, party: service.Party
) -> None:
    store, now = store_on_both, store_on_both.clock.now()
    assert store.do(lambda uow: service.heard(uow, party)) == (State.BOT, Wish.NONE, True)
    store.do(lambda uow: service.told(uow, party, Held(Holder.HUMAN, "anna"), now))
    assert store.do(lambda uow: service.heard(uow, party))[0] is State.HUMAN
    store.do(lambda uow: service.told(uow, party, Held(Holder.NOBODY), now))
    assert store.do(lambda uow: service.heard(uow, party))[0] is State.BOT


def test_a_list_that_is_older_than_an_event_changes_nobody(store_on_both: Store) -> None:
    store, clock = store_on_both, store_on_both.clock
    asked_at = clock.now()
    clock.tick(seconds=1)
    on, now = Duty.ON, clock.now()
    store.do(lambda uow: staff.tell(uow, KEFU, WK, "anna", duty=on, at=now))
    store.do(lambda uow: staff.wish(uow, KEFU, WK, "bella", "add"))
    listed = [OnDuty("anna", Duty.OFF)]
    store.do(lambda uow: staff.replace(uow, KEFU, WK, listed, asked_at))
    assert store.do(lambda uow: staff.next_in_turn(uow, TOOLS, KEFU, WK)) == ["anna"]

    clock.tick(seconds=1)
    store.do(lambda uow: staff.replace(uow, KEFU, WK, [], clock.now()))
    known = store.do(staff.everybody)
    assert [(one.human, one.wish) for one in known] == [("bella", "add")]


def test_an_older_event_about_a_human_changes_nothing(store_on_both: Store) -> None:
    store, now = store_on_both, store_on_both.clock.now()
    for duty, at in ((Duty.OFF, now), (Duty.ON, now - timedelta(seconds=1))):
        store.do(lambda uow, d=duty, t=at: staff.tell(uow, KEFU, WK, "anna", duty=d, at=t))  # type: ignore[misc]  # bound now

    assert [one.duty for one in store.do(staff.everybody)] == ["off"]


def test_who_is_being_removed_gets_nobody_any_more(store_on_both: Store) -> None:
    store, now = store_on_both, store_on_both.clock.now()
    listed = [OnDuty("anna", Duty.ON), OnDuty("bella", Duty.ON)]
    store.do(lambda uow: staff.replace(uow, KEFU, WK, listed, now))
    store.do(lambda uow: staff.change(uow, KEFU, WK, "anna", what="remove", who="xiaoli"))

    assert store.do(lambda uow: staff.wished(uow, KEFU)) == [(WK, "anna", "remove")]
    assert store.do(lambda uow: staff.next_in_turn(uow, TOOLS, KEFU, WK)) == ["bella"]


def test_whose_turn_it_is() -> None:
    people = [
        Candidate("zoe", 0, is_advisor=False),
        Candidate("lihua", 3, is_advisor=True),
        Candidate("anna", 1, is_advisor=False),
        Candidate("mei", 2, is_advisor=True),
    ]

    assert in_turn(people) == ["mei", "lihua", "zoe", "anna"]


def test_who_waits_longest_is_told_of_once_in_a_while(
    store_on_both: Store, party: service.Party
) -> None:
    store, wait = store_on_both, timedelta(minutes=10)
    store.do(lambda uow: service.ask(uow, party))
    found = []
    for _ in range(21):
        store.clock.tick(minutes=1)
        found += store.do(lambda uow: service.take_overdue(uow, after=wait))

    assert [one.member for one in found] == [party.member] * 2
