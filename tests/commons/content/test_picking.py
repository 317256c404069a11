"""Which file goes out, and who is told when there will be none."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.commons.content import (
    ContentFile,
    Kind,
    Library,
    Pick,
    Schedule,
    Stage,
    empty_slots,
    pick,
)
from bot.kernel.ids import GroupId
from bot.pipeline.scheduler import Crons
from tests.kit.desk import KNOWN, NOW, Desk

DAY = date(2026, 8, 24)


def post(name: str, on: date | None = None, until: date | None = None) -> ContentFile:
    return ContentFile(
        path=f"posts/{name}.md",
        title=name,
        kind=Kind.KNOWLEDGE,
        stage=Stage.AWARENESS,
        body=name,
        body_line=5,
        revision=name,
        publish_on=on,
        valid_until=until,
    )


def shelf(*files: ContentFile) -> Library:
    return Library({file.path: file for file in files})


def schedule(how: Pick = Pick.NEXT_UNUSED, *, file: str = "", cron: str = "0 9 * * *") -> Schedule:
    folder = "" if file else "posts"
    groups = (GroupId("vip-1"), GroupId("vip-2"))
    return Schedule(
        "s", "s.toml", 3, "Asia/Shanghai", groups, cron, content=folder, pick=how, file=file
    )


def name(file: ContentFile | None) -> str:
    return file.title if file else "nothing"


def test_the_next_unused_goes_by_name() -> None:
    library = shelf(post("a"), post("b"))

    picked = [
        name(pick(schedule(), library, DAY, used, ""))
        for used in ((), ("posts/a.md",), ("posts/a.md", "posts/b.md"))
    ]

    assert picked == ["a", "b", "nothing"]


def test_a_post_written_for_the_day_goes_first_and_only_then() -> None:
    library = shelf(post("a"), post("b", on=DAY))

    picked = [name(pick(schedule(), library, DAY + timedelta(days=n), (), "")) for n in (-1, 0, 1)]

    assert picked == ["a", "b", "a"]


def test_a_post_that_is_no_longer_valid_is_passed_over() -> None:
    library = shelf(post("a", until=DAY - timedelta(days=1)), post("b", until=DAY))

    assert name(pick(schedule(), library, DAY, (), "")) == "b"


def test_by_date_takes_nothing_but_the_post_of_the_day() -> None:
    library = shelf(post("a"), post("b", on=DAY))

    picked = [
        name(pick(schedule(Pick.BY_DATE), library, DAY + timedelta(days=n), (), "")) for n in (0, 1)
    ]

    assert picked == ["b", "nothing"]


def test_a_file_goes_out_each_time() -> None:
    library = shelf(post("a"), post("b", until=DAY))
    again = schedule(file="posts/b.md")

    assert name(pick(again, library, DAY, ("posts/b.md",), "")) == "b"
    assert name(pick(again, library, DAY + timedelta(days=1), (), "")) == "nothing"
    assert name(pick(schedule(file="posts/lost.md"), library, DAY, (), "")) == "nothing"


def test_other_folders_are_left_alone() -> None:
    library = Library({"postscript/a.md": post("a")})

    assert pick(schedule(), library, DAY, (), "") is None


@given(seed=st.text(), used=st.sets(st.sampled_from("abcd")))
def test_chance_is_the_same_each_time_and_prefers_the_unused(seed: str, used: set[str]) -> None:
    library = shelf(*map(post, "abcd"))
    paths = {f"posts/{one}.md" for one in used}

    picked = [name(pick(schedule(Pick.RANDOM), library, DAY, paths, seed)) for _ in range(2)]

    assert picked[0] == picked[1]
    assert picked[0] in (set("abcd") - used or set("abcd"))


def test_chance_reaches_every_file() -> None:
    library = shelf(*map(post, "abcd"))

    picked = {name(pick(schedule(Pick.RANDOM), library, DAY, (), str(n))) for n in range(100)}

    assert picked == set("abcd")


def test_an_empty_slot_is_told_with_its_day_and_its_groups() -> None:
    library = shelf(post("a"), post("b"))
    used = {GroupId("vip-1"): ["posts/a.md"], GroupId("vip-2"): []}

    slots = empty_slots(
        [schedule()],
        library,
        Crons(),
        after=datetime(2026, 8, 24, tzinfo=UTC),
        until=datetime(2026, 8, 27, tzinfo=UTC),
        used=lambda _, group: used[group],
    )

    assert [(slot.day.day, slot.targets) for slot in slots] == [
        (25, ("vip-1",)),
        (26, ("vip-1", "vip-2")),
    ]


# ── bot check ───────────────────────────────────────────────────────────────────────────

CRON = 'name = "s"\ncron = "0 9 * * *"\ncontent = "posts"\naudience = ["group:vip-1"]\n'


def test_a_check_warns_of_the_first_empty_day_within_two_weeks(desk: Desk) -> None:
    for n in range(4):
        desk.post(f"posts/{n}.md", f"早安 {n}")
    desk.schedule(CRON)

    [problem] = desk.check()

    assert (problem.rule, problem.line, problem.warning) == ("empty-slot", 1, True)
    assert problem.message.startswith("s: nothing to send on 2026-08-28 to vip-1, nor on 9 later")


def test_a_check_is_silent_when_there_is_enough(desk: Desk) -> None:
    for n in range(14):
        desk.post(f"posts/{n:02}.md", f"早安 {n}")
    desk.schedule(CRON)

    assert desk.check() == []


def test_a_schedule_without_content_is_an_error_of_its_own(desk: Desk) -> None:
    desk.schedule(
        f"[[schedule]]\n{CRON}[[schedule]]\n{CRON.replace('content', 'file')}".replace(
            'name = "s"\ncron = "0 9 * * *"\nfile', 'name = "t"\ncron = "0 9 * * *"\nfile'
        )
    )

    problems = desk.check()

    assert [(p.rule, p.line, p.warning) for p in problems] == [
        ("missing-file", 2, False),
        ("missing-file", 7, False),
    ]


def test_a_check_reads_everything_and_says_it_once(desk: Desk) -> None:
    desk.post("posts/a.md", head="kind = 1\n")
    desk.schedule(CRON + "oops = 1\n")

    assert {problem.rule for problem in desk.check()} == {
        "bad-value",
        "missing-key",
        "unknown-key",
    }
    assert KNOWN.timezone == "Asia/Shanghai"
    assert NOW.tzinfo is UTC
