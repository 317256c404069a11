"""On both databases: one draft for each, one verdict, one telling; and who is first counts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import members, submissions
from bot.commons.submissions import PictureState, State, Verdict, Wish
from bot.features.ugc import intake
from bot.kernel.events import SubmissionAccepted
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Media, Update, UpdateKind
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

AT_ONCE = 6
KEFU = ChannelName("kefu")


def member(store: Store, name: str) -> MemberId:
    return store.do(lambda uow: members.resolve(uow, KEFU, name, NOON))


def sent(store: Store, name: str) -> int:
    """Let somebody send words; return their number."""
    her = member(store, name)

    def send(uow: UnitOfWork) -> int:
        draft, _ = intake.begin(uow, her, NOON, None)
        intake.add_words(uow, draft, "很暖", NOON)
        begun = submissions.one(uow, draft.number)
        assert begun is not None
        return intake.send(uow, begun, NOON, [], "").number

    return store.do(send)


def picture(key: str) -> Update:
    media = (Media(f"ref-{key}"),)
    return Update(KEFU, key, UpdateKind.IMAGE, "amei", NOON, "amei", media=media)


def test_the_whole_way_on_both(store_on_both: Store) -> None:
    store = store_on_both
    number, her = sent(store, "amei"), member(store, "amei")
    after = timedelta(0)

    def go(uow: UnitOfWork) -> None:
        yes = Verdict("lin", accepted=True)
        assert submissions.decide(uow, [number, number], yes, told_after=after) == [number]
        assert submissions.choose(uow, her, Wish(number, public=True))
        assert not submissions.publish(uow, number, who="lin")
        assert submissions.publish(uow, number, who="wang")
        assert [view.number for view in submissions.shown(uow, most=5)] == [number]
        assert submissions.settle_next(uow) is not None
        assert submissions.settle_next(uow) is None
        assert uow.events == [SubmissionAccepted(her, number)]
        assert submissions.undo(uow, number, who="lin")
        assert submissions.shown(uow, most=5) == []
        assert submissions.withdraw(uow, her, number) is not None
        assert submissions.withdraw(uow, her, number) is None
        [data] = submissions.personal
        data.erase(uow, her)
        assert submissions.counts(uow) == {}

    store.do(go)


def test_the_same_message_brings_its_picture_once(store_on_both: Store) -> None:
    her = member(store_on_both, "amei")

    def take(uow: UnitOfWork) -> list[PictureState]:
        draft, _ = intake.begin(uow, her, NOON, None)
        intake.add_pictures(uow, draft, picture("m1"))
        found = submissions.one(uow, draft.number)
        return [one.state for one in found.all_pictures] if found else []

    assert store_on_both.do(take) == [PictureState.COMING]
    assert store_on_both.do(take) == [PictureState.COMING]


@pytest.mark.postgres
def test_two_hundred_beginnings_at_once_are_one(postgres: str, tmp_path: Path) -> None:
    store = Store(tmp_path, postgres)
    her = member(store, "amei")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        begun = list(
            threads.map(
                store.do, [lambda uow: intake.begin(uow, her, NOON, None)[1] for _ in range(200)]
            )
        )
    assert sum(begun) == 1
    assert store.count("submissions") == 1
    store.close()


@pytest.mark.postgres
def test_twenty_operators_decide_once(postgres: str, tmp_path: Path) -> None:
    store = Store(tmp_path, postgres)
    number = sent(store, "amei")
    after = timedelta(0)
    verdicts = [Verdict(f"op{n}", accepted=bool(n % 2)) for n in range(20)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        done = list(
            threads.map(
                lambda one: store.do(
                    lambda uow: submissions.decide(uow, [number], one, told_after=after)
                ),
                verdicts,
            )
        )
        told = list(threads.map(store.do, [submissions.settle_next for _ in range(10)]))
    assert sum(map(bool, done)) == 1
    assert sum(view is not None for view in told) == 1
    found = store.do(lambda uow: submissions.one(uow, number))
    assert found is not None
    assert found.state in {State.ACCEPTED, State.REJECTED}
    assert store.count("audit") == 1
    store.close()
