from bot.commons import answers, members
from bot.kernel.ids import MemberId
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL


def amei(store: Store) -> MemberId:
    return store.do(lambda uow: members.resolve(uow, CHANNEL, "amei", uow.clock.now()))


def test_a_dialogue_is_over_after_half_an_hour(store: Store) -> None:
    member = amei(store)
    store.do(lambda uow: answers.keep(uow, member, "faq", {"offered": ["a"]}))
    store.clock.tick(minutes=29)
    assert store.do(lambda uow: answers.dialogue_of(uow, member, "faq")) is not None

    store.clock.tick(minutes=2)
    assert store.do(lambda uow: answers.dialogue_of(uow, member, "faq")) is None


def test_a_room_does_not_see_what_another_waits_for(store: Store) -> None:
    member = amei(store)
    store.do(lambda uow: answers.keep(uow, member, "guide", {"step": "style"}))
    store.do(lambda uow: answers.close(uow, member, "faq"))

    assert store.do(lambda uow: answers.dialogue_of(uow, member, "faq")) is None
    found = store.do(lambda uow: answers.dialogue_of(uow, member, "guide"))
    assert found is not None
    assert found.state == {"step": "style"}


def test_patience_ends_with_the_second_miss_in_ten_minutes(store: Store) -> None:
    member = amei(store)
    assert not store.do(lambda uow: answers.miss(uow, member))
    store.clock.tick(minutes=11)
    assert not store.do(lambda uow: answers.miss(uow, member))
    store.clock.tick(minutes=9)
    assert store.do(lambda uow: answers.miss(uow, member))


def test_being_understood_begins_anew(store: Store) -> None:
    member = amei(store)
    store.do(lambda uow: answers.miss(uow, member))
    store.do(lambda uow: answers.understood(uow, member))

    assert not store.do(lambda uow: answers.miss(uow, member))


def test_what_is_over_for_a_day_is_deleted(store: Store) -> None:
    member = amei(store)
    store.do(lambda uow: answers.keep(uow, member, "faq", {}))
    store.clock.tick(hours=25)
    store.do(answers.forget_old)

    assert store.count("answer_dialogues") == 0
