"""Two members turn out to be one, go on, and are two again: each is where her own days are."""

from pathlib import Path

from tests.features.challenges.conftest import GIFT, WEEK, Arena
from tests.kit.desk import Desk
from tests.kit.lives import join, part
from tests.kit.rooms import Store


def test_who_completed_it_as_another_does_not_stand_in_her_way(
    store_on_both: Store, tmp_path: Path
) -> None:
    arena = Arena(store_on_both, Desk(tmp_path))
    arena.writes(WEEK + GIFT)
    amei, lily = arena.member("amei"), arena.member("lily")
    arena.says("lily", "参加")
    arena.comes("lily", 0, 1)
    merge = arena.store.do(lambda uow: join(uow, amei, lily))
    arena.comes("amei", 2, 3, 4)
    assert arena.rewards("amei") == [50]
    arena.store.do(lambda uow: part(uow, merge))
    arena.comes("lily", 2, 3, 4)
    assert arena.rewards("lily") == [50]
    assert arena.rewards("amei") == [50]


def test_a_challenge_goes_back_however_far_she_came(store_on_both: Store, tmp_path: Path) -> None:
    arena = Arena(store_on_both, Desk(tmp_path))
    arena.writes(WEEK + GIFT)
    amei, lily = arena.member("amei"), arena.member("lily")
    arena.says("lily", "参加")
    arena.comes("lily", 0, 1, 2, 3, 4)
    merge = arena.store.do(lambda uow: join(uow, amei, lily))
    arena.comes("amei", 5)
    arena.store.do(lambda uow: part(uow, merge))
    assert arena.part("amei") is None
    hers = arena.part("lily")
    assert hers is not None
    assert hers.days == 5
