"""Table of the links and codes by which members came."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Origin(SQLModel, table=True):
    """By which link or code a member came, each kind once; known to us or made elsewhere."""

    __tablename__ = "origins"
    __table_args__ = (
        UniqueConstraint("member_id", "channel", "account", "scene", "param"),
        Index("ix_origins_scene", "channel", "scene"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    channel: str
    account: str = Field(description="which of the channel's own accounts; empty where it has one")
    scene: str
    param: str = Field(description="what a placement of a link added; anybody can write it")
    followed: int = Field(default=0, description="1 when she began to follow by it")
    times: int = 1
    first_at: datetime = Field(sa_type=UtcDateTime, index=True)
    last_at: datetime = Field(sa_type=UtcDateTime)
