"""What posts are made of: the files, the groups, and what each group has had before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.commons import content
from bot.commons.content import ContentFile, Library, Pick, Schedule, Shelf, Shelved
from bot.kernel.capability import Doors
from bot.kernel.community import Community
from bot.kernel.ids import ChannelName, GroupId
from bot.kernel.ports import CronReader, Group, Groups
from bot.kernel.work import Statement, Toolbox, UnitOfWork

USED = Statement(
    "SELECT DISTINCT content FROM fires"
    " WHERE schedule = :schedule AND target = :target AND content <> ''"
)


@dataclass(frozen=True, slots=True)
class Supply:
    """What is on disk now, and where it can go."""

    shelved: Shelved
    groups: Mapping[GroupId, Group]
    crons: CronReader
    community: Community
    doors: Doors

    @classmethod
    def looked_up(cls, tools: Toolbox, now: datetime) -> "Supply":
        """Look at the disk: for whoever only reads, beside the database's writer."""
        return cls._of(tools, tools.use(Shelf).look(now))

    @classmethod
    def at_hand(cls, tools: Toolbox, now: datetime) -> "Supply":
        """Take what the last look found: for whoever writes."""
        return cls._of(tools, tools.use(Shelf).at_hand(now))

    @classmethod
    def _of(cls, tools: Toolbox, shelved: Shelved) -> "Supply":
        use = tools.use
        return cls(shelved, use(Groups).by_id, use(CronReader), use(Community), use(Doors))

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """The schedules by name, paused ones too."""
        return {schedule.name: schedule for schedule in self.shelved.timetable.schedules}

    @property
    def is_whole(self) -> bool:
        """True when no schedule is hidden behind a mistake in its file."""
        return all(problem.warning for problem in self.shelved.timetable.problems)

    def group_of(self, schedule: Schedule, target: GroupId) -> Group | None:
        """Return the group of that name, or who stands in for the people of a schedule."""
        if schedule.people:
            return Group(target, "", ChannelName(""), "")
        return self.groups.get(target)

    def library_of(self, schedule: Schedule) -> Library:
        """Return only the files that a schedule chooses from: choosing is quick among few."""
        library = self.shelved.library
        if schedule.file:
            return library
        return Library({file.path: file for file in library.below(schedule.content)})


def used_files(uow: UnitOfWork, schedule: Schedule, target: str) -> set[str]:
    """Return the paths that a schedule has sent to a group."""
    if schedule.file:
        return set()  # sent each time, whatever was before
    return {str(path) for (path,) in uow.run(USED, schedule=schedule.name, target=target)}


@dataclass(slots=True)
class Chooser:
    """Chooses for one fire of one schedule; equal questions are asked once."""

    schedule: Schedule
    library: Library
    fire_at: datetime
    day: date = field(init=False)
    _known: dict[frozenset[str], ContentFile | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.day = content.local_day(self.schedule, self.fire_at)

    def choose(self, target: str, used: set[str]) -> ContentFile | None:
        """Return the file for a group; None when there is nothing to send."""
        if self.schedule.pick is Pick.RANDOM:
            return self._ask(target, used)
        question = frozenset(used)
        if question not in self._known:
            self._known[question] = self._ask(target, used)
        return self._known[question]

    def _ask(self, target: str, used: set[str]) -> ContentFile | None:
        seed = content.seed_of(self.schedule, target, self.fire_at)
        return content.pick(self.schedule, self.library, self.day, used, seed)


class Press:
    """Renders files; the same words are made once."""

    def __init__(self, community: str) -> None:
        self._community = community
        self._known: dict[tuple[str, date, str, bool], str] = {}

    def words(self, file: ContentFile, group: str, day: date, *, people: bool = False) -> str:
        """Return the words of a file as one group reads them, or as people do, each her own.

        Raises:
            ContentError: it cannot be rendered.
        """
        question = (file.path, day, group if content.speaks_of_group(file) else "", people)
        if question not in self._known:
            called = content.WHOEVER if people else content.EVERYBODY
            names = content.names_for(self._community, group, day, called=called)
            self._known[question] = content.render(file, **names)
        return self._known[question]
