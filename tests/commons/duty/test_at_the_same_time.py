"""Two replicas, or two quick fingers: everything happens once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.commons import duty
from bot.commons.duty import AbsenceKind, AbsenceRefused
from bot.kernel.events import AdvisorDutyChanged
from bot.kernel.work import UnitOfWork
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.roster import Floor, moment

SPAN = (moment("2026-08-24T00:00"), moment("2026-08-26T00:00"))


def entered(uow: UnitOfWork) -> bool:
    try:
        duty.enter_absence(uow, "lisi", AbsenceKind.SICK, *SPAN, why="", who="lin")
    except AbsenceRefused:
        return False
    return True


def rush(floor: Floor, hands: int) -> None:
    floor.at("2026-08-24T11:00")

    def turned(uow: UnitOfWork) -> list[str]:
        duty.refresh(uow, floor.tools)
        return [one.advisor for one in uow.events if isinstance(one, AdvisorDutyChanged)]

    with ThreadPoolExecutor(hands) as threads:
        assert sum(threads.map(floor.store.do, [entered] * 8)) == 1
        told = threads.map(floor.store.do, [turned] * 8)
        assert sorted(name for names in told for name in names) == ["lisi", "wangwu", "zhao"]
    assert floor.store.count("duty_absences") == 1


def test_it_happens_once(floor: Floor) -> None:
    rush(floor, 1)


@pytest.mark.postgres
def test_it_happens_once_among_replicas(postgres: str, tmp_path: Path) -> None:
    floor = Floor(Store(tmp_path, postgres), Desk(tmp_path))
    rush(floor, 6)
    floor.store.close()
