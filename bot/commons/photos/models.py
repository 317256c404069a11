"""The table of pictures that were sent for a day."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class DayPhoto(SQLModel, table=True):
    """A picture that a member sent for a day; it is known by what it looks like."""

    __tablename__ = "challenge_photos"
    __table_args__ = (
        UniqueConstraint("channel", "update_key", "place"),
        Index("ix_challenge_photos_member_id", "member_id", "day"),
        Index("ix_challenge_photos_state", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    day: date = Field(sa_type=LocalDate)
    at: datetime = Field(sa_type=UtcDateTime, description="when she sent it")
    channel: str
    update_key: str
    place: int
    state: str = Field(description="see service.Photo")
    digest: str = Field(default="", index=True, description="SHA-256 of the file")
    shape: str = Field(default="", description="64 bits in hex: what it looks like")
    with_word: int = Field(description="1: sent together with 打卡")
    like_id: int | None = Field(default=None, sa_type=big_id(), description="which one it is like")
