"""Who the community is: its name, its time zone, and how a person reaches a person there."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Community:
    """The `[community]` section of the configuration; waits in the toolbox for every room."""

    name: str
    timezone: str = "Asia/Shanghai"
    contact: str = ""
    """How to reach a human, in words shown to members; empty when there is no such line."""
    second_opinion: str = ""
    """The host of the model that is asked for second opinions; empty where nobody outside is."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and clocks are read."""
        return ZoneInfo(self.timezone)

    def day_of(self, at: datetime) -> date:
        """Return the date on the community's calendars at that instant."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Advisor:
    """A human of ours who takes over chats, as configured (`[[advisors]]`)."""

    userid: str
    """Of the corp's contacts. Its case means nothing (path/90236, 2026-07)."""
    name: str
    skills: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


class Advisors(tuple[Advisor, ...]):
    """All advisors, in the order of the configuration; waits in the toolbox."""

    __slots__ = ()


class Tiers(tuple[str, ...]):
    """The tiers (等级) that a member can have, as configured; waits in the toolbox."""

    __slots__ = ()
