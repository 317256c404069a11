"""Whom a case is given to, and why; and whose turn it is."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.duty import (
    OVERTAKEN_S,
    Because,
    Kind,
    Need,
    Nobody,
    Roster,
    Standing,
    Waiting,
    WhyNot,
    choose,
    queue_order,
)
from bot.commons.duty.levels import level_for
from bot.commons.duty.routing import lead_s

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOP = Roster.model_validate({"hours": {"daily": ["09:30-12:00", "13:30-21:30"]}}).shop(SHANGHAI)
NOON = datetime(2026, 8, 24, 3, 0, tzinfo=UTC)
LEVELS = Roster().all_levels
VIP = "时光挚友"


def advisor(userid: str, **more: object) -> Standing:
    known: dict[str, object] = {"skills": frozenset({"complaint"})}
    return Standing(userid, userid, True, **(known | more))  # type: ignore[arg-type]  # noqa: FBT003


def away(userid: str, why: WhyNot = WhyNot.ABSENT, **more: object) -> Standing:
    return replace(advisor(userid, **more), on_duty=False, why_not=why)


def need(kind: Kind = Kind.COMPLAINT, at: datetime = NOON, **more: object) -> Need:
    skills = frozenset({"complaint"}) if kind is Kind.COMPLAINT else frozenset[str]()
    known: dict[str, object] = {"skills": skills}
    return Need(at, level_for(LEVELS, kind), **(known | more))  # type: ignore[arg-type]


def asked(wanted: Need, *standings: Standing) -> list[tuple[str, str]]:
    return [(one.userid, one.because) for one in choose(wanted, standings, SHOP).order]


def test_who_served_her_last_comes_before_her_own_and_both_before_the_rest() -> None:
    team = [advisor("a"), advisor("own", open_cases=5), advisor("last", open_cases=7)]

    assert asked(need(served_by="Last", own="own"), *team) == [
        ("last", Because.SERVED),
        ("own", Because.OWN),
        ("a", Because.ON_DUTY),
    ]


def test_the_skill_comes_before_the_person() -> None:
    team = [advisor("own", skills=frozenset({"styling"})), advisor("a", open_cases=6)]

    assert asked(need(own="own"), *team) == [("a", Because.ON_DUTY), ("own", Because.NO_SKILL)]


def test_an_absent_advisor_is_stood_in_for_down_the_line_of_deputies() -> None:
    team = [away("own", deputy="b"), away("b", deputy="c"), advisor("c"), advisor("a")]

    [first, *_] = choose(need(own="own"), team, SHOP).order
    assert (first.userid, first.because, first.instead_of) == ("c", Because.DEPUTY, "own")


def test_deputies_in_a_circle_end_in_the_queue_of_all() -> None:
    team = [away("own", deputy="b"), away("b", deputy="own"), advisor("a")]

    assert asked(need(own="own"), *team) == [("a", Because.ON_DUTY)]


def test_a_deputy_who_is_gone_or_unknown_is_passed_over() -> None:
    team = [away("own", deputy="b"), away("b", WhyNot.GONE), advisor("a")]

    assert asked(need(own="own"), *team) == [("a", Because.ON_DUTY)]
    assert asked(need(own="stranger"), advisor("a")) == [("a", Because.ON_DUTY)]


def test_vips_go_to_gold_advisors_and_newcomers_to_their_guides() -> None:
    gold, guide = advisor("gold", tiers=(VIP,), open_cases=3), advisor("g", guides_newcomers=True)
    team = [advisor("a"), replace(guide, open_cases=3), gold]

    assert asked(need(tier=VIP), *team)[0] == ("gold", Because.TIER)
    assert asked(need(is_new=True), *team)[0] == ("g", Because.GUIDE)
    assert asked(need(), *team)[0] == ("a", Because.ON_DUTY)


def test_whoever_has_the_fewest_open_cases_is_first_and_supervisors_are_last() -> None:
    boss = advisor("boss", is_supervisor=True, skills=frozenset())
    team = [boss, advisor("a", open_cases=2), advisor("b", open_cases=1)]

    assert [userid for userid, _ in asked(need(), *team)] == ["b", "a", "boss"]


def test_those_who_have_equally_much_take_turns() -> None:
    team = [advisor(userid) for userid in "abc"]

    first = [asked(need(turn=case), *team)[0][0] for case in range(300)]

    assert all(80 <= first.count(userid) <= 120 for userid in "abc")


def test_she_is_known_by_the_userid_that_she_had() -> None:
    team = [advisor("new", configured="old", open_cases=3), advisor("a", open_cases=1)]

    assert asked(need(own="Old"), *team)[0] == ("new", Because.OWN)
    assert asked(need(passed=frozenset({"old"})), *team)[-1] == ("new", Because.AGAIN)


def test_what_cannot_wait_goes_to_the_skilled_before_the_idle() -> None:
    team = [advisor("idle", skills=frozenset()), advisor("full", open_cases=8)]

    assert asked(need(Kind.SAFETY, skills=frozenset({"complaint"})), *team) == [
        ("full", Because.OVER_CAPACITY),
        ("idle", Because.NO_SKILL),
    ]


def test_who_has_enough_gets_no_more_and_her_deputy_does() -> None:
    team = [advisor("own", open_cases=8, deputy="b"), advisor("b", open_cases=7), advisor("c")]

    assert asked(need(own="own"), *team) == [("b", Because.DEPUTY), ("c", Because.ON_DUTY)]


def test_what_cannot_wait_goes_also_to_those_who_have_enough() -> None:
    team = [advisor("a", open_cases=8), advisor("b", open_cases=9)]

    assert [userid for userid, _ in asked(need(Kind.SAFETY), *team)] == ["a", "b"]
    assert choose(need(), team, SHOP).nobody is Nobody.FULL


def test_who_did_not_take_it_is_asked_again_when_nobody_else_is_left() -> None:
    team = [advisor("a"), advisor("b")]

    assert asked(need(passed=frozenset({"a"})), *team) == [
        ("b", Because.ON_DUTY),
        ("a", Because.AGAIN),
    ]


@pytest.mark.parametrize(
    ("at", "nobody", "promised"),
    [
        ("2026-08-24T23:00", Nobody.CLOSED, "08-25 09:45"),
        ("2026-08-24T12:30", Nobody.CLOSED, "08-24 13:45"),
        ("2026-08-24T11:00", Nobody.OFF_DUTY, "08-24 14:15"),
    ],
)
def test_when_nobody_is_there_an_answer_is_promised_from_when_somebody_is(
    at: str, nobody: Nobody, promised: str
) -> None:
    now = datetime.fromisoformat(f"{at}+08:00")
    back = datetime.fromisoformat("2026-08-24T14:00+08:00") if now.hour == 11 else None
    choice = choose(need(at=now), [away("a", next_on=back)], SHOP)

    assert choice.promised_at is not None
    assert (choice.order, choice.nobody) == ((), nobody)
    assert choice.promised_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == promised


def test_what_cannot_wait_is_promised_at_night_too() -> None:
    night = datetime.fromisoformat("2026-08-24T23:00+08:00")

    choice = choose(need(Kind.SAFETY, at=night), [away("a", next_on=NOON)], SHOP)

    assert choice.promised_at == night + timedelta(minutes=5)


def test_without_any_advisor_there_is_a_promise_all_the_same() -> None:
    assert choose(need(), [], SHOP).promised_at == NOON + timedelta(minutes=15)


people = st.lists(
    st.builds(
        advisor,
        st.sampled_from("abcdefgh"),
        open_cases=st.integers(0, 9),
        skills=st.sampled_from([frozenset({"complaint"}), frozenset[str]()]),
        is_supervisor=st.booleans(),
        deputy=st.sampled_from(["", *"abcdefgh"]),
        tiers=st.sampled_from([(), (VIP,)]),
    ).flatmap(lambda one: st.sampled_from([one, replace(one, on_duty=False)])),
    unique_by=lambda one: one.userid,
)


@given(
    people,
    st.sampled_from(["", *"abcdefgh"]),
    st.sampled_from(list(Kind)),
    st.frozensets(st.sampled_from("abcdefgh")),
)
def test_a_choice_names_those_who_can_take_it_once_each_or_says_why_nobody(
    team: Collection[Standing], own: str, kind: Kind, passed: frozenset[str]
) -> None:
    choice = choose(need(kind, own=own, tier=VIP, passed=passed), list(team), SHOP)

    able = {one.userid for one in team if one.on_duty and (kind is Kind.SAFETY or not one.is_full)}
    assert sorted(pick.userid for pick in choice.order) == sorted(able)
    assert (choice.nobody is None) == (choice.promised_at is None) == bool(able)


def test_a_newcomers_allergy_comes_before_a_vips_question_of_styling() -> None:
    allergy = Waiting(2, severity=1, since=NOON)
    styling = Waiting(1, severity=3, since=NOON - timedelta(minutes=20), rank=0)

    assert queue_order([styling, allergy]) == [allergy, styling]


def test_tier_comes_before_waiting_until_somebody_has_waited_enough() -> None:
    vip = Waiting(1, severity=4, since=NOON, rank=0)
    patient = Waiting(2, severity=4, since=NOON - timedelta(minutes=14))
    waited_long = Waiting(3, severity=4, since=NOON - timedelta(minutes=16))

    assert queue_order([patient, vip, waited_long]) == [waited_long, vip, patient]


arrivals = st.lists(
    st.builds(
        Waiting,
        st.integers(0, 10**6),
        severity=st.integers(1, 4),
        since=st.integers(0, 40_000).map(lambda s: NOON + timedelta(seconds=s)),
        rank=st.integers(0, 5),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda one: one.case,
)


@given(arrivals, st.integers(1, 3000))
def test_nobody_starves_whoever_comes(coming: list[Waiting], service_s: int) -> None:
    """One advisor takes one after the other; others arrive meanwhile."""
    now, left, served = NOON, list(coming), dict[int, datetime]()
    while left:
        there = [one for one in left if one.since <= now]
        if not there:
            now = min(one.since for one in left)
            continue
        first = queue_order(there)[0]
        served[first.case] = now
        left.remove(first)
        now += timedelta(seconds=service_s)

    for one in coming:
        overtakers = [
            other
            for other in coming
            if other.since > one.since and served[other.case] < served[one.case]
        ]
        assert all(
            other.since - one.since <= timedelta(seconds=OVERTAKEN_S - lead_s(one))
            for other in overtakers
        )


@given(arrivals)
def test_among_those_of_one_moment_severity_counts_first_and_then_the_tier(
    coming: list[Waiting],
) -> None:
    together = [replace(one, since=NOON) for one in coming]

    order = [(one.severity, min(one.rank, 3)) for one in queue_order(together)]
    assert order == sorted(order)
