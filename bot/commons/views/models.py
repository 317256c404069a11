"""The table of what members looked at last."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class ProductView(SQLModel, table=True):
    """A product that a member looked at, and when she did last."""

    __tablename__ = "product_views"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    sku: str = Field(primary_key=True, description="as the feed of products names it")
    at: datetime = Field(sa_type=UtcDateTime)
