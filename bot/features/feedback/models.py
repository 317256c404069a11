"""The table of ratings."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Rating(SQLModel, table=True):
    """What one member thinks of one answer; she may change her mind."""

    __tablename__ = "answer_ratings"
    __table_args__ = (UniqueConstraint("channel", "answer", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    answer: str = Field(description="by which the platform knows the answer: we gave it")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    verdict: str
    reasons: str = Field(default="", description="code words, separated by commas")
    words: str = Field(default="", description="what she wrote about it")
    at: datetime = Field(sa_type=UtcDateTime, index=True)
