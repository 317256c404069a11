"""The table of tastes."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class GuideTaste(SQLModel, table=True):
    """What a member told the guide once, so that it never asks again."""

    __tablename__ = "guide_tastes"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    style: str = Field(description="empty when she did not say")
    budget_yuan: int | None = Field(default=None, description="0 for no limit")
    at: datetime = Field(sa_type=UtcDateTime)
