"""Schedule files: what may stand in them, and how a mistake is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.commons.content import Known, Missed, Pick
from bot.kernel.ids import GroupId
from tests.kit.desk import KNOWN, Desk

GOOD = 'name = "morning"\ncron = "30 8 * * mon-fri"\nfile = "a.md"\naudience = ["all_groups"]\n'
FULL = """
[[schedule]]
name = "morning"
cron = "30 8 * * mon-fri"
timezone = "Europe/Berlin"
quiet_hours = "22:00-8:00"
jitter_s = 600
paused = true
blackout = [2026-10-01, "2026-02-16..2026-02-22"]
late_at_most_s = 1800
missed = "ask"
content = "posts/morning"
pick = "random"
audience = ["group:vip-2", "group:vip-1", "group:vip-2"]
[[schedule]]
name = "opening"
at = 2026-12-01T08:00:00+08:00
file = "posts/opening.md"
audience = ["all_groups"]
"""


def test_every_key_of_a_schedule_is_read(desk: Desk) -> None:
    desk.schedule(FULL)

    timetable = desk.timetable()

    assert timetable.problems == ()
    morning, opening = timetable.schedules
    assert (morning.name, morning.line, morning.timezone) == ("morning", 3, "Europe/Berlin")
    assert (morning.content, morning.pick, morning.missed) == (
        "posts/morning",
        Pick.RANDOM,
        Missed.ASK,
    )
    assert morning.quiet_hours == (time(22), time(8))
    assert morning.blackout == (
        (date(2026, 10, 1), date(2026, 10, 1)),
        (date(2026, 2, 16), date(2026, 2, 22)),
    )
    assert morning.audience == ("vip-2", "vip-1")
    assert (morning.jitter_s, morning.late_at_most_s, morning.paused) == (600, 1800, True)
    assert opening.at == datetime(2026, 12, 1, tzinfo=UTC)
    assert opening.audience == ("vip-1", "vip-2")


def test_a_file_may_be_a_single_schedule(desk: Desk) -> None:
    desk.schedule(GOOD)

    [schedule] = desk.timetable().schedules

    assert (schedule.name, schedule.timezone, schedule.line) == ("morning", "Asia/Shanghai", 1)


LOCAL = {
    "a local time of TOML": "2026-12-01T08:00:00",
    "a local time as text": '"2026-12-01T08:00"',
    "another offset as text": '"2026-12-01T01:00:00+01:00"',
    "UTC": "2026-12-01T00:00:00Z",
}


@pytest.mark.parametrize("written", LOCAL.values(), ids=LOCAL.keys())
def test_an_instant_may_be_local(desk: Desk, written: str) -> None:
    desk.schedule(f'name = "a"\nat = {written}\nfile = "a.md"\naudience = ["all_groups"]\n')

    [schedule] = desk.timetable().schedules

    assert schedule.at == datetime(2026, 12, 1, tzinfo=UTC)


WRONG = {
    "unknown key": (GOOD + "late_s = 1\n", [("unknown-key", 5)]),
    "not toml": (GOOD + "jitter_s = 5m\n", [("syntax", 5)]),
    "a number in quotes": (GOOD + 'jitter_s = "5"\n', [("wrong-type", 5)]),
    "a number below zero": (GOOD + "jitter_s = -1\n", [("bad-value", 5)]),
    "an unknown policy": (GOOD + 'missed = "never"\n', [("bad-value", 5)]),
    "an unknown pick": (GOOD + 'pick = "best"\n', [("bad-value", 5)]),
    "an unknown zone": (GOOD + 'timezone = "Asia/Peking"\n', [("bad-timezone", 5)]),
    "quiet hours without end": (GOOD + 'quiet_hours = "22:00"\n', [("bad-value", 5)]),
    "quiet hours at 25": (GOOD + 'quiet_hours = "22:00-25:00"\n', [("bad-value", 5)]),
    "a blackout that is no date": (GOOD + 'blackout = ["new year"]\n', [("bad-date", 5)]),
    "a blackout that runs back": (
        GOOD + 'blackout = ["2026-02-22..2026-02-16"]\n',
        [("bad-date", 5)],
    ),
    "both folder and file": (GOOD + 'content = "posts"\n', [("missing-key", 1)]),
    "neither folder nor file": (GOOD.replace("file", "# file"), [("missing-key", 1)]),
    "no name": (GOOD.replace("name", "# name"), [("missing-key", 1)]),
    "a name with spaces": (GOOD.replace("morning", "a b"), [("bad-value", 1)]),
    "no time": (GOOD.replace("cron", "# cron"), [("missing-key", 1)]),
    "two times": (GOOD + "at = 2026-12-01T08:00:00\n", [("bad-value", 5)]),
    "a day for an instant": (GOOD.replace("cron =", "at = 2026-12-01 #"), [("bad-date", 2)]),
    "no cron": (GOOD.replace("30 8 *", "30 8"), [("syntax", 2)]),
    "week days by number": (GOOD.replace("mon-fri", "1-5"), [("syntax", 2)]),
    "30 February": (GOOD.replace("* * mon-fri", "30 2 *"), [("never-fires", 2)]),
    "an unknown group": (GOOD.replace("all_groups", "group:vip-9"), [("unknown-group", 4)]),
    "an unknown audience": (GOOD.replace("all_groups", "everyone"), [("unknown-group", 4)]),
    "no audience": (GOOD.replace('"all_groups"', ""), [("empty-audience", 4)]),
    "a folder outside": (GOOD.replace("a.md", "../a.md"), [("unsafe-path", 3)]),
    "a segment": (GOOD.replace("all_groups", "segment:vip"), [("not-available", 4)]),
    "people without a name": (GOOD.replace("all_groups", "tag:"), [("bad-value", 4)]),
    "a tier that is none": (GOOD.replace("all_groups", "tier:黑金"), [("unknown-tier", 4)]),
    "people and a group": (
        GOOD.replace('"all_groups"', '"tag:vip", "group:vip-1"'),
        [("mixed-audience", 4)],
    ),
    "a key for later": (GOOD + 'only = "workday"\n', [("not-available", 5)]),
    "a time for later": (
        GOOD.replace("cron =", 'festival = "中秋" #') + 'time = "09:00"\n',
        [("not-available", 2), ("not-available", 5)],
    ),
    "no table": ("schedule = [1]\n", [("wrong-type", 1)]),
}


@pytest.mark.parametrize(("text", "late"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_named_with_its_line_and_the_rest_runs(
    desk: Desk, text: str, late: list[tuple[str, int]]
) -> None:
    desk.schedule(text)
    desk.schedule(GOOD.replace("morning", "other"), "z.toml")

    assert desk.late() == late
    assert [schedule.name for schedule in desk.timetable().schedules] == ["other"]


ONE_BRACKET = {
    "one": (f"# 早安\n[schedule]\n{GOOD}", 2),
    "with a space and a remark": (f"[ schedule ] # 早安\n{GOOD}", 1),
    "two, which is not TOML any more": (f"\n[schedule]\n{GOOD}\n[schedule]\n{GOOD}", 2),
    "one of each": (f"[[schedule]]\n{GOOD}[schedule]\n{GOOD}", 6),
    "beside another key": (f'note = "x"\n[schedule]\n{GOOD}', 2),
}


@pytest.mark.parametrize(("text", "line"), ONE_BRACKET.values(), ids=ONE_BRACKET.keys())
def test_one_bracket_for_two_is_said_in_just_these_words(desk: Desk, text: str, line: int) -> None:
    desk.schedule(text)

    [problem] = desk.timetable().problems

    assert (problem.rule, problem.line) == ("syntax", line)
    assert problem.message == "[schedule] has one bracket where two are needed"
    assert problem.hint.startswith("write [[schedule]] above each schedule")


def test_one_bracket_hides_no_other_mistake(desk: Desk) -> None:
    desk.schedule(f"[schedule]\n{GOOD}jitter_s = 5m\n")

    assert desk.late() == [("syntax", 1), ("syntax", 6)]


def test_week_days_by_number_come_with_the_reason(desk: Desk) -> None:
    desk.schedule(GOOD.replace("mon-fri", "1-5"))

    [problem] = desk.timetable().problems

    assert "week days go by name" in problem.message
    assert "mon-fri" in problem.hint


def test_a_broken_schedule_leaves_its_neighbours_in_the_file(desk: Desk) -> None:
    one, two = GOOD.replace("morning", "a"), GOOD.replace("30 8", "99 8")
    desk.schedule(f"[[schedule]]\n{one}[[schedule]]\n{two}")

    assert desk.late() == [("syntax", 8)]
    assert [schedule.name for schedule in desk.timetable().schedules] == ["a"]


def test_names_are_unique_over_all_files(desk: Desk) -> None:
    desk.schedule(GOOD, "a.toml")
    desk.schedule("\n" + GOOD, "b.toml")

    [problem] = desk.timetable().problems

    assert (problem.rule, problem.line) == ("duplicate-name", 2)
    assert "a.toml:1" in problem.message


def test_an_instant_in_the_past_is_a_warning_and_stays(desk: Desk) -> None:
    desk.schedule(GOOD.replace("cron =", "at = 2026-01-01T08:00:00 #"))

    timetable = desk.timetable()

    assert [(p.rule, p.warning) for p in timetable.problems] == [("never-fires", True)]
    assert len(timetable.schedules) == 1


def test_a_file_in_another_encoding_is_refused_with_the_fix(desk: Desk) -> None:
    (desk.schedules / "a.toml").write_bytes(f"# 早安，各位姐妹\n{GOOD}".encode("gbk"))

    assert desk.late() == [("encoding", 1)]


def test_a_folder_that_is_not_there_is_a_problem(desk: Desk) -> None:
    desk.schedules.rmdir()

    assert desk.late() == [("missing-file", 1)]


# ── an owner who has to confirm ─────────────────────────────────────────────────────────

CONFIRMED = replace(KNOWN, owners={GroupId("vip-1"): "lihua", GroupId("vip-2"): "lihua"})
DAILY = """name = "morning"
cron = "30 8 * * *"
file = "posts/a.md"
audience = ["all_groups"]
"""


def said(desk: Desk, known: Known = CONFIRMED) -> list[tuple[str, int, bool]]:
    """Return file, line and weight of each problem with many tasks."""
    found = [problem for problem in desk.check(known) if problem.rule == "many-tasks"]
    assert all("lihua" in problem.message and problem.hint for problem in found)
    return [(Path(one.path).name, one.line, one.warning) for one in found]


def test_jitter_for_groups_of_one_owner_is_a_warning(desk: Desk) -> None:
    desk.post("posts/a.md")
    desk.schedule(f"{DAILY}jitter_s = 300\n")

    assert said(desk) == [("s.toml", 5, True)]
    assert said(desk, KNOWN) == []


def test_a_draw_for_each_group_of_one_owner_is_a_warning(desk: Desk) -> None:
    desk.post("posts/a.md")
    words = DAILY.replace('file = "posts/a.md"', 'content = "posts"')
    desk.schedule(f'{words}pick = "random"\n')

    assert said(desk) == [("s.toml", 5, True)]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("早安\n{{ group }} 的姐妹", 6),
        ("早安\n\n{% if group == 'a' %}好{% endif %}", 7),
        ("{% include '_a.md' %}", 5),
        ("早安", 0),
        ("{{ community }} {{ date }}", 0),
    ],
)
def test_words_that_differ_for_groups_of_one_owner_are_a_warning(
    desk: Desk, body: str, line: int
) -> None:
    desk.write("_a.md", "嗨 {{ group }}")
    desk.post("posts/a.md", body)
    desk.post("posts/other.md", "{{ group }}")
    desk.schedule(DAILY)

    assert said(desk) == ([("a.md", line, True)] if line else [])


def test_one_group_for_each_owner_is_as_it_should_be(desk: Desk) -> None:
    desk.post("posts/a.md", "{{ group }}")
    desk.schedule(f"{DAILY}jitter_s = 300\n")
    each = {GroupId("vip-1"): "lihua", GroupId("vip-2"): "zhaolei"}

    assert said(desk, replace(KNOWN, owners=each)) == []


def test_whoever_wants_a_task_for_each_group_can_say_so(desk: Desk) -> None:
    desk.post("posts/a.md", "{{ group }}", matter='waive = ["many-tasks"]\n')
    desk.schedule(DAILY)

    assert said(desk) == []
