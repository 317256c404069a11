"""Tables of leaderboards, and of what groups are told at night."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class RankMonth(SQLModel, table=True):
    """A member's days of one month, as bits: the same day twice is one, in whatever order."""

    __tablename__ = "rank_months"
    __table_args__ = (
        Index("ix_rank_months_days", "month", "days", "member_id"),
        {"sqlite_with_rowid": False},
    )

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    month: str = Field(primary_key=True, description="2026-08")
    mask: int = Field(description="bit 0 is the first day")
    days: int = Field(description="how many bits are set")


class RankStreak(SQLModel, table=True):
    """A member's newest days in a row."""

    __tablename__ = "rank_streaks"
    __table_args__ = (
        Index("ix_rank_streaks_days", "last_day", "days", "member_id"),
        {"sqlite_with_rowid": False},
    )

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    last_day: date = Field(sa_type=LocalDate)
    days: int


class RankHidden(SQLModel, table=True):
    """A member who is on no list."""

    __tablename__ = "rank_hidden"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    since: datetime = Field(sa_type=UtcDateTime)


class DigestGroup(SQLModel, table=True):
    """Whether and when a group is thanked at night."""

    __tablename__ = "digest_groups"

    group_id: str = Field(primary_key=True, description="as configured")
    is_on: int
    at: str = Field(description="by local clocks, 21:30")
    quiet_until: date | None = Field(default=None, sa_type=LocalDate, description="the last day")


class Digest(SQLModel, table=True):
    """A night on which it was decided about a group; there is one for each."""

    __tablename__ = "digests"

    group_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True, sa_type=LocalDate)
    people: int = Field(description="who had come; with 0 nothing was said")
    at: datetime = Field(sa_type=UtcDateTime)
