"""Tables of stamps and of the coupons that they brought."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class StampRow(SQLModel, table=True):
    """The cups of one order, or of one deed by hand, on a card."""

    __tablename__ = "stamps"
    __table_args__ = (
        CheckConstraint("cups BETWEEN 0 AND first_cups", name="never_negative"),
        Index("ix_stamps_member_id", "member_id", "card"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="card and order, or card and form")
    card: str = Field(description="empty while the cards could not be read")
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    order_id: int | None = Field(default=None, index=True, sa_type=big_id())
    cups: int = Field(description="that count now")
    first_cups: int = Field(description="that counted at first")
    prices_fen: str = Field(description="of each cup, `2800,3000`")
    list_fen: int = Field(sa_type=big_id(), description="see rules.Cups")
    made_by: str = Field(description="who stamped by hand; empty for an order")
    at: datetime = Field(sa_type=UtcDateTime, description="when it was paid, or stamped by hand")


class StampCoupon(SQLModel, table=True):
    """A coupon that a full card brought."""

    __tablename__ = "stamp_coupons"
    __table_args__ = (Index("ix_stamp_coupons_member_id", "member_id", "card"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    card: str
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    cups: int = Field(description="stamps that it has used up")
    coupon_key: str
    state: str = Field(
        description="`given`, `revoked`, or `owed`: used, and its stamps were taken off"
    )
    untold: int = Field(index=True, description="1 until she has heard of it")
    at: datetime = Field(sa_type=UtcDateTime)
