"""Table of products."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class ProductRow(SQLModel, table=True):
    """A product as it was told last."""

    __tablename__ = "products"

    sku: str = Field(primary_key=True)
    name: str
    category: str
    style: str
    price_fen: int = Field(sa_type=big_id())
    stock: int | None = Field(default=None, description="None where nobody told")
    restock_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    url: str
    told_at: datetime = Field(sa_type=UtcDateTime, description="the last time, changed or not")
    import_id: int | None = Field(
        default=None, sa_type=big_id(), description="which upload changed it last"
    )
