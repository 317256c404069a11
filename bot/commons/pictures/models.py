"""Tables of pictures that are on their way into chats, and of whom they show."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_WAITING = text("status = 'waiting'")


class PictureRow(SQLModel, table=True):
    """A picture that was asked for; drawn when the answer has left already."""

    __tablename__ = "pictures"
    __table_args__ = (
        Index("ix_pictures_due", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_pictures_recipient", "channel", "recipient"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same picture, sent once")
    drawing: str = Field(description="the description, as JSON")
    input: str = Field(index=True, description="digest of the description: drawn already?")
    alt: str = Field(description="what it shows, in words")
    channel: str
    recipient: str
    group_id: str = Field(default="", description="our name of the group; empty where it answers")
    in_group: int = Field(default=0, description="1 where others can see it")
    via: str = ""
    reply_to: str = ""
    page: str = Field(default="", description="linked instead, should it not be drawn")
    why: str
    status: str = Field(description="waiting, sent or failed")
    tries: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    digest: str | None = Field(default=None, description="of the file, once it was drawn")


class PicturePerson(SQLModel, table=True):
    """Somebody whom a picture shows: it leaves with her."""

    __tablename__ = "picture_people"

    picture_id: int = Field(primary_key=True, foreign_key="pictures.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id(), index=True)
