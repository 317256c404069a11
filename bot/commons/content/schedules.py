"""Schedules: when content goes out, and to whom. A broken one is named and left out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.commons.audience import KnownAudience, wrong_with
from bot.commons.content.entries import NOT_YET, ScheduleEntry
from bot.commons.content.paths import UNSAFE_HINT, below, shown
from bot.commons.content.reading import text_of
from bot.kernel.checking import Source, check, describe, parse_toml
from bot.kernel.clock import instant_of
from bot.kernel.errors import FileProblem, Problem
from bot.kernel.ids import GroupId
from bot.kernel.ports import CronReader

FILE_MAX_BYTES = 256 * 1024
MANY_TASKS = "many-tasks"
_SINGLE = re.compile(r"^[ \t]*\[[ \t]*schedule[ \t]*\]", re.MULTILINE)
_ONE_BRACKET = (
    "syntax",
    "[schedule] has one bracket where two are needed",
    "write [[schedule]] above each schedule of the file, also above a single one",
)


class Pick(StrEnum):
    """How a schedule chooses among the files of its folder."""

    NEXT_UNUSED = "next_unused"
    BY_DATE = "by_date"
    RANDOM = "random"


class Missed(StrEnum):
    """What becomes of a fire that is found later than `late_at_most_s`."""

    SKIP = "skip"
    LATE = "late"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One `[[schedule]]`. Either `cron` or `at`, either `content` or `file`."""

    name: str
    """Stable: what was sent is remembered under it."""
    path: str
    """The file that it stands in, as an operator would type it, and the line there."""
    line: int
    timezone: str
    audience: tuple[GroupId, ...]
    """Its groups; where it is for people, one stand-in for all of them, called as their words."""
    cron: str = ""
    at: datetime | None = None
    content: str = ""
    pick: Pick = Pick.NEXT_UNUSED
    file: str = ""
    jitter_s: int = 0
    paused: bool = False
    blackout: tuple[tuple[date, date], ...] = ()
    """First and last local day of each stretch without fires."""
    quiet_hours: tuple[time, time] | None = None
    """From and until, local; what falls due inside waits until they end."""
    late_at_most_s: int = 3600
    missed: Missed = Missed.SKIP
    people: tuple[str, ...] = ()
    """Words of an audience: who is meant is looked up when it is sent, in 1:1 chats."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone that its times and days are in."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Known:
    """What schedules may refer to."""

    groups: Sequence[GroupId]
    everyone: Sequence[GroupId]
    """What `all_groups` stands for."""
    timezone: str
    """Of the community; for schedules that name none."""
    crons: CronReader
    owners: Mapping[GroupId, str] = field(default_factory=dict)
    """Who confirms by hand what is sent to a group, where somebody has to."""
    tiers: Sequence[str] = ()
    advisors: Sequence[str] | None = None

    def owner_of_several(self, audience: Sequence[GroupId]) -> str:
        """Return an owner who confirms for two or more of these groups; empty when none does."""
        asked = Counter(self.owners[group] for group in audience if group in self.owners)
        return next((owner for owner, count in asked.items() if count > 1), "")

    @property
    def audience(self) -> KnownAudience:
        """What polls and salons may say of whom they are for."""
        return KnownAudience(self.tiers, self.groups, self.advisors)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The schedules of one folder as they were when it was read."""

    schedules: Sequence[Schedule] = ()
    problems: Sequence[Problem] = ()

    @classmethod
    def read(cls, folder: Path, known: Known, *, now: datetime) -> "Timetable":
        """Read every `*.toml` of `folder`; `now` tells what can still fire."""
        if not folder.is_dir():
            problem = Problem(shown(folder), 1, "missing-file", "there is no such folder")
            return cls(problems=(problem,))
        desk = _Desk(known, now)
        for path in sorted(folder.rglob("*.toml")):
            if not path.name.startswith("."):
                desk.read(path)
        return cls(tuple(desk.schedules.values()), tuple(sorted(desk.problems)))


@dataclass(slots=True)
class _Desk:
    """Where the files of one folder are read."""

    known: Known
    now: datetime
    schedules: dict[str, Schedule] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path) -> None:
        name = shown(path)
        try:
            text = text_of(path, name, kind="schedule", most_bytes=FILE_MAX_BYTES)
            source = _read_toml(name, text)
        except FileProblem as exc:
            self.problems += exc.problems
        else:
            for at, table in _tables(source):
                self._read_one(source, at, table)

    def _read_one(self, source: Source, at: tuple[str | int, ...], table: object) -> None:
        written: Mapping[str, object] = table if isinstance(table, Mapping) else {}
        problems = [_not_yet(source, (*at, key)) for key in written if key in NOT_YET]
        rest = {key: value for key, value in written.items() if key not in NOT_YET}
        given = rest if problems else table
        entry, wrongs = check(ScheduleEntry, given, source, at, {"not_yet": problems})
        problems += wrongs
        if entry is not None:
            problems += self._disagreements(source, at, entry)
            audience, people, strangers = self._audience(source, at, entry)
            problems += strangers
            problems += self._many_tasks(source, at, entry, audience)
            if all(problem.warning for problem in problems):
                schedule = replace(self._made(source, at, entry, audience), people=people)
                self.schedules[schedule.name] = schedule
        self.problems += problems

    def _many_tasks(
        self,
        source: Source,
        at: tuple[str | int, ...],
        entry: ScheduleEntry,
        audience: tuple[GroupId, ...],
    ) -> Iterator[Problem]:
        owner = self.known.owner_of_several(audience)
        if not owner:
            return
        if entry.jitter_s:
            message = f"{entry.name}: {owner} has to confirm a task for each of her groups"
            hint = "leave jitter_s out: groups that fall due together are one task of their owner"
            yield source.problem((*at, "jitter_s"), MANY_TASKS, message, hint, warning=True)
        if entry.content is not None and Pick(entry.pick) is Pick.RANDOM:
            message = f"{entry.name}: {owner} has to confirm a task for each file that is drawn"
            hint = 'use pick = "next_unused" or "by_date": groups that get the same are one task'
            yield source.problem((*at, "pick"), MANY_TASKS, message, hint, warning=True)

    def _made(
        self,
        source: Source,
        at: tuple[str | int, ...],
        entry: ScheduleEntry,
        audience: tuple[GroupId, ...],
    ) -> Schedule:
        timezone = entry.timezone or self.known.timezone
        return Schedule(
            name=entry.name,
            path=source.path,
            line=source.line_of((*at, "name")),
            timezone=timezone,
            audience=audience,
            cron=entry.cron or "",
            at=_instant(entry.at, timezone) if entry.at else None,
            content=below(entry.content) or "" if entry.content else "",
            pick=Pick(entry.pick),
            file=below(entry.file) or "" if entry.file else "",
            jitter_s=entry.jitter_s,
            paused=entry.paused,
            blackout=entry.blackout,
            quiet_hours=entry.quiet_hours,
            late_at_most_s=entry.late_at_most_s,
            missed=Missed(entry.missed),
        )

    def _disagreements(
        self, source: Source, at: tuple[str | int, ...], entry: ScheduleEntry
    ) -> Iterator[Problem]:
        if twin := self.schedules.get(entry.name):
            message = f"the name {describe(entry.name)} is taken by {twin.path}:{twin.line}"
            hint = "names are remembered with what was sent: give this one another"
            yield source.problem((*at, "name"), "duplicate-name", message, hint)
        for key, path in (("content", entry.content), ("file", entry.file)):
            if path is not None and below(path) is None:
                message = f"{describe(path)} is no path below content/"
                yield source.problem((*at, key), "unsafe-path", message, UNSAFE_HINT)
        timezone = entry.timezone or self.known.timezone
        if entry.cron is not None:
            yield from self._cron(source, (*at, "cron"), entry.cron, timezone)
        if entry.at is not None and _instant(entry.at, timezone) < self.now:
            message = "lies in the past and is over"
            yield source.problem((*at, "at"), "never-fires", message, warning=True)

    def _cron(
        self, source: Source, at: tuple[str | int, ...], cron: str, timezone: str
    ) -> Iterator[Problem]:
        try:
            recurrence = self.known.crons(cron, timezone)
        except ValueError as exc:
            yield source.problem(at, "syntax", f"cron: {exc}", 'for example "30 8 * * mon-fri"')
            return
        if recurrence.next_after(self.now) is None:
            yield source.problem(at, "never-fires", f"there is no such day: {describe(cron)}")

    def _audience(
        self, source: Source, at: tuple[str | int, ...], entry: ScheduleEntry
    ) -> tuple[tuple[GroupId, ...], tuple[str, ...], list[Problem]]:
        key = (*at, "audience")
        found: dict[GroupId, None] = {}
        people: dict[str, None] = {}
        problems: list[Problem] = []
        for target in entry.audience:
            kind, _, name = target.partition(":")
            if target == "all_groups":
                found.update(dict.fromkeys(self.known.everyone))
            elif kind == "group" and name in self.known.groups:
                found[GroupId(name)] = None
            elif kind in ("tag", "tier", "member"):
                people[target] = None
                if wrong := wrong_with(target, self.known.audience):
                    problems.append(source.problem(key, wrong.rule, wrong.message, wrong.hint))
            elif kind == "segment":
                message = f"audience {describe(target)} is not available in this version"
                problems.append(source.problem(key, "not-available", message))
            else:
                known = ", ".join([*(f"group:{g}" for g in self.known.groups), "all_groups"])
                message = f"nobody is called {describe(target)}"
                problems.append(source.problem(key, "unknown-group", message, f"known: {known}"))
        if found and people:
            message = f"{next(iter(people))} is for people, and {next(iter(found))} is a group"
            problems.append(source.problem(key, "mixed-audience", message, _MIXED))
        if people:
            return (_stand_in(people),), tuple(people), problems
        if not found and not problems:
            message = "goes to nobody: there are no groups" if entry.audience else "goes to nobody"
            problems.append(source.problem(key, "empty-audience", message))
        return tuple(found), (), problems


def _stand_in(words: Iterable[str]) -> GroupId:
    """Return what people are called together; of single ones no names, which would be kept."""
    named = ("member" if word.startswith("member:") else word for word in words)
    return GroupId("、".join(dict.fromkeys(named)))


_MIXED = (
    "a group shows it to everybody who is in it: give the people a schedule of their own, which"
    " writes to them one by one"
)


def _read_toml(path: str, text: str) -> Source:
    """Read a schedule file.

    Raises:
        FileProblem: it is not TOML, or a single `[schedule]`, which TOML itself allows once.
    """
    try:
        source = parse_toml(path, text)
    except FileProblem as exc:
        lines = [text.count("\n", 0, single.start()) + 1 for single in _SINGLE.finditer(text)]
        found = [Problem(path, line, *_ONE_BRACKET) for line in lines[:1]]
        found += [problem for problem in exc.problems if problem.line not in lines]
        raise FileProblem(found) from None
    if isinstance(source.data.get("schedule"), Mapping):
        raise FileProblem([source.problem(("schedule",), *_ONE_BRACKET)])
    return source


def _tables(source: Source) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Yield place and data of each schedule; a file may also be a single one."""
    several = source.data.get("schedule")
    if isinstance(several, list) and len(source.data) == 1:
        yield from ((("schedule", n), table) for n, table in enumerate(several))
    elif source.data:
        yield (), source.data


def _not_yet(source: Source, at: tuple[str | int, ...]) -> Problem:
    message = f'"{at[-1]}" is not available in this version'
    return source.problem(at, "not-available", message, "use cron or at; the others keep running")


def _instant(written: datetime, timezone: str) -> datetime:
    """Return the UTC instant of `at`, which may be a local time."""
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    return instant_of(written, ZoneInfo(timezone))
