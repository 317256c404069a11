"""Tables of people and of their names on the channels."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.columns import UtcDateTime, big_id


class Member(SQLModel, table=True):
    """A person, however many channels she uses.

    Ids are never given out twice: a link or a key made for somebody who was erased must not
    lead to somebody else.
    """

    __tablename__ = "members"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    display_name: str | None = Field(default=None, description="what the community calls her")
    created_at: datetime = Field(sa_type=UtcDateTime, description="when the bot first saw her")
    joined_at: datetime = Field(sa_type=UtcDateTime, description="when she joined the community")
    erase_asked_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="asked for erasure, not yet confirmed"
    )
    erase_after: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="confirmed; erased from then on"
    )


class Identity(SQLModel, table=True):
    """A member as one channel knows her."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("channel", "identity"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    identity: str = Field(description="the platform's id of the person, unique in the channel")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    display_name: str | None = Field(default=None, description="as the channel gives it")
    created_at: datetime = Field(sa_type=UtcDateTime)
