"""When something is due: by business minutes, by the watch, or by the end of a day."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.commons.duty import Kind, Level, Roster, Timer
from bot.commons.duty.levels import level_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOP = Roster.model_validate(
    {"hours": {"daily": ["09:30-12:00", "13:30-21:30"], "sunday": []}}
).shop(SHANGHAI)


def level(kind: Kind, tier: str = "") -> Level:
    return level_for(Roster().all_levels, kind, tier)


def due(one: Level, timer: Timer, at: str, share: float = 1.0) -> str:
    found = one.due(timer, datetime.fromisoformat(f"{at}+08:00"), SHOP, share)
    return found.astimezone(SHANGHAI).strftime("%a %H:%M:%S") if found else ""


@pytest.mark.parametrize(
    ("timer", "at", "expected"),
    [
        (Timer.FIRST, "2026-08-24T11:50:00", "Mon 13:35:00"),
        (Timer.NEXT, "2026-08-24T21:25:00", "Tue 09:40:00"),
        (Timer.SUPERVISOR, "2026-08-29T21:00:00", "Sat 21:30:00"),
        (Timer.SUPERVISOR, "2026-08-29T21:00:01", "Mon 09:30:01"),
        (Timer.RESOLVE, "2026-08-24T20:00:00", "Wed 20:00:00"),
        (Timer.RESOLVE, "2026-08-28T20:00:00", "Mon 09:30:00"),
        (Timer.WORD, "2026-08-24T20:00:00", ""),
    ],
)
def test_a_complaint_is_due_in_business_time_and_solved_by_the_watch(
    timer: Timer, at: str, expected: str
) -> None:
    assert due(level(Kind.COMPLAINT), timer, at) == expected


def test_what_cannot_wait_is_due_at_night() -> None:
    safety = level(Kind.SAFETY)

    assert due(safety, Timer.FIRST, "2026-08-30T02:00:00") == "Sun 02:05:00"
    assert due(safety, Timer.SUPERVISOR, "2026-08-30T02:00:00") == "Sun 02:00:00"
    assert due(safety, Timer.WORD, "2026-08-30T02:00:00") == "Sun 06:00:00"
    assert due(safety, Timer.RESOLVE, "2026-08-30T02:00:00") == "Mon 02:00:00"


def test_the_same_day_ends_with_the_last_shift() -> None:
    purchase = level(Kind.PURCHASE)

    assert due(purchase, Timer.RESOLVE, "2026-08-24T11:59:00") == "Mon 21:30:00"
    assert due(purchase, Timer.RESOLVE, "2026-08-29T23:00:00") == "Mon 21:30:00"


def test_the_next_business_day_jumps_over_a_day_off() -> None:
    assert due(level(Kind.HUMAN), Timer.RESOLVE, "2026-08-29T10:00:00") == "Mon 21:30:00"


def test_warnings_come_before_and_not_at_night() -> None:
    complaint = level(Kind.COMPLAINT)

    assert due(complaint, Timer.FIRST, "2026-08-24T11:50:00", 0.5) == "Mon 11:57:30"
    assert due(complaint, Timer.FIRST, "2026-08-24T11:50:00", 0.8) == "Mon 13:32:00"
    assert due(complaint, Timer.RESOLVE, "2026-08-24T01:00:00", 0.5) == "Tue 09:30:00"


def test_a_question_of_anybody_is_as_any_wish_for_a_human() -> None:
    assert level(Kind.QUESTION, "时光挚友").first_s == 900
    assert level(Kind.QUESTION, "观察").first_s == 1800
