"""Table of orders as other systems tell them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id

_UNTOLD = text("untold = 1 AND member_id IS NOT NULL")
_UNCLAIMED = text("member_id IS NULL AND ref <> ''")


class OrderRow(SQLModel, table=True):
    """One order. Whose it is may turn out later; until then the name that the file gave is kept."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "order_id"),
        Index("ix_orders_member_id", "member_id", "paid_at"),
        Index("ix_orders_untold", "paid_at", "id", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index(
            "ix_orders_unclaimed",
            "ref_kind",
            "ref",
            sqlite_where=_UNCLAIMED,
            postgresql_where=_UNCLAIMED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    source: str = Field(description="which system told it")
    order_id: str = Field(description="its number there")
    member_id: int | None = Field(default=None, foreign_key="members.id", sa_type=big_id())
    ref_kind: str = Field(
        default="", description="phone, unionid or a channel; `erased` when she wants out"
    )
    ref: str = Field(default="", description="her name there, while nobody knows who she is")
    paid_at: datetime = Field(sa_type=UtcDateTime)
    paid_fen: int = Field(sa_type=big_id())
    refunded_fen: int = Field(sa_type=big_id())
    status: str = Field(description="paid, refunded or cancelled")
    store: str = ""
    items: object = Field(sa_type=PortableJSON)
    untold: int = Field(description="1 while rooms have not heard of it as it is now")
    told_paid: int = Field(default=0, description="1 since rooms heard that it was paid")
    told_refunded_fen: int = Field(default=0, sa_type=big_id())
    delivered_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when she had it in her hands (签收)"
    )
    told_delivered: int = Field(
        default=0,
        description="1 since rooms heard that it was delivered",
        sa_column_kwargs={"server_default": "0"},
    )
    at: datetime = Field(sa_type=UtcDateTime, description="of the last change")
