"""Tables of what was written to members unasked, and of what they do not want to hear."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class LetterRow(SQLModel, table=True):
    """A message that a room had for a member, sent or not; the words are in the outbox only."""

    __tablename__ = "letters"
    __table_args__ = (
        Index(
            "ix_letters_unreached",
            "at",
            sqlite_where=text("status = 'no_way'"),
            postgresql_where=text("status = 'no_way'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same letter")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    subject: str = Field(description="what it is about, as operators read it; no member's words")
    purpose: str = Field(description="see service.Purpose")
    status: str = Field(description="see service.Told; `settled` when somebody has called her")
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Hush(SQLModel, table=True):
    """Something that a member does not want to hear any more."""

    __tablename__ = "hushes"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    kind: str = Field(primary_key=True, description="see service.Hushed")
    since: datetime = Field(sa_type=UtcDateTime)
