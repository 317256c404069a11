"""Table of deeds."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class DeedRow(SQLModel, table=True):
    """Something that a member did, once, in whichever room: the evidence of all that follows."""

    __tablename__ = "deeds"
    __table_args__ = (Index("ix_deeds_member_id", "member_id", "kind", "day"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="kind and ref; see matter.Deed")
    kind: str
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    day: date = Field(sa_type=LocalDate, description="that it counts for")
    at: datetime = Field(sa_type=UtcDateTime, description="when she sent or paid it")
    amount_fen: int = Field(sa_type=big_id())
    undone: int = Field(description="1: given back or rejected; it counts no more")
    judged: int = Field(index=True, description="see service.Judged")
