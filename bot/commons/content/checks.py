"""What `bot check` says about content and schedules, and what an operator is told in time."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.commons.content.files import ContentFile
from bot.commons.content.fires import fire_times, local_day, seed_of
from bot.commons.content.library import Library
from bot.commons.content.matter import PLAIN, Forms
from bot.commons.content.picking import pick
from bot.commons.content.rendering import dissect
from bot.commons.content.schedules import MANY_TASKS, Known, Schedule, Timetable
from bot.kernel.errors import Problem
from bot.kernel.ids import GroupId
from bot.kernel.ports import CronReader

LOOK_AHEAD_DAYS = 14

Used = Callable[[Schedule, GroupId], Collection[str]]
"""Tells the paths of the files that a schedule has sent to a group."""


def nothing_used(schedule: Schedule, target: GroupId) -> Collection[str]:
    """Answer for a community that has sent nothing yet, or whose past is not at hand."""
    del schedule, target
    return ()


@dataclass(frozen=True, slots=True)
class EmptySlot:
    """A fire for which there will be nothing to send."""

    schedule: Schedule
    targets: tuple[GroupId, ...]
    fire_at: datetime
    day: date


def empty_slots(
    schedules: Sequence[Schedule],
    library: Library,
    crons: CronReader,
    *,
    after: datetime,
    until: datetime,
    used: Used = nothing_used,
) -> list[EmptySlot]:
    """Return the fires between two instants that find nothing to send, each with its groups.

    What the earlier fires of the stretch use up is not there for the later ones.
    """
    found: list[EmptySlot] = []
    for schedule in schedules:
        spent = {target: set(used(schedule, target)) for target in schedule.audience}
        for fire_at in fire_times(schedule, after, until, crons):
            day = local_day(schedule, fire_at)
            empty: list[GroupId] = []
            for target, paths in spent.items():
                seed = seed_of(schedule, target, fire_at)
                file = pick(schedule, library, day, paths, seed)
                if file is None:
                    empty.append(target)
                else:
                    paths.add(file.path)
            if empty:
                found.append(EmptySlot(schedule, tuple(empty), fire_at, day))
    return found


_PLACE = "correct the path, which begins below content/, or write a file there without mistakes"


def missing_content(schedules: Sequence[Schedule], library: Library) -> list[Problem]:
    """Return the schedules that point at nothing."""
    problems: list[Problem] = []
    for schedule in schedules:
        if schedule.file and schedule.file not in library.files:
            message = f"{schedule.name}: there is no usable content/{schedule.file}"
            problems.append(Problem(schedule.path, schedule.line, "missing-file", message, _PLACE))
        elif schedule.content and not any(library.below(schedule.content)):
            message = f"{schedule.name}: there is no usable file in content/{schedule.content}"
            problems.append(Problem(schedule.path, schedule.line, "missing-file", message, _PLACE))
    return problems


def slot_warnings(slots: Sequence[EmptySlot]) -> list[Problem]:
    """Return one warning for each schedule that runs dry, with the first day and how many."""
    by_name: dict[str, list[EmptySlot]] = defaultdict(list)
    for slot in slots:
        by_name[slot.schedule.name].append(slot)
    problems: list[Problem] = []
    for name, dry in by_name.items():
        first, more = dry[0], len(dry) - 1
        groups = ", ".join(first.targets)
        message = f"{name}: nothing to send on {first.day} to {groups}"
        message += f", nor on {more} later days" if more else ""
        place = first.schedule
        hint = f"add a file to content/{place.content}" if place.content else "look at its dates"
        problems.append(Problem(place.path, place.line, "empty-slot", message, hint, warning=True))
    return problems


def many_tasks(schedules: Sequence[Schedule], library: Library, known: Known) -> list[Problem]:
    """Return the files whose words differ for groups of one owner, who confirms each of them."""
    found: dict[str, Problem] = {}
    for schedule in schedules:
        owner = known.owner_of_several(schedule.audience)
        if not owner:
            continue
        one = library.files.get(schedule.file)
        for file in [one] if one else library.below(schedule.content) if schedule.content else ():
            line = _line_about_group(file)
            if line and MANY_TASKS not in file.waived and file.path not in found:
                message = (
                    f"{{{{ group }}}} makes a task of each group that {owner} has to confirm,"
                    f" by {schedule.name}"
                )
                hint = "say it without {{ group }}: groups that get the same are one task"
                place = f"{library.root}/{file.path}"
                found[file.path] = Problem(place, line, MANY_TASKS, message, hint, warning=True)
    return list(found.values())


def group_for_people(schedules: Sequence[Schedule], library: Library) -> list[Problem]:
    """Return the files that speak of a group and are sent to people one by one."""
    found: dict[str, Problem] = {}
    for schedule in schedules:
        one = library.files.get(schedule.file)
        files = [one] if one else library.below(schedule.content) if schedule.content else ()
        for file in files if schedule.people else ():
            if line := _line_about_group(file):
                message = f"{schedule.name} sends it to people in 1:1 chats: there is no group"
                place = f"{library.root}/{file.path}"
                hint = "say it without {{ group }}"
                found[file.path] = Problem(place, line, "undefined-variable", message, hint)
    return list(found.values())


def _line_about_group(file: ContentFile) -> int:
    """Return the first line that speaks of the group, 0 for none; an include is its reader's."""
    for number in dissect(file.body).groups:
        return file.body_line + number - 1
    return file.body_line if any(dissect(text).groups for _, text in file.snippets) else 0


def check(
    content: Path,
    schedules: Path,
    known: Known,
    *,
    now: datetime,
    forms: Forms = PLAIN,
    auto_ad_mark: bool = False,
    used: Used = nothing_used,
) -> list[Problem]:
    """Return everything that is wrong with the content and schedule files of two folders."""
    library = Library.read(content, forms=forms, auto_ad_mark=auto_ad_mark, audience=known.audience)
    timetable = Timetable.read(schedules, known, now=now)
    return check_read(library, timetable, known, now=now, used=used)


def check_read(
    library: Library, timetable: Timetable, known: Known, *, now: datetime, used: Used
) -> list[Problem]:
    """Return everything that is wrong with files that were read already."""
    pointless = missing_content(timetable.schedules, library)
    lost = {(problem.path, problem.line) for problem in pointless}
    usable = [s for s in timetable.schedules if (s.path, s.line) not in lost]
    until = now + timedelta(days=LOOK_AHEAD_DAYS)
    slots = empty_slots(usable, library, known.crons, after=now, until=until, used=used)
    found = [*library.problems, *timetable.problems, *pointless, *slot_warnings(slots)]
    found += many_tasks(usable, library, known)
    found += group_for_people(usable, library)
    return sorted(set(found))
