"""What is kept of a member's salons leaves with her, and goes over to another member."""

from datetime import timedelta

from bot.commons import salons
from tests.kit.salons import COATS, TURNS, Street


def test_her_places_leave_with_her_and_the_line_moves_up(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    amei = street.member("amei")
    [data] = salons.personal
    assert street.store.do(lambda uow: data.export(uow, amei))[0]["state"] == "in"
    street.store.do(lambda uow: data.erase(uow, amei))
    street.runs(*TURNS)
    assert street.told() == ["bea"]
    assert street.heads() == 1


def test_counts_stay_when_those_who_came_are_erased(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.arrives("amei")
    street.store.clock.at = street.salon().ends_at + timedelta(hours=3)
    street.waits()
    amei = street.member("amei")
    [data] = salons.personal
    street.store.do(lambda uow: data.erase(uow, amei))
    outcome = street.salon().outcome
    assert outcome is not None
    assert (outcome.heads, outcome.came) == (1, 1)


def test_two_members_who_are_one_have_one_place_the_better_one(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    amei, bea = street.member("amei"), street.member("bea")
    [data] = salons.personal
    movers = data.movers
    moved = street.store.do(lambda uow: [each.move(uow, amei, bea) for each in movers])
    assert street.place("bea").state == "in"
    assert (street.heads(), street.line()) == (1, [])
    with street.store.unit() as uow:
        for each, was in zip(movers, moved, strict=True):
            each.back(uow, amei, bea, was)
    assert street.place("amei").state == "in"
    assert street.place("bea").state == "waiting"


def test_undoing_a_merge_takes_no_place_that_somebody_else_has_now(street: Street) -> None:
    street.writes(COATS + "capacity = 2\n")
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    amei, bea = street.member("amei"), street.member("bea")
    mover = salons.personal[0].movers[0]
    moved = street.store.do(lambda uow: mover.move(uow, amei, bea))
    street.runs(*TURNS)
    assert street.told() == ["cai"]
    with street.store.unit() as uow:
        mover.back(uow, amei, bea, moved)
    assert (street.heads(), street.line()) == (2, ["amei"])


def test_a_member_erased_in_the_middle_of_the_news_is_left_out(street: Street) -> None:
    street.writes()
    for who in ("amei", "bea"):
        street.says(who, "报名 101")
    street.writes(COATS.replace("一楼", "二楼"))
    amei = street.member("amei")
    [data] = salons.personal
    street.store.do(lambda uow: data.erase(uow, amei))
    street.runs("invitations.tell")
    assert street.told() == ["bea"]
