"""Table of amends: what was wished for a member, decided, given, undone."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_WAITING = text("state = 'waiting'")


class AmendRow(SQLModel, table=True):
    """Something for a member whose case it is; its terms are those of the day it was wished."""

    __tablename__ = "amends"
    __table_args__ = (
        CheckConstraint("worth_fen > 0 AND points >= 0", name="sane_worth"),
        Index(
            "ix_amends_waiting",
            "expires_at",
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_amends_asked_by", "asked_by", "asked_at"),
        Index("ix_amends_asked_at", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="of the form: the same form is the same wish")
    case_id: int = Field(index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    kind: str = Field(description="its name in content/amends.toml")
    title: str
    what: str = Field(description="see matter.What")
    coupon: str = Field(description="kind of coupon; empty for none")
    points: int = Field(description="0 for none")
    worth_fen: int
    reason: str = Field(description="why, in the words of who wished it")
    tier: str = Field(description="hers that day; empty for none")
    asked_by: str = Field(description="userid")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    tells: int = Field(description="1: the member is told when it is given")
    state: str = Field(description="see rules.State")
    alone: int = Field(description="1: it needed no supervisor")
    expires_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="of one that waits"
    )
    decided_by: str = ""
    decided_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="given, denied, expired or withdrawn"
    )
    why: str = Field(default="", description="why it was denied or undone")
    settled_by: str = Field(default="", description="who paid it back or handed it over")
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = ""
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
