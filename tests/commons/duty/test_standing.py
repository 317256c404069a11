"""Who is on duty, and why somebody is not."""

from datetime import datetime, timedelta

import pytest

from bot.commons import duty, staff
from bot.commons.content import Shelf
from bot.commons.duty import AbsenceKind, AbsenceRefused, Because, Kind, Need, Nobody, WhyNot
from bot.kernel.community import Advisors
from bot.kernel.events import AdvisorDutyChanged
from bot.kernel.reception import Duty
from bot.kernel.work import UnitOfWork
from tests.kit.roster import ADVISORS, Floor, moment


def test_advisors_are_on_duty_in_their_shifts_as_far_as_the_shop_is_open(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    assert floor.on_duty() == {"lisi": "", "wangwu": "", "zhao": ""}

    floor.at("2026-08-24T12:30")
    assert set(floor.on_duty().values()) == {WhyNot.CLOSED}

    floor.at("2026-08-24T14:00")
    assert floor.on_duty() == {"lisi": WhyNot.NO_SHIFT, "wangwu": "", "zhao": ""}


def test_the_file_and_the_configuration_are_told_together(floor: Floor) -> None:
    floor.cases |= {"LISI": 2}

    lisi, wangwu = floor.standing()["lisi"], floor.standing()["wangwu"]
    assert (lisi.name, lisi.open_cases, lisi.capacity, lisi.deputy) == ("李顾问", 2, 8, "wangwu")
    assert (lisi.tiers, lisi.skills) == (("时光挚友",), frozenset({"complaint", "styling"}))
    assert (wangwu.skills, wangwu.capacity) == (frozenset({"complaint", "group_purchase"}), 3)
    assert wangwu.guides_newcomers
    assert floor.standing()["zhao"].is_supervisor


def test_without_a_file_everybody_works_while_the_shop_is_open(floor: Floor) -> None:
    (floor.desk.content / duty.FILE).unlink()
    floor.desk.post("posts/a.md")
    floor.tools.use(Shelf).look(floor.clock.now())

    floor.at("2026-08-24T21:00")
    assert floor.on_duty() == {"lisi": "", "wangwu": "", "zhao": ""}


def test_a_file_that_broke_leaves_what_held_before(floor: Floor) -> None:
    floor.at("2026-08-24T14:00")
    before = floor.on_duty()

    floor.write('[hours]\ndaily = ["9"]')

    assert floor.on_duty() == before
    rota = floor.store.do(lambda uow: duty.rota(uow, floor.tools))
    assert not rota.is_whole
    assert rota.problems


def test_who_left_the_company_is_gone_and_a_new_userid_is_followed(floor: Floor) -> None:
    at = floor.at("2026-08-24T11:00")
    floor.cases |= {"lisi2": 1, "lisi": 1}
    floor.store.do(lambda uow: staff.left(uow, ADVISORS, "wangwu", at))
    floor.store.do(lambda uow: staff.renamed(uow, ADVISORS, "lisi", "LiSi2", at))

    assert floor.standing()["wangwu"].is_gone
    assert floor.standing()["wangwu"].next_on is None
    assert (floor.standing()["lisi"].userid, floor.standing()["lisi"].open_cases) == ("lisi2", 2)


def absent(floor: Floor, since: str, until: str, advisor: str = "LiSi") -> int:
    return floor.store.do(
        lambda uow: duty.enter_absence(
            uow,
            advisor,
            AbsenceKind.SICK,
            moment(since),
            moment(until),
            why="发烧",
            who="lin",
        )
    )


def test_who_is_absent_is_not_on_duty_and_is_back_with_her_next_shift(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    absent(floor, "2026-08-24T00:00", "2026-08-25T00:00")

    lisi = floor.standing()["lisi"]
    assert lisi.why_not is WhyNot.ABSENT
    assert lisi.next_on == moment("2026-08-25T09:30")


def test_absences_one_after_the_other_are_one_to_whoever_waits(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    absent(floor, "2026-08-24T00:00", "2026-08-25T00:00", "wangwu")
    absent(floor, "2026-08-25T00:00", "2026-08-26T10:00", "wangwu")

    assert floor.standing()["wangwu"].next_on == moment("2026-08-26T10:00")


def test_an_absence_is_ended_early_and_one_to_come_never_was(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    now = absent(floor, "2026-08-24T00:00", "2026-08-30T00:00")
    later = absent(floor, "2026-09-01T00:00", "2026-09-02T00:00")

    for number in (now, later):
        floor.store.do(lambda uow: duty.end_absence(uow, number, who="lin"))  # noqa: B023 - at once

    assert floor.on_duty()["lisi"] == ""
    assert not floor.store.do(lambda uow: duty.absences(uow, floor.clock.now()))
    with pytest.raises(AbsenceRefused):
        floor.store.do(lambda uow: duty.end_absence(uow, later, who="lin"))


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("2026-08-25T10:00", "2026-08-25T10:00", "turned"),
        ("2026-08-20T10:00", "2026-08-21T10:00", "over"),
        ("2026-08-25T10:00", "2028-08-25T10:00", "long"),
        ("2026-08-26T00:00", "2026-08-27T00:00", "known"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    floor: Floor, since: str, until: str, why: str
) -> None:
    absent(floor, "2026-08-26T00:00", "2026-08-28T00:00")

    with pytest.raises(AbsenceRefused) as refused:
        absent(floor, since, until)
    assert refused.value.words == {"why": why}


def say(floor: Floor, word: Duty, userid: str = "lisi") -> None:
    floor.store.do(lambda uow: duty.say(uow, userid, word, who=userid))


def told(floor: Floor, word: Duty, at: datetime, userid: str = "lisi") -> None:
    floor.store.do(lambda uow: duty.told(uow, userid, word, at))


def test_her_word_holds_for_the_day_and_not_for_the_next_one(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    say(floor, Duty.AWAY)
    assert floor.on_duty()["lisi"] == WhyNot.AWAY
    assert floor.standing()["lisi"].next_on == moment("2026-08-25T09:30")

    floor.at("2026-08-25T09:30")
    assert floor.on_duty()["lisi"] == ""


def test_she_may_help_outside_of_her_shift_while_the_shop_is_open(floor: Floor) -> None:
    floor.at("2026-08-24T14:00")
    say(floor, Duty.ON)
    assert floor.on_duty()["lisi"] == ""

    floor.at("2026-08-24T21:30")
    assert floor.on_duty()["lisi"] == WhyNot.CLOSED


def test_an_absence_weighs_more_than_her_word(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    absent(floor, "2026-08-24T00:00", "2026-08-25T00:00")
    say(floor, Duty.ON)

    assert floor.on_duty()["lisi"] == WhyNot.ABSENT


def test_of_her_word_and_the_platforms_the_later_counts(floor: Floor) -> None:
    at = floor.at("2026-08-24T10:00")
    told(floor, Duty.OFF, at - timedelta(days=1))
    assert floor.on_duty()["lisi"] == WhyNot.PLATFORM_OFF
    assert floor.standing()["lisi"].next_on == moment("2026-08-25T09:30")

    say(floor, Duty.ON)
    assert floor.on_duty()["lisi"] == ""

    told(floor, Duty.AWAY, at + timedelta(minutes=1))
    assert floor.on_duty()["lisi"] == WhyNot.PLATFORM_AWAY

    told(floor, Duty.ON, at + timedelta(minutes=2))
    told(floor, Duty.OFF, at + timedelta(seconds=90))  # overtaken on its way
    assert floor.on_duty()["lisi"] == ""

    floor.at("2026-08-24T14:00")  # still signed in there, her shift is over
    assert floor.on_duty()["lisi"] == WhyNot.NO_SHIFT


def turns(floor: Floor) -> list[tuple[str, bool]]:
    with floor.store.unit() as uow:
        duty.refresh(uow, floor.tools)
        events = [one for one in uow.events if isinstance(one, AdvisorDutyChanged)]
    return [(one.advisor, one.is_on) for one in events]


def test_a_deputy_stands_in_for_who_is_ill_from_the_file_to_the_choice(floor: Floor) -> None:
    at = floor.at("2026-08-25T10:00")
    absent(floor, "2026-08-25T00:00", "2026-08-26T00:00")

    def route(uow: UnitOfWork) -> duty.Choice:
        rota = duty.rota(uow, floor.tools)
        level = rota.level(Kind.COMPLAINT, "时光挚友")
        need = Need(at, level, frozenset({"complaint"}), "时光挚友", own="lisi")
        return duty.choose(need, duty.standing(uow, floor.tools, at), rota.shop)

    [pick] = floor.store.do(route).order
    assert (pick.userid, pick.because, pick.instead_of) == ("wangwu", Because.DEPUTY, "lisi")

    at = floor.at("2026-08-25T22:00")
    night = floor.store.do(route)
    assert (night.nobody, night.promised_at) == (Nobody.CLOSED, moment("2026-08-26T09:40"))


def test_who_comes_and_goes_is_published_once(floor_on_both: Floor) -> None:
    floor = floor_on_both
    floor.at("2026-08-24T09:00")
    assert sorted(turns(floor)) == [("lisi", False), ("wangwu", False), ("zhao", False)]
    assert turns(floor) == []

    floor.at("2026-08-24T09:30")
    assert sorted(turns(floor)) == [("lisi", True), ("wangwu", True), ("zhao", True)]
    assert floor.store.do(duty.count_on_duty) == 3

    absent(floor, "2026-08-24T09:00", "2026-08-24T20:00")
    assert turns(floor) == [("lisi", False)]
    floor.at("2026-08-24T12:00")
    assert sorted(turns(floor)) == [("wangwu", False), ("zhao", False)]
    assert floor.store.do(duty.count_on_duty) == 0


def test_an_advisor_who_is_no_longer_configured_is_not_counted(floor: Floor) -> None:
    floor.at("2026-08-24T10:00")
    turns(floor)

    floor.tools.add(Advisors, Advisors(ADVISORS[:1]))

    assert turns(floor) == []
    assert floor.store.do(duty.count_on_duty) == 1


def test_the_clock_knows_when_to_look_again(floor: Floor) -> None:
    at = floor.at("2026-08-24T10:00")
    absent(floor, "2026-08-24T10:30", "2026-08-24T11:00")

    def after(moment: datetime) -> datetime | None:
        return floor.store.do(lambda uow: duty.next_change(uow, floor.tools, moment))

    assert after(at) == moment("2026-08-24T10:30")
    assert after(moment("2026-08-24T11:00")) == moment("2026-08-24T12:00")
    assert after(moment("2026-08-24T12:00")) == moment("2026-08-24T13:30")
    assert after(moment("2026-08-24T13:30")) == moment("2026-08-24T21:30")
