"""Table of coupons."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_UNUSED = text("state = 'issued'")


class CouponRow(SQLModel, table=True):
    """One coupon of one member. Its terms are those of the day on which it was issued."""

    __tablename__ = "coupons"
    __table_args__ = (
        CheckConstraint("state IN ('issued', 'redeemed', 'revoked')", name="known_state"),
        CheckConstraint("(face_fen > 0) <> (percent_off > 0)", name="one_value"),
        CheckConstraint(
            "face_fen >= 0 AND percent_off BETWEEN 0 AND 100 AND minimum_fen >= 0",
            name="sane_value",
        ),
        Index(
            "ix_coupons_ends",
            "valid_until",
            sqlite_where=_UNUSED,
            postgresql_where=_UNUSED,
        ),
        Index("ix_coupons_order_ref", "order_ref"),
        Index("ix_coupons_reason", "reason"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="rule, member, period: the same key is the same one")
    code: str = Field(unique=True, description="without its groups")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    kind: str
    title: str
    face_fen: int = Field(description="0 where percent_off is given")
    percent_off: int
    minimum_fen: int = Field(description="what has to be spent; 0 for anything")
    stackable: int = Field(description="1: beside others on one order")
    transferable: int = Field(description="1: whoever brings it may use it")
    stores: str = Field(default="", description="where it is taken, in words; empty for everywhere")
    reason: str
    made_by: str
    issued_at: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime = Field(sa_type=UtcDateTime, description="not any more at this instant")
    state: str = Field(default="issued")
    closed_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when it was redeemed or revoked"
    )
    closed_by: str = ""
    order_ref: str = ""
    store: str = Field(default="", description="where it was redeemed")
    off_fen: int = Field(default=0, description="what it took off the price")
    reminded: int = 0
