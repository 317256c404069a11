"""What clocks tell whoever shows them, and how they go over to another member."""

from functools import partial
from pathlib import Path

import pytest

from bot.commons import clocks
from bot.commons.cases import Kind
from bot.features.clocks import feature
from bot.kernel.ids import MemberId
from bot.kernel.merging import Mover
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer
from tests.kit.desk import Desk
from tests.kit.rooms import Store, store
from tests.kit.ward import Ward, moment, wall

__all__ = ["store"]
METRICS = {one.name: one.read for one in feature.metrics}


@pytest.fixture
def ward(store: Store, tmp_path: Path) -> Ward:
    return Ward(store, Desk(tmp_path))


def test_a_desk_sees_what_each_case_is_due_for_first(ward: Ward) -> None:
    ward.at("24 10:00")
    early, late = ward.opens("amei", Kind.COMPLAINT, 2), ward.opens("lily")
    answered = ward.opens("xiaoyu")
    ward.answers(answered)
    found = ward.do(clocks.dues)

    assert {case: (one.timer, wall(one.at)) for case, one in found.items()} == {
        early: ("first", "24 10:15:00"),
        late: ("first", "24 10:30:00"),
    }


def test_figures_tell_what_waits_and_what_was_climbed(ward: Ward) -> None:
    ward.at("24 10:00")
    assert ward.do(METRICS["cases_oldest_unassigned_seconds"]) == 0
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.travels(moment("24 10:31"))

    assert ward.do(METRICS["cases_overdue"]) == 1
    assert ward.do(METRICS["cases_ladder_steps_24h"]) == 2
    taken = ward.do(lambda uow: clocks.steps_used(uow, moment("24 10:20"), ward.clock.now()))
    assert taken == {clocks.Rung.SUPERVISOR: 1}
    ward.answers(case)
    assert ward.do(METRICS["cases_overdue"]) == 0
    ward.store.do(lambda uow: uow.run(Statement("UPDATE cases SET state = 'new'")))
    assert ward.do(METRICS["cases_oldest_unassigned_seconds"]) == 31 * 60


def test_first_answers_are_counted_in_business_time_by_tier(ward: Ward) -> None:
    for number, minutes in enumerate((1, 2, 3, 4, 20)):
        ward.at("24 10:00")
        case = ward.opens(f"m{number}", Kind.COMPLAINT, 2)
        ward.at(f"24 10:{minutes:02}")
        ward.answers(case)
    ward.at("24 21:29")
    case = ward.opens("late")
    ward.at("25 09:31")
    ward.answers(case)
    found = ward.do(lambda uow: clocks.first_responses(uow, moment("24 00:00"), moment("26 00:00")))

    assert found == {"": clocks.FirstResponses(6, 5, 120, 1200)}


def test_clocks_go_over_with_a_member_and_back(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.travels(moment("24 10:15"))
    goes, stays = ward.case(case).member, ward.member("lily")
    [data] = clocks.personal
    moved = ward.do(lambda uow: [one.move(uow, goes, stays) for one in data.movers])
    assert owners(ward) == {stays}
    for mover, what in zip(data.movers, moved, strict=True):
        ward.store.do(partial(_back, mover, goes, stays, what))

    assert owners(ward) == {goes}
    exported = ward.do(lambda uow: data.export(uow, goes))
    assert {str(row["timer"]) for row in exported} == {"first", "resolve"}


def _back(mover: Mover, goes: MemberId, stays: MemberId, what: object, uow: UnitOfWork) -> None:
    mover.back(uow, goes, stays, what)


def owners(ward: Ward) -> set[MemberId]:
    tables = ("case_clocks", "case_ladder", "case_asked")
    sql = " UNION ".join(f"SELECT member_id FROM {table}" for table in tables)
    return {MemberId(integer(row[0])) for row in ward.do(lambda uow: uow.run(Statement(sql)))}
