"""Who is told when nobody answers: each step at its second, once, and never in the night."""

import pytest

from bot.commons import cases
from bot.commons.cases import Kind
from bot.features import clocks
from bot.kernel.messages import Text
from bot.kernel.work import Statement
from tests.kit.ward import Ward, moment, wall


def test_a_complaint_climbs_from_the_advisor_to_operations(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    first = ward.case(case).advisor
    seen: list[tuple[str, tuple[str, str, str]]] = []
    for minute in range(60):
        ward.at(f"24 10:{minute:02}")
        before = len(ward.escalated())
        ward.sweeps()
        seen += [(wall(ward.clock.now()), one) for one in ward.escalated()[before:]]

    assert [(at, rung) for at, (timer, rung, _) in seen if timer == "first"] == [
        ("24 10:15:00", "deputy"),
        ("24 10:30:00", "supervisor"),
        ("24 10:45:00", "operations"),
    ]
    deputy = seen[0][1][2]
    assert deputy not in {"", first.lower(), "zhao"}
    assert seen[1][1][2] == "zhao"
    assert ward.case(case).advisor == "zhao"


@pytest.mark.parametrize(
    ("second", "rungs"), [("14:59", []), ("15:00", ["deputy"]), ("15:01", ["deputy"])]
)
def test_a_second_decides(ward: Ward, second: str, rungs: list[str]) -> None:
    ward.at("24 10:00")
    ward.opens("amei", Kind.COMPLAINT, 2)
    ward.at(f"24 10:{second}")
    ward.sweeps()

    assert [rung for _, rung, _ in ward.escalated()] == rungs


def test_warnings_come_at_half_and_at_four_fifths(ward: Ward) -> None:
    ward.at("24 10:00")
    ward.opens("amei", Kind.HUMAN)
    ward.travels(moment("24 10:29:59"))

    assert ward.warned() == [("first", 50), ("first", 80)]
    assert ward.escalated() == []


def test_what_came_due_while_the_house_was_down_is_told_once(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.at("24 11:00")
    ward.sweeps()
    ward.sweeps()

    assert ward.warned() == []
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy"]
    ward.travels(moment("24 11:14:59"))
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy"]
    ward.travels(moment("24 11:15"))
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy", "supervisor"]
    assert ward.steps(case, "warned") == ["warned first 100"]


def test_nobody_is_told_in_the_night_or_on_a_holiday(ward: Ward) -> None:
    ward.at("25 21:20")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    assert ward.due(case, "first") == "27 09:35:00"
    ward.travels(moment("27 09:29:59"))
    assert ward.warned() == [("first", 50)]
    assert ward.escalated() == []
    ward.travels(moment("27 09:35"))
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy"]


def test_lunch_stops_the_clock(ward: Ward) -> None:
    ward.at("24 11:50")
    case = ward.opens("amei", Kind.HUMAN)

    assert ward.due(case, "first") == "24 13:50:00"
    ward.travels(moment("24 13:29:59"))
    assert ward.warned() == []
    assert ward.escalated() == []


def test_what_is_due_with_the_closing_waits_for_the_morning(ward: Ward) -> None:
    ward.at("24 21:15")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    assert ward.due(case, "first") == "24 21:30:00"
    ward.travels(moment("25 09:29:59"))
    assert ward.escalated() == []
    ward.travels(moment("25 09:30"))
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy"]


def test_what_cannot_wait_rings_at_two_in_the_night(ward: Ward) -> None:
    ward.at("25 02:00")
    ward.opens("amei", Kind.SAFETY, 3)

    assert ward.escalated() == [("first", "operations", "")]  # no supervisor is there
    [told] = [one for one in ward.outgoing if one.to_group]
    assert (told.channel, told.recipient) == ("robot", "r1")
    assert isinstance(told.part, Text)
    assert "021-5555 0137" in told.part.text
    ward.travels(moment("25 02:10"))
    assert ward.warned()[:2] == [("first", 50), ("first", 80)]
    assert len(ward.escalated()) == 1


def test_a_supervisor_hears_of_danger_at_once_and_the_advisor_keeps_it(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.SAFETY, 3)
    asked = ward.case(case).advisor

    assert ward.escalated() == [("first", "supervisor", "zhao")]
    assert ward.case(case).advisor == asked
    ward.waits(minutes=20)
    assert [rung for _, rung, _ in ward.escalated()] == ["supervisor", "deputy", "operations"]


def test_who_has_taken_it_is_reminded_before_others_are_asked(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.VALUE)
    ward.accepts(case)
    has_it = ward.case(case).advisor
    ward.travels(moment("24 10:10"))
    assert ward.escalated() == [("first", "advisor", has_it)]
    assert ward.case(case).advisor == has_it
    ward.travels(moment("24 10:20"))
    assert [rung for _, rung, _ in ward.escalated()] == ["advisor", "deputy"]
    assert ward.case(case).advisor != has_it


def test_asked_is_somebody_else_each_time(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    asked = [ward.case(case).advisor.lower()]
    ward.travels(moment("24 10:30"))
    asked.append(ward.case(case).advisor.lower())
    ward.travels(moment("24 10:45"))
    asked.append(ward.case(case).advisor.lower())

    assert len(set(asked)) == len(asked)
    assert [rung for _, rung, _ in ward.escalated()] == ["deputy", "another"]


def test_her_deputy_is_asked_first(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.assign(case, "lisi")
    ward.travels(moment("24 10:30"))

    assert ward.case(case).advisor == "chen"


def test_operations_hear_at_once_when_nobody_else_is_there(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    for one in ("lisi", "wangwu", "chen", "zhao"):
        ward.goes(one)
    ward.travels(moment("24 10:15"))

    assert [rung for _, rung, _ in ward.escalated()] == ["operations"]
    assert ward.steps(case, "escalated") == [
        "escalated first deputy",
        "escalated first supervisor",
        "escalated first operations",
    ]
    ward.travels(moment("24 12:00"))
    assert len(ward.escalated()) == 1


def test_an_end_that_is_late_takes_the_case_from_nobody(ward: Ward) -> None:
    ward.at("24 20:59")
    case = ward.opens("amei", Kind.VALUE)
    ward.answers(case)
    has_it = ward.case(case).advisor
    ward.writes(case)
    assert ward.due(case, "resolve") == "24 21:30:00"
    ward.store.do(lambda uow: uow.run(Statement("DELETE FROM case_clocks WHERE timer = 'next'")))
    ward.sweeps(clocks.feature.jobs[1:])
    ward.at("25 09:30")
    ward.sweeps(clocks.feature.jobs[1:])

    assert ward.escalated() == [("resolve", "advisor", has_it)]
    for minute in (50, 59):
        ward.at(f"25 09:{minute}")
        ward.sweeps(clocks.feature.jobs[1:])
    assert [one[:2] for one in ward.escalated()] == [
        ("resolve", "advisor"),
        ("resolve", "supervisor"),
    ]
    assert ward.case(case).advisor == has_it


def test_a_supervisor_who_is_late_herself_is_not_told_but_operations(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.assign(case, "zhao")
    ward.accepts(case, "zhao")
    ward.travels(moment("24 10:30"))

    assert [one[:2] for one in ward.escalated()] == [("first", "advisor"), ("first", "operations")]


def test_a_supervisor_who_has_enough_hears_of_it_and_is_not_given_it(ward: Ward) -> None:
    ward.write('[[advisor]]\nuserid = "zhao"\nrole = "supervisor"\ncapacity = 1\n')
    ward.at("24 10:00")
    hers = ward.opens("lily", Kind.PICTURE, 0)
    ward.assign(hers, "zhao")
    ward.answers(hers)
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.travels(moment("24 10:30"))

    assert ("first", "supervisor", "zhao") in ward.escalated()
    assert ward.case(case).advisor != "zhao"


def test_who_has_enough_is_not_asked_and_promises_nothing(ward: Ward) -> None:
    full = "".join(f'[[advisor]]\nuserid = "{one}"\ncapacity = 1\n' for one in ("wangwu", "chen"))
    ward.write(f'[[advisor]]\nuserid = "zhao"\nrole = "supervisor"\n{full}')
    ward.at("24 10:00")
    for who, advisor in (("a", "wangwu"), ("b", "chen"), ("c", "zhao")):
        ward.assign(ward.opens(who, Kind.PICTURE, 0), advisor)
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.goes("zhao")
    ward.assign(case, "lisi")
    ward.travels(moment("24 10:15"))

    assert ward.case(case).advisor == "lisi"
    assert [rung for _, rung, _ in ward.escalated()] == ["operations"]
    assert ward.do(lambda uow: cases.promises_of(uow, case)) == []
