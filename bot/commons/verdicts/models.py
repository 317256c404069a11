"""Tables of what people say about the detector: right, wrong, missed."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, PortableJSON, UtcDateTime, big_id


class Doubt(SQLModel, table=True):
    """A message of which the detector was not sure, for a person to read."""

    __tablename__ = "detector_doubts"
    __table_args__ = (Index("ix_detector_doubts_verdict", "verdict", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    key: str = Field(unique=True, description="channel and the platform's id of the message")
    channel: str
    account: str
    identity: str
    in_group: str = Field(description="the channel's chat id; empty in a 1:1 chat")
    at: datetime = Field(sa_type=UtcDateTime)
    words: str = Field(description="at most 500 characters")
    score_milli: int = Field(description="0 to 1000")
    label: str
    severity: int
    reasons: list[str] = Field(sa_type=PortableJSON)
    verdict: str = Field(default="", description="see rules.Verdict; empty while nobody decided")
    who: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Lesson(SQLModel, table=True):
    """What a person said of a message or a chat; the detector is trained with it."""

    __tablename__ = "detector_lessons"
    __table_args__ = (Index("ix_detector_lessons_at", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    key: str = Field(unique=True, description="where it is from, and its number there")
    source: str = Field(description="`doubt`, `desk`, `missed`, `sample`")
    turns: list[dict[str, str]] = Field(
        sa_type=PortableJSON, description="role and text, the oldest first"
    )
    escalate: int = Field(description="1 when a human was needed")
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class SampleWeek(SQLModel, table=True):
    """A week of which chats were drawn that no human was called for."""

    __tablename__ = "sample_weeks"

    week: date = Field(primary_key=True, sa_type=LocalDate, description="its Monday")
    chats: int = Field(description="how many there were to draw from")
    drawn_at: datetime = Field(sa_type=UtcDateTime)


class Sample(SQLModel, table=True):
    """A chat that was drawn for a person to read."""

    __tablename__ = "sample_chats"
    __table_args__ = (UniqueConstraint("week", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    week: date = Field(sa_type=LocalDate)
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    place: int = Field(description="in the order in which they were drawn")
    verdict: str = Field(default="", description="see rules.Verdict; empty while nobody decided")
    who: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SampleRefusal(SQLModel, table=True):
    """A member whose chats are not drawn for reading."""

    __tablename__ = "sample_refusals"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    since: datetime = Field(sa_type=UtcDateTime)
