"""The table of calendar files that wait to leave."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class SalonCalendar(SQLModel, table=True):
    """A calendar file that a member asked for in a chat and that has not left yet."""

    __tablename__ = "salon_calendars"
    __table_args__ = {"sqlite_with_rowid": False}

    salon_id: int = Field(primary_key=True, foreign_key="salons.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    channel: str
    recipient: str
    via: str
    at: datetime = Field(sa_type=UtcDateTime)
