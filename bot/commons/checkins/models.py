"""Tables of check-ins, and of the tokens that days in a row earn."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class CheckIn(SQLModel, table=True):
    """One day on which one member was present (打卡).

    Without row ids on SQLite: one B-tree less to touch for a member among a million.
    """

    __tablename__ = "checkins"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    day: date = Field(
        primary_key=True, index=True, sa_type=LocalDate, description="in the community's zone"
    )
    at: datetime = Field(sa_type=UtcDateTime, description="when the message was sent")


class StreakRow(SQLModel, table=True):
    """Days in a row, kept with every check-in."""

    __tablename__ = "streaks"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND best_days", name="best_is_best"),)

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    last_day: date = Field(sa_type=LocalDate)
    days: int = Field(description="in a row, ending with last_day")
    best_days: int
    total_days: int


class MakeupToken(SQLModel, table=True):
    """Makes up one day for nothing (补签卡)."""

    __tablename__ = "makeup_tokens"
    __table_args__ = (Index("ix_makeup_tokens_member_id", "member_id", "used_for"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    earned_on: date = Field(sa_type=LocalDate, description="the day that completed the run")
    used_for: date | None = Field(default=None, sa_type=LocalDate)
