"""The table of names that a platform was asked about."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime


class ColleagueName(SQLModel, table=True):
    """What a channel calls a member of the company, and who she is in the company."""

    __tablename__ = "colleague_names"

    channel: str = Field(primary_key=True)
    identity: str = Field(primary_key=True, description="the platform's name, perhaps encrypted")
    userid: str = Field(default="", description="empty while the platform does not say")
    tries: int = 0
    asked_at: datetime = Field(sa_type=UtcDateTime)
