"""What is wrong with `duty.toml` is said with its line; everything may be left out."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.commons.audience import KnownAudience
from bot.commons.content import Forms, Library
from bot.commons.duty import FILE, Kind, Roster, Timer
from bot.commons.duty.levels import level_for
from bot.kernel.errors import Problem

KNOWN = KnownAudience(("时光挚友", "观察"), ("vip-1", "staff"), ("Lisi", "wangwu"))


def read(tmp_path: Path, text: str) -> tuple[Roster | None, Sequence[Problem]]:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    library = Library.read(tmp_path, forms=Forms(tables={FILE: Roster}), audience=KNOWN)
    return library.table(Roster), library.problems


def said(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    return [(each.line, each.rule) for each in read(tmp_path, text)[1]]


def test_an_empty_file_is_a_roster(tmp_path: Path) -> None:
    assert read(tmp_path, "") == (Roster(), ())


GOOD = """
phone = "400-000-0000"
operations = "group:staff"
[hours]
daily = ["09:30-12:00", "13:30－21:30"]
sunday = []
holiday = ["10：00-18:00"]
[calendar]
closed = [2027-02-06]
[levels.complaint-vip]
first_s = 300
[levels.styling]
kind = "question"
tiers = ["观察"]
resolve_s = 3600
[[advisor]]
userid = "LISI"
deputy = "wangwu"
capacity = 5
skills = ["group_purchase"]
[advisor.shifts]
monday = ["13:30-24:00"]
[[advisor]]
userid = "wangwu"
deputy = "lisi"
role = "supervisor"
guides_newcomers = true
"""


def test_everything_can_be_said(tmp_path: Path) -> None:
    roster, problems = read(tmp_path, GOOD)

    assert problems == ()
    assert roster is not None
    assert roster.operations == ("group:staff",)
    assert roster.row_of("lisi").capacity == 5
    assert roster.row_of("somebody").capacity == 8


def test_levels_change_what_they_name_and_nothing_else(tmp_path: Path) -> None:
    roster, _ = read(tmp_path, GOOD)
    assert roster is not None
    levels = roster.all_levels

    vip = level_for(levels, Kind.COMPLAINT, "时光挚友")
    styling = level_for(levels, Kind.QUESTION, "观察")
    assert (vip.first_s, vip.next_s) == (300, 600)
    assert (styling.name, styling.resolve_s, styling.resolve_days) == ("styling", 3600, None)
    assert level_for(levels, Kind.QUESTION).name == "human"
    assert level_for(levels, Kind.COMPLAINT, high_value=True).name == "complaint-vip"
    assert level_for(levels, Kind.COMPLAINT).first_s == 900


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ('[hours]\nmonday = ["22:00-06:00"]', 2, "bad-value"),
        ('[hours]\nmonday = ["09:00-12:00", "11:00-13:00"]', 2, "bad-value"),
        ('[hours]\nmonday = ["9-12"]', 2, "bad-value"),
        ('[hours]\nmonday = ["09:00-24:30"]', 2, "bad-value"),
        ('[hours]\nmonday = "09:00-12:00"', 2, "wrong-type"),
        ("[hours]\nmonday = []\nholiday = []", 1, "missing-key"),
        ('[hours]\nmonady = ["09:00-12:00"]', 2, "unknown-key"),
        ('[calendar]\ncountry = "XX"', 2, "bad-value"),
        ("[calendar]\nholidays = [2026-10-11]\nworkdays = [2026-10-11]", 3, "bad-date"),
        ('\n[[advisor]]\nuserid = "nobody"', 3, "unknown-advisor"),
        ('[[advisor]]\nuserid = "lisi"\ndeputy = "nobody"', 3, "unknown-advisor"),
        ('[[advisor]]\nuserid = "lisi"\ndeputy = "Lisi"', 3, "bad-value"),
        ('[[advisor]]\nuserid = "lisi"\n[[advisor]]\nuserid = "LISI"', 3, "duplicate-name"),
        ('[[advisor]]\nuserid = "lisi"\n[advisor.shifts]\nsunday = []', 3, "missing-key"),
        ('[[advisor]]\nuserid = "lisi"\ncapacity = 0', 3, "bad-value"),
        ('[[advisor]]\nuserid = "lisi"\nskills = ["cooking"]', 3, "bad-value"),
        ('operations = "all_groups"', 1, "bad-value"),
        ('operations = ["group:nowhere"]', 1, "unknown-group"),
        ('[levels.complaint]\ntiers = ["大王"]', 2, "unknown-tier"),
        ("\n[levels.mine]\nfirst_s = 60", 2, "missing-key"),
        ("[levels.complaint]\nfirst_s = 0", 2, "bad-value"),
        ('\n[levels.mine]\nkind = "complaint"', 2, "duplicate-name"),
        ('[levels.mine]\nkind = "complaint"\ntiers = ["时光挚友"]', 1, "duplicate-name"),
        ("[levels.complaint-vip]\ntiers = []\nhigh_value = false", 1, "duplicate-name"),
        ('[levels.complaint]\nfirst_s = "15m"', 2, "wrong-type"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, rule: str) -> None:
    assert said(tmp_path, text) == [(line, rule)]


def test_a_shift_past_midnight_is_told_how_to_be_written(tmp_path: Path) -> None:
    [problem] = read(tmp_path, '[hours]\nmonday = ["22:00-06:00"]')[1]

    assert '"22:00-24:00"' in problem.hint
    assert '"00:00-06:00"' in problem.hint


def test_every_level_by_default_is_as_the_policy_has_it() -> None:
    table = {
        one.name: (one.severity, one.first_s, one.next_s, one.supervisor_s, one.off_hours)
        for one in Roster().all_levels
    }

    assert table == {
        "safety": (1, 300, 300, 0, True),
        "complaint-vip": (2, 600, 600, 1200, False),
        "complaint": (2, 900, 900, 1800, False),
        "purchase": (3, 600, 600, 1800, False),
        "question-vip": (3, 900, 900, 2700, False),
        "human": (4, 1800, 900, 3600, False),
    }
    assert set(Timer) == {"first", "next", "supervisor", "word", "resolve"}
