"""Table of who has spoken in a group whose people its platform does not list."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class GroupSpeaker(SQLModel, table=True):
    """A member who has spoken to the bot in a group."""

    __tablename__ = "group_speakers"

    channel: str = Field(primary_key=True)
    chat: str = Field(primary_key=True, description="the channel's name of the group")
    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        index=True,
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    at: datetime = Field(sa_type=UtcDateTime, description="the first time")
