"""Tables of follow-ups: what is to be done for a member, and what was done with it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_OPEN = text("state = 'open'")


class FollowUpRow(SQLModel, table=True):
    """A task: somebody sees to a member again."""

    __tablename__ = "followups"
    __table_args__ = (
        Index("ix_followups_open", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_followups_rings", "rings_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same task")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    case_id: int | None = Field(default=None, index=True, sa_type=big_id())
    kind: str = Field(description="see rules.Kind, as it was wanted")
    what: str = Field(description="what is to be done, in an advisor's words; empty for a rule's")
    why: str = Field(description="which rule wanted it, a code word; empty for a human")
    due_at: datetime = Field(sa_type=UtcDateTime)
    advisor: str = Field(description="userid of whose task it is; empty for nobody's")
    made_by: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(description="see rules.State")
    note: str = Field(default="", description="what came of it")
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    postponed: int = Field(default=0, description="so many times")
    climbed: int = Field(default=0, description="so many rungs of the ladder are behind it")
    rings_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="the next rung; empty for no more"
    )


class FollowUpStep(SQLModel, table=True):
    """Something that was done with a task."""

    __tablename__ = "followup_steps"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    task_id: int = Field(index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str = Field(description="see rules.Did")
    words: str = Field(default="", description="a human's reason or note, or whom it is about")
