"""Tables of posts. Nothing here is about a member: posts go to groups."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_OPEN = text("status IN ('waiting', 'approved')")
_USED = text("content <> ''")


class Fire(SQLModel, table=True):
    """One fire of one schedule for one group. The unique row makes that it happens once."""

    __tablename__ = "fires"
    __table_args__ = (
        UniqueConstraint("schedule", "fire_at", "target"),
        Index("ix_fires_open", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_fires_used",
            "schedule",
            "target",
            "content",
            sqlite_where=_USED,
            postgresql_where=_USED,
        ),
        Index("ix_fires_status", "status", "created_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    schedule: str
    target: str = Field(description="our own name of the group")
    fire_at: datetime = Field(sa_type=UtcDateTime, description="the slot, before jitter")
    due_at: datetime = Field(sa_type=UtcDateTime, description="not before; moves when it is held")
    status: str
    channel: str = ""
    content: str = Field(default="", description="path of the file, empty while none is chosen")
    revision: str = ""
    title: str = ""
    reason: str = Field(default="", description="why it is not plainly planned; see rules.Reason")
    parts: int = Field(default=0, description="messages in the outbox: words and pictures")
    key: str = Field(default="", description="of the first of them")
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str = ""


class PlanMark(SQLModel, table=True):
    """How far one schedule is planned. A schedule without a mark is new and owes no past."""

    __tablename__ = "plan_marks"

    schedule: str = Field(primary_key=True)
    timing: str = Field(description="cron or instant, and zone: other times begin anew")
    planned_until: datetime = Field(
        sa_type=UtcDateTime, description="every fire until then has its rows"
    )
    under_way: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="a fire too big for one bite"
    )
    through: str = Field(default="", description="the last group done of the fire under way")
    empty_slots: int = Field(default=0, description="foreseen until tomorrow night")


class CalledOff(SQLModel, table=True):
    """One coming fire that an operator wants left out."""

    __tablename__ = "called_off"

    schedule: str = Field(primary_key=True)
    fire_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)
    decided_by: str
    at: datetime = Field(sa_type=UtcDateTime)
