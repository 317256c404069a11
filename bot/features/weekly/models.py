"""Tables of the weekly numbers: when humans had whom, and what was told of a week."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class Span(SQLModel, table=True):
    """From when to when humans had a member's conversation; the bot was to be silent."""

    __tablename__ = "human_spans"
    __table_args__ = (Index("ix_human_spans_until_at", "until_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    since: datetime = Field(sa_type=UtcDateTime)
    until_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="empty while they have it"
    )


class WeekReport(SQLModel, table=True):
    """The numbers of a week, as they were told; without names and words of members."""

    __tablename__ = "week_reports"

    week: date = Field(primary_key=True, sa_type=LocalDate, description="its Monday")
    made_at: datetime = Field(sa_type=UtcDateTime)
    numbers: str = Field(description="JSON, see service.Report")
