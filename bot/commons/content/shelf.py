"""Content and schedules as they stand on disk now; operators edit while the bot runs."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from bot.commons.content.library import Bookcase, Library, Stamp, walk
from bot.commons.content.matter import PLAIN, Forms
from bot.commons.content.schedules import Known, Timetable
from bot.kernel.work import Toolbox, UnitOfWork

LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Shelved:
    """What was on disk at one moment."""

    library: Library
    timetable: Timetable


class Shelf:
    """Re-reads the two folders when a file in them changed, looking at most once a second.

    A file that became broken is left out and named in the problems, like one that never was
    right: its last good words are not sent, because an operator who has just changed them
    does not expect them any more. Every other file stays as it is. Safe for threads.
    """

    def __init__(
        self,
        content: Path,
        schedules: Path,
        known: Known,
        *,
        forms: Forms = PLAIN,
        auto_ad_mark: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bookcase = Bookcase(
            content, forms=forms, auto_ad_mark=auto_ad_mark, audience=known.audience
        )
        self._schedules = schedules
        self._known = known
        self._monotonic = monotonic
        self._lock = Lock()
        self._looked_at = float("-inf")
        self._stamps: tuple[Mapping[str, Stamp], Mapping[str, Stamp]] | None = None
        self._shelved = Shelved(Library(), Timetable())

    def at_hand(self, now: datetime) -> Shelved:
        """Return what the last look found, without going to the disk: for whoever holds a lock.

        Args:
            now: the present, should nobody have looked yet.
        """
        return self._shelved if self._stamps is not None else self.look(now)

    def look(self, now: datetime) -> Shelved:
        """Return what is on disk; the same object for as long as nothing changed.

        It takes milliseconds at best, so not while holding the database's writer.

        Args:
            now: the present, for schedules whose time has passed.
        """
        with self._lock:
            moment = self._monotonic()
            if moment - self._looked_at >= LOOK_EVERY_S:
                self._looked_at = moment
                stamps = (self._bookcase.stamps(), dict(walk(self._schedules)))
                if stamps != self._stamps:
                    timetable = Timetable.read(self._schedules, self._known, now=now)
                    self._shelved = Shelved(self._bookcase.read(), timetable)
                    self._stamps = stamps
            return self._shelved


def look(uow: UnitOfWork, tools: Toolbox) -> None:
    """Go to the disk for what a job then has at hand."""
    tools.use(Shelf).look(uow.clock.now())
