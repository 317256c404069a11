"""Table of coupons that an operator issues to many."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class CouponBatch(SQLModel, table=True):
    """Coupons of one kind for an audience and a period, given out bite by bite."""

    __tablename__ = "coupon_batches"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    kind: str = Field(description="its name")
    terms: str = Field(description="JSON, the kind as it was when this began")
    audience: str = Field(description="JSON, a list of audience words without members")
    period: str = Field(description="one coupon for each kind, member and period")
    why: str
    made_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime, description="of the coupons")
    tells: int = Field(description="1: members are written to")
    state: str = Field(description="see rules.State")
    next_member: int = Field(sa_type=big_id(), description="members behind it wait")
    issued: int
    revoked: int
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str = ""
    revoke_why: str = ""
