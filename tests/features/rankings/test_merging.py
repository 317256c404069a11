"""Two members turn out to be one, come further, and are two again: each has her own days."""

from bot.features.rankings import keeping, reads
from bot.features.rankings.reads import What
from bot.features.rankings.rules import DAY
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.features.rankings.conftest import Village
from tests.kit.lives import join, part


def figures(uow: UnitOfWork, village: Village, member: MemberId) -> tuple[int, int]:
    """Return her days of the month, and in a row."""
    today = village.clock.now().date()
    month, run = (reads.own_days(uow, what, today, member) for what in (What.MONTH, What.RUN))
    return month, run


def test_days_that_came_in_between_stay_and_the_others_go_back(village: Village) -> None:
    amei = village.comes("amei", 2, ago=4)
    lily = village.comes("lily", 3, ago=1)
    with village.store.unit() as uow:
        merge = join(uow, amei, lily)
        assert figures(uow, village, amei) == (5, 5)
    village.comes("amei", 1)
    with village.store.unit() as uow:
        assert figures(uow, village, amei) == (6, 6)
        part(uow, merge)
        assert figures(uow, village, amei) == (3, 1)
        assert figures(uow, village, lily) == (3, 3)


def test_a_day_that_was_taken_back_in_between_goes_to_nobody(village: Village) -> None:
    amei, lily = village.comes("amei", 1), village.comes("lily", 2)
    yesterday = village.clock.now().date() - DAY
    with village.store.unit() as uow:
        merge = join(uow, amei, lily)
        keeping.unmark(uow, amei, yesterday)
        part(uow, merge)
        assert figures(uow, village, amei) == (1, 1)
        assert figures(uow, village, lily) == (1, 1)
