"""What starts a clock, what stops it, and what leaves the others alone."""

from datetime import timedelta

import pytest

from bot.commons import cases, clocks, members
from bot.commons.cases import Kind
from bot.kernel.community import Tiers
from bot.kernel.privacy import PersonalRegistry
from tests.kit.ward import ROSTER, Ward, moment


def test_clocks_begin_when_she_wrote_and_not_when_we_saw_it(ward: Ward) -> None:
    ward.at("24 10:05")
    case = ward.opens("amei", Kind.COMPLAINT, 2, at=moment("24 10:00"))

    assert ward.due(case, "first") == "24 10:15:00"
    assert ward.due(case, "resolve") == "27 09:30:00"  # the 26th is a holiday


@pytest.mark.parametrize(
    ("kind", "severity", "tier", "due"),
    [
        (Kind.SAFETY, 3, "", "24 10:05:00"),
        (Kind.COMPLAINT, 3, "", "24 10:05:00"),
        (Kind.COMPLAINT, 2, "时光挚友", "24 10:10:00"),
        (Kind.COMPLAINT, 2, "", "24 10:15:00"),
        (Kind.VALUE, 1, "", "24 10:10:00"),
        (Kind.HUMAN, 1, "时光挚友", "24 10:15:00"),
        (Kind.HUMAN, 1, "", "24 10:30:00"),
        (Kind.PICTURE, 0, "", "24 10:30:00"),
    ],
)
def test_levels_follow_from_what_it_is_and_whose(
    ward: Ward, kind: Kind, severity: int, tier: str, due: str
) -> None:
    ward.at("24 10:00")
    her = ward.member("amei")
    if tier:
        tiers = Tiers([tier])
        ward.do(lambda uow: members.set_tier(uow, her, tier, reason="x", who="op", tiers=tiers))
    case = ward.opens("amei", kind, severity)

    assert ward.due(case, "first") == due


def test_a_member_of_high_value_has_the_level_of_one(ward: Ward) -> None:
    ward.at("24 10:00")
    her = ward.member("amei")
    ward.do(lambda uow: members.tag(uow, her, "高价值", who="op"))

    assert ward.due(ward.opens("amei", Kind.COMPLAINT, 2), "first") == "24 10:10:00"


def test_any_word_of_a_human_stops_the_first_clock(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.at("24 10:20")
    ward.answers(case, "wangwu")

    assert "first" not in ward.clocks(case)
    ward.travels(moment("24 12:00"))
    assert ward.warned() == []
    assert ward.escalated() == []
    found = ward.do(lambda uow: clocks.first_responses(uow, moment("24 00:00"), moment("25 00:00")))
    assert found == {"": clocks.FirstResponses(1, 1, 1200, 1200)}


def test_one_clock_never_stops_or_moves_another(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.VALUE)
    resolve = ward.due(case, "resolve")
    ward.travels(moment("24 10:30"))
    assert ward.due(case, "resolve") == resolve
    ward.answers(case)
    ward.writes(case)
    assert ward.due(case, "next") == "24 10:40:00"
    assert ward.due(case, "resolve") == resolve
    ward.travels(moment("24 10:40"))
    assert ward.escalated()[-1][:2] == ("next", "advisor")
    assert ward.due(case, "resolve") == resolve
    assert ward.clocks(case)["resolve"].breached_at is None


def test_a_later_message_starts_the_next_clock_once(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    ward.writes(case, at=moment("24 10:01"))
    assert "next" not in ward.clocks(case)
    ward.at("24 10:05")
    ward.answers(case)
    ward.at("24 10:10")
    ward.writes(case)
    ward.at("24 10:12")
    ward.writes(case)

    assert ward.due(case, "next") == "24 10:25:00"


def test_the_end_waits_while_it_is_her_turn(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    before = ward.clocks(case)["resolve"]
    ward.at("24 10:10")
    ward.answers(case)
    assert ward.do(lambda uow: clocks.due_of(uow, case)) is None
    ward.at("24 11:10")
    ward.writes(case)

    after = ward.clocks(case)["resolve"]
    assert after.started_at - before.started_at == timedelta(hours=1)
    assert after.marks.due_at >= before.marks.due_at


def test_nothing_rings_while_it_is_her_turn(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.VALUE)
    ward.answers(case)
    ward.travels(moment("28 12:00"))

    assert ward.warned() == []
    assert ward.escalated() == []


def test_danger_wants_a_word_every_four_hours(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.SAFETY, 3)
    ward.at("24 10:03")
    ward.answers(case)
    assert ward.due(case, "word") == "24 14:03:00"
    ward.travels(moment("24 14:03"))
    assert ("word", "advisor") in [one[:2] for one in ward.escalated()]
    ward.answers(case)
    assert ward.due(case, "word") == "24 18:03:00"


def test_a_case_that_becomes_graver_is_due_sooner_and_never_later(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    resolve = ward.clocks(case)["resolve"].marks.due_at
    ward.at("24 10:02")
    assert ward.opens("amei", Kind.COMPLAINT, 2) == case
    assert ward.due(case, "first") == "24 10:15:00"
    assert ward.clocks(case)["resolve"].marks.due_at <= resolve
    ward.at("24 10:03")
    ward.opens("amei", Kind.SAFETY, 3)
    assert ward.due(case, "first") == "24 10:05:00"
    assert set(ward.clocks(case)) == {"first", "word", "resolve"}
    assert ward.escalated() == [("first", "supervisor", "zhao")]
    ward.opens("amei", Kind.HUMAN, 0)
    assert ward.due(case, "first") == "24 10:05:00"


def test_the_end_of_a_case_stops_everything_and_opening_it_again_starts_anew(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    ward.travels(moment("24 10:16"))
    ward.resolves(case)
    assert ward.clocks(case) == {}
    ward.at("24 11:00")
    assert ward.opens("amei", Kind.COMPLAINT, 2) == case
    assert ward.due(case, "first") == "24 11:15:00"
    ward.travels(moment("24 11:15"))

    assert [rung for _, rung, _ in ward.escalated()] == ["deputy", "deputy"]


def test_what_is_missed_twice_climbs_higher(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei", Kind.VALUE)
    ward.answers(case)
    for minute in (5, 30):
        ward.at(f"24 10:{minute:02}")
        ward.writes(case)
        ward.waits(minutes=11)
        ward.answers(case)

    assert [one[:2] for one in ward.escalated()] == [("next", "advisor"), ("next", "deputy")]


def test_a_file_that_changes_holds_for_what_begins_from_then_on(ward: Ward) -> None:
    ward.at("24 10:00")
    old = ward.opens("amei")
    ward.write(f"{ROSTER}[levels.human]\nfirst_s = 600\n")
    new = ward.opens("lily")

    assert ward.due(old, "first") == "24 10:30:00"
    assert ward.due(new, "first") == "24 10:10:00"


def test_a_level_that_is_gone_from_the_file_leaves_its_clocks_running(ward: Ward) -> None:
    picky = '[levels.picky]\nkind = "complaint"\nhigh_value = true\nfirst_s = 300\n'
    ward.at("24 10:00")
    ward.write(f"{ROSTER}[levels.complaint-vip]\nhigh_value = false\n{picky}")
    her = ward.member("amei")
    ward.do(lambda uow: members.tag(uow, her, "高价值", who="op"))
    case = ward.opens("amei", Kind.COMPLAINT, 2)
    assert ward.clocks(case)["first"].level == "picky"
    ward.write(ROSTER)
    ward.travels(moment("24 10:05"))

    assert [rung for _, rung, _ in ward.escalated()] == ["deputy"]


def test_a_share_of_the_time_is_known_at_each_moment(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    due = ward.do(lambda uow: clocks.due_of(uow, case))
    assert due is not None
    assert (due.timer, due.level) == ("first", "human")
    shares = [round(due.share(moment(f"24 10:{m:02}")), 3) for m in (0, 6, 15, 24, 30, 40)]
    assert shares == [0, 0.2, 0.5, 0.8, 1, 1]


def test_a_member_who_is_forgotten_leaves_no_clock(ward: Ward) -> None:
    ward.at("24 10:00")
    case = ward.opens("amei")
    her = ward.case(case).member
    ward.do(lambda uow: PersonalRegistry((*clocks.personal, *cases.personal)).erase(uow, her))

    assert [ward.store.count(one) for one in ("case_clocks", "case_ladder", "case_asked")] == [
        0,
        0,
        0,
    ]
    ward.sweeps()
