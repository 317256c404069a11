"""Tables of badges."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class BadgeGrant(SQLModel, table=True):
    """A badge that a member has, or had."""

    __tablename__ = "badge_grants"
    __table_args__ = (UniqueConstraint("member_id", "code"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    code: str = Field(index=True)
    title: str = Field(description="at that time; shown when the file has it no more")
    day: date = Field(sa_type=LocalDate)
    at: datetime = Field(sa_type=UtcDateTime)
    evidence: str = Field(description="ids of deeds, `12,15`")
    untold: int = Field(index=True, description="1 until she has heard of it")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BadgeRound(SQLModel, table=True):
    """A look at all members for a badge that is new, or takes something else than before."""

    __tablename__ = "badge_rounds"

    code: str = Field(primary_key=True)
    terms: str = Field(description="what it takes, as it was")
    next_member: int = Field(description="members behind this one wait", sa_type=big_id())
    granted: int
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
