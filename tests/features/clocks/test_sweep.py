"""What is stuck is found, whatever was lost; and nobody waits for an advisor who is not there."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from bot.commons import cases, duty, reception
from bot.commons.cases import Kind
from bot.commons.duty import AbsenceKind
from bot.features import care, clocks
from bot.kernel.reception import Duty
from bot.kernel.work import Row, Statement, UnitOfWork
from tests.kit.ward import Ward, moment


def run(ward: Ward, sql: str) -> None:
    """Let something be lost: no room hears of it."""
    ward.store.do(lambda uow: uow.run(Statement(sql)))


def asked_for(ward: Ward, use_case: Callable[[UnitOfWork], object]) -> int:
    """Return how many statements a use case runs."""
    ran = []

    def count(uow: UnitOfWork) -> None:
        runs = uow.run

        def run_it(statement: Statement, **values: object) -> Sequence[Row]:
            ran.append(statement)
            return runs(statement, **values)

        uow.run = run_it  # type: ignore[method-assign,assignment]  # counts, and does it
        use_case(uow)

    ward.do(count)
    return len(ran)


@pytest.mark.parametrize("timer", ["first", "resolve"])
def test_a_clock_that_was_lost_runs_again_from_where_it_began(ward: Ward, timer: str) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    due = ward.due(case, timer)
    run(ward, f"DELETE FROM case_clocks WHERE timer = '{timer}'")
    ward.at("24 10:01")
    ward.sweeps()
    ward.sweeps()

    assert ward.due(case, timer) == due
    assert ward.steps(case, "mended") == [f"mended clock {timer}"]


def test_a_message_that_nobody_heard_of_starts_the_next_clock(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.answers(case)
    ward.at("24 10:10")
    member = ward.case(case).member
    ward.store.do(lambda uow: cases.heard(uow, member, moment("24 10:10")))
    ward.sweeps()

    assert ward.due(case, "next") == "24 10:25:00"


def test_turns_that_nobody_heard_of_let_the_end_stand_still_and_go_on(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    member, began = ward.case(case).member, ward.clocks(case)["resolve"].started_at
    ward.store.do(lambda uow: cases.answered(uow, case, "lisi", moment("24 10:05")))
    ward.sweeps()
    assert ward.clocks(case)["resolve"].paused_at == moment("24 10:05")
    ward.at("24 10:35")
    ward.store.do(lambda uow: cases.heard(uow, member, moment("24 10:35")))
    ward.sweeps()

    clocks_now = ward.clocks(case)
    assert clocks_now["resolve"].started_at - began == timedelta(minutes=30)
    assert ward.due(case, "next") == "24 10:50:00"
    ward.store.do(lambda uow: cases.answered(uow, case, "lisi", moment("24 10:40")))
    ward.at("24 10:41")
    ward.sweeps()
    assert set(ward.clocks(case)) == {"resolve"}
    assert ward.steps(case, "mended") == ["mended turn"] * 3


def test_a_case_given_to_another_while_it_is_her_turn_is_not_late(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.at("24 10:05")
    ward.answers(case, "lisi")
    ward.assign(case, "wangwu")
    ward.travels(moment("24 11:30"))

    assert ward.escalated() == []
    assert ward.steps(case, "mended") == []


def test_an_answer_that_nobody_heard_of_stops_the_first_clock(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.at("24 10:05")
    ward.store.do(lambda uow: cases.answered(uow, case, "lisi", moment("24 10:05")))
    ward.travels(moment("24 11:30"))

    assert [one for one in ward.escalated() if one[0] == "first"] == []


def test_the_clocks_of_a_case_that_has_ended_stop(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    run(ward, "UPDATE cases SET state = 'closed'")
    ward.travels(moment("24 12:00"))

    assert ward.clocks(case) == {}
    assert ward.escalated() == []


def test_a_promise_that_nobody_heard_of_is_watched(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    found = ward.case(case)
    due_at = moment("24 11:00")
    ward.store.do(lambda uow: cases.promise(uow, found, what="x", who="lisi", due_at=due_at))
    ward.sweeps()

    assert ward.due(case, "promise:1") == "24 11:00:00"


def test_a_conversation_of_a_case_that_is_over_is_given_back(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    member = ward.case(case).member
    run(ward, "UPDATE cases SET state = 'resolved'")
    ward.sweeps()

    assert ward.do(lambda uow: reception.owner_of(uow, member)) is None
    assert ward.steps(case, "mended") == ["mended owner_left"]


def test_a_conversation_that_the_bot_has_by_mistake_is_taken_from_it(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.accepts(case, "wangwu")
    member = ward.case(case).member
    run(ward, "DELETE FROM conversation_owners")
    ward.sweeps()
    ward.sweeps()

    owned = ward.do(lambda uow: reception.owner_of(uow, member))
    assert owned is not None
    assert (owned.owner, owned.advisor, owned.case) == ("human", "wangwu", case)
    assert ward.steps(case, "mended") == ["mended owner_lost"]


def test_a_picture_leaves_the_conversation_with_the_bot(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.PICTURE, 0)
    member = ward.case(case).member
    ward.sweeps()

    assert ward.do(lambda uow: reception.owner_of(uow, member)) is None


def test_a_case_that_nobody_was_asked_for_reaches_somebody_in_time(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    run(ward, "UPDATE cases SET advisor = '', state = 'new'")
    ward.travels(moment("24 10:30"))

    assert ward.case(case).advisor != ""


def test_whoever_falls_ill_is_relieved_of_what_waits_for_her(ward: Ward) -> None:
    ward.at("24 10:00")
    waits, answered = ward.opens("amei"), ward.opens("lily")
    for case in (waits, answered):
        ward.assign(case, "wangwu")
        ward.accepts(case)
    ward.answers(answered)
    until = moment("25 21:00")
    ward.do(
        lambda uow: duty.enter_absence(
            uow, "wangwu", AbsenceKind.SICK, ward.clock.now(), until, why="", who="op"
        )
    )
    ward.at("24 10:01")
    ward.do(lambda uow: duty.refresh(uow, ward.tools))

    assert ward.case(waits).advisor not in {"", "wangwu"}
    assert "assigned absent" in " ".join(ward.steps(waits))
    assert ward.case(answered).advisor == "wangwu"
    ward.writes(answered)
    ward.sweeps()
    assert ward.case(answered).advisor not in {"", "wangwu"}


def test_a_restart_finds_who_went_off_duty_meanwhile(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.assign(case, "chen")
    ward.store.do(lambda uow: duty.say(uow, "chen", Duty.OFF, who="chen"))
    ward.sweeps()

    assert ward.case(case).advisor != "chen"


def test_nobody_is_relieved_when_nobody_else_is_there(ward: Ward) -> None:
    ward.at("24 21:00")
    case = ward.opens("amei")
    advisor = ward.case(case).advisor
    ward.travels(moment("25 05:00"))

    assert ward.case(case).advisor == advisor


def test_who_is_back_before_it_is_due_keeps_the_case(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.assign(case, "wangwu")
    back = ward.clock.now() + timedelta(minutes=10)
    ward.do(
        lambda uow: duty.enter_absence(
            uow, "wangwu", AbsenceKind.OTHER, ward.clock.now(), back, why="", who="op"
        )
    )
    ward.sweeps()
    assert ward.case(case).advisor == "wangwu"


def test_time_travel_stops_where_something_rings(ward: Ward) -> None:
    ward.at("24 10:00")
    ward.opens("amei", Kind.COMPLAINT, 2)

    assert ward.next_due() == moment("24 10:07:30")
    ward.at("24 10:07:30")
    ward.sweeps()
    assert ward.next_due() == moment("24 10:12")


def test_one_clock_that_cannot_ring_does_not_hold_up_the_others(ward: Ward) -> None:
    ward.at("24 10:00")
    broken = ward.opens("amei", Kind.COMPLAINT, 2)
    sound = ward.opens("lily", Kind.COMPLAINT, 2)
    run(
        ward,
        f"UPDATE case_clocks SET timer = 'nonsense' WHERE case_id = {broken} AND timer = 'first'",
    )
    ward.at("24 10:15")
    ward.sweeps(clocks.feature.jobs[1:])

    assert ward.steps(sound, "warned") == ["warned first 100"]


def test_what_an_advisor_gives_back_is_not_left_with_nobody(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    first = ward.case(case).advisor
    ward.accepts(case)
    ward.do(lambda uow: cases.assign(uow, case, "", who=first, why="transferred"))
    assert ward.case(case).state is cases.State.NEW
    ward.sweeps()

    assert ward.case(case).advisor not in {"", first}


def test_nobody_waits_for_whom_the_configuration_does_not_name_any_more(ward: Ward) -> None:
    ward.at("24 10:00")
    asked, taken = ward.opens("amei"), ward.opens("lily")
    for case in (asked, taken):
        ward.assign(case, "gone")
    ward.accepts(taken)
    ward.sweeps()

    assert ward.case(asked).advisor not in {"", "gone"}
    assert ward.case(taken).advisor == "gone"


def test_when_somebody_comes_what_cannot_wait_is_given_out_first(ward: Ward) -> None:
    ward.at("24 22:00")
    asked = [ward.opens(f"m{number}", Kind.COMPLAINT, 2) for number in range(40)]
    assert {ward.case(number).advisor for number in asked} == {""}
    ward.at("25 02:30")
    grave = ward.opens("amei", Kind.SAFETY, 3)
    ward.at("25 10:00")
    ward.sweeps([job for job in care.feature.jobs if job.name == "care.sweep"])

    given = [number for number in asked if ward.case(number).advisor]
    assert ward.case(grave).advisor
    assert given == asked[: len(given)]
    assert 0 < len(given) < len(asked)
    last = ward.case(asked[-1])
    assert ward.do(lambda uow: reception.ahead(uow, ward.tools, last)) == 39


def test_a_long_queue_is_counted_by_few_statements(ward: Ward) -> None:
    ward.at("24 22:00")
    for number in range(30):
        ward.opens(f"m{number}")
    last = ward.case(30)
    ward.at("24 22:10")

    assert ward.do(lambda uow: reception.ahead(uow, ward.tools, last)) == 29
    assert asked_for(ward, lambda uow: reception.ahead(uow, ward.tools, last)) <= 2
    assert asked_for(ward, lambda uow: reception.assign_waiting(uow, ward.tools)) < 40
