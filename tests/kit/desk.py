"""A content folder and a schedule folder to write into."""

from datetime import UTC, datetime
from pathlib import Path

from bot.commons.content import ContentFile, Known, Library, Timetable, check
from bot.kernel.errors import Problem
from bot.kernel.ids import GroupId
from bot.pipeline.scheduler import Crons

NOW = datetime(2026, 8, 24, 0, 0, tzinfo=UTC)  # Monday, 08:00 in Shanghai
KNOWN = Known(
    groups=(GroupId("vip-1"), GroupId("vip-2"), GroupId("staff")),
    everyone=(GroupId("vip-1"), GroupId("vip-2")),
    timezone="Asia/Shanghai",
    crons=Crons(),
)
HEAD = 'kind = "knowledge"\nstage = "awareness"\n'


class Desk:
    """Where an operator writes."""

    def __init__(self, root: Path) -> None:
        self.content = root / "content"
        self.schedules = root / "schedules"
        self.content.mkdir()
        self.schedules.mkdir()

    def write(self, path: str, text: str | bytes) -> None:
        file = self.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def post(self, path: str, body: str = "早安", matter: str = "", head: str = HEAD) -> None:
        self.write(path, f"+++\n{head}{matter}+++\n{body}\n")

    def schedule(self, text: str, name: str = "s.toml") -> None:
        (self.schedules / name).write_text(text, encoding="utf-8")

    def library(self, *, auto_ad_mark: bool = False) -> Library:
        return Library.read(self.content, auto_ad_mark=auto_ad_mark)

    def file(self, path: str = "posts/a.md") -> ContentFile:
        library = self.library()
        assert library.problems == ()
        return library.files[path]

    def broken(self) -> list[tuple[str, int]]:
        """Return rule and line of each problem with the content."""
        return [(problem.rule, problem.line) for problem in self.library().problems]

    def late(self) -> list[tuple[str, int]]:
        """Return rule and line of each problem with the schedules."""
        return [(problem.rule, problem.line) for problem in self.timetable().problems]

    def timetable(self) -> Timetable:
        return Timetable.read(self.schedules, KNOWN, now=NOW)

    def check(self, known: Known = KNOWN) -> list[Problem]:
        return check(self.content, self.schedules, known, now=NOW)
