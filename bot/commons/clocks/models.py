"""Tables of the clocks of cases: what is due when, who was told, and who was asked."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_RUNNING = text("stopped_at IS NULL")


class CaseClock(SQLModel, table=True):
    """One clock of a case; of each timer at most one runs."""

    __tablename__ = "case_clocks"
    __table_args__ = (
        Index(
            "uq_case_clocks_running",
            "case_id",
            "timer",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
        Index(
            "ix_case_clocks_next_at", "next_at", sqlite_where=_RUNNING, postgresql_where=_RUNNING
        ),
        Index("ix_case_clocks_stopped_at", "timer", "stopped_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    times_opened: int = Field(description="of the case: each opening has clocks of its own")
    timer: str = Field(description="see rules.Timer; `promise:7` for the promise with that number")
    level: str = Field(description="name of the service level")
    tier: str = Field(default="", description="hers when it began")
    started_at: datetime = Field(
        sa_type=UtcDateTime,
        description="when she wrote; so much later as it stood still since",
    )
    half_at: datetime = Field(sa_type=UtcDateTime, description="50 % are used up")
    most_at: datetime = Field(sa_type=UtcDateTime, description="80 % are")
    due_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="something happens; empty for nothing more"
    )
    paused_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="it stands still: it is the member's turn"
    )
    warned_50_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    warned_80_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    breached_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when somebody saw that it was over"
    )
    climbed: int = Field(default=0, description="so many stages of the ladder are behind it")
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    stopped_by: str = Field(default="", description="see rules.Stop; empty while it runs")
    used_s: int = Field(default=0, description="business seconds, when it has stopped")


class CaseLadder(SQLModel, table=True):
    """A step of the ladder that was taken; each once for an opening of a case."""

    __tablename__ = "case_ladder"
    __table_args__ = (UniqueConstraint("case_id", "times_opened", "timer", "step"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    times_opened: int
    timer: str
    step: str = Field(description="see rules.Rung")
    told: str = Field(default="", description="userid; empty for nobody, or operations")
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class CaseAsked(SQLModel, table=True):
    """An advisor who was asked to take a case since it was opened last."""

    __tablename__ = "case_asked"
    __table_args__ = (UniqueConstraint("case_id", "times_opened", "advisor"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    times_opened: int
    advisor: str = Field(description="userid in lower case")
    at: datetime = Field(sa_type=UtcDateTime, description="last")
