"""The table of how members want to be spoken to."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class SalutationRow(SQLModel, table=True):
    """What a member has asked to be called, and what she has said yes to."""

    __tablename__ = "salutations"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    words: str = Field(default="", description="what is used; empty before her first yes")
    asked: str = Field(default="", description="what waits for her yes; empty for nothing")
    at: datetime = Field(sa_type=UtcDateTime, description="of the last change")
