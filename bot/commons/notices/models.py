"""What operators were told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class NoticeRow(SQLModel, table=True):
    """One notice; `key` makes that it is told once."""

    __tablename__ = "notices"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True)
    level: str
    text: str
    at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    seen_by: str = ""
