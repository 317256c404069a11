"""What was promised is kept, or those who can save it hear of it before it breaks."""

from bot.commons import cases
from bot.commons.cases import Kind
from tests.kit.ward import Ward, moment


def test_a_promise_warns_then_reaches_a_supervisor_before_it_breaks(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.answers(case)
    ward.promises(case, moment("24 11:00"))
    ward.travels(moment("24 10:59:59"))

    assert ward.warned() == [("promise", 50)]
    assert ward.escalated() == [("promise", "supervisor", "zhao")]
    ward.travels(moment("24 11:00"))
    assert ward.escalated()[1:] == [("promise", "operations", "")]
    assert ward.steps(case, "broken") == ["broken promise 1"]
    ward.travels(moment("24 15:00"))
    assert len(ward.escalated()) == 2


def test_a_promise_that_is_kept_rings_no_more(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.answers(case)
    number = ward.promises(case, moment("24 11:00"))
    ward.at("24 10:10")
    ward.do(lambda uow: cases.end(uow, number, who="lisi", is_kept=True))
    ward.travels(moment("24 15:00"))

    assert ward.warned() == []
    assert ward.escalated() == []
    assert ward.clocks(case).keys() == {"resolve"}


def test_what_was_promised_for_the_night_is_warned_of_before_the_shop_closes(ward: Ward) -> None:
    ward.at("24 21:00")
    case = ward.opens("amei")
    ward.answers(case)
    ward.promises(case, moment("24 23:00"))
    ward.travels(moment("25 09:29:59"))

    assert ward.warned() == [("promise", 50)]
    assert [rung for _, rung, _ in ward.escalated()] == ["supervisor"]
    ward.travels(moment("25 09:30"))
    assert [rung for _, rung, _ in ward.escalated()] == ["supervisor", "operations"]


def test_a_ticket_is_answered_or_another_is_asked_before_its_time(ward: Ward) -> None:
    ward.at("24 22:00")
    case = ward.opens("amei")
    assert ward.due(case, "first") == ward.due(case, "promise:1") == "25 10:00:00"
    ward.travels(moment("25 09:30"))
    first = ward.case(case).advisor
    assert first != ""
    ward.travels(moment("25 09:59:59"))

    assert ward.warned() == [("first", 50), ("first", 80)]
    assert [one[:2] for one in ward.escalated()] == [("first", "deputy")]
    assert ward.case(case).advisor != first
    ward.answers(case)
    ward.travels(moment("25 12:00"))
    assert len(ward.escalated()) == 1
    assert ward.do(
        lambda uow: cases.kept_and_broken(uow, moment("24 00:00"), ward.clock.now())
    ) == (
        1,
        0,
    )


def test_a_ticket_that_was_taken_and_not_answered_reaches_a_supervisor(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.promises(case, moment("24 10:30"), cases.ANSWER)
    ward.accepts(case)
    ward.travels(moment("24 10:24"))

    assert ward.escalated() == [("first", "supervisor", "zhao")]
    ward.travels(moment("24 10:30"))
    assert [one[:2] for one in ward.escalated()[1:]] == [
        ("first", "advisor"),
        ("first", "operations"),
    ]
    ward.travels(moment("24 12:00"))
    assert len(ward.escalated()) == 4
    assert "broken promise 1" in ward.steps(case)


def test_what_an_advisor_promised_is_watched_after_the_end_of_the_case(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.answers(case)
    ward.promises(case, moment("25 11:00"))
    ward.resolves(case)
    assert ward.clocks(case).keys() == {"promise:1"}
    ward.travels(moment("25 11:00"))

    assert ward.steps(case, "broken") == ["broken promise 1"]
    assert ("promise", "operations", "") in ward.escalated()


def test_the_end_of_a_case_ends_its_ticket(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.promises(case, moment("24 11:00"), cases.ANSWER)
    ward.resolves(case)

    assert ward.clocks(case) == {}
    assert ward.steps(case, "kept") == ["kept promise 1"]


def test_what_was_promised_in_danger_that_is_over_lets_people_sleep(ward: Ward) -> None:
    ward.at("24 20:00")
    case = ward.opens("amei", Kind.SAFETY, 3)
    ward.answers(case)
    ward.promises(case, moment("25 20:00"))
    ward.resolves(case)
    ward.travels(moment("25 09:29:59"))
    assert ("promise", 50) not in ward.warned()

    ward.travels(moment("25 09:30"))
    assert ("promise", 50) in ward.warned()


def test_what_was_promised_in_danger_that_is_over_is_saved_at_night_all_the_same(
    ward: Ward,
) -> None:
    ward.at("24 20:00")
    case = ward.opens("amei", Kind.SAFETY, 3)
    ward.answers(case)
    ward.promises(case, moment("25 06:00"))
    ward.resolves(case)
    told = len(ward.escalated())
    ward.travels(moment("25 04:00"))

    assert ("promise", 50) not in ward.warned()
    assert [rung for timer, rung, _ in ward.escalated()[told:] if timer == "promise"]
