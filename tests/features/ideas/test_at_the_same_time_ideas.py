"""A hundred at once: each supports once, the threshold is crossed once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.commons import members
from bot.features import ideas
from bot.features.ideas import reads, service
from bot.features.ideas.rules import IdeaSettings
from bot.kernel.work import UnitOfWork
from tests.kit.hall import Hall
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL


def supporting(hall: Hall, who: str) -> Callable[[UnitOfWork], bool]:
    def support(uow: UnitOfWork) -> bool:
        now = hall.clock.now()
        her = members.resolve(uow, CHANNEL, who, now)
        return service.support(uow, hall.tools, her, 1, now).is_new

    return support


def test_a_hundred_supports_of_twenty_are_twenty(store_on_both: Store, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    settings = IdeaSettings(supporters_needed=20)
    hall = Hall(store_on_both, ideas.feature, tmp_path / "files", settings)
    hall.says("amei", "建议 多进 XS 码的大衣")
    for number in range(20):
        hall.member(f"m{number}")
    work = [supporting(hall, f"m{number % 20}") for number in range(100)]
    with ThreadPoolExecutor(6) as threads:
        new = list(threads.map(store_on_both.do, work))
    assert sum(new) == 20
    found = store_on_both.do(lambda uow: reads.idea(uow, 1))
    assert found is not None
    assert (found.supporters, found.state) == (20, "review")
    assert hall.asks("SELECT COUNT(*) FROM idea_steps") == [(1,)]
