"""Tables of referrals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class ReferralCode(SQLModel, table=True):
    """A member's code; who was two members has two, and both are good."""

    __tablename__ = "referral_codes"

    code: str = Field(primary_key=True, description="without its groups")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime)


class ReferralRow(SQLModel, table=True):
    """A friend and who brought her: one for each friend, for good."""

    __tablename__ = "referrals"
    __table_args__ = (
        CheckConstraint(
            "friend_id <> referrer_id OR state IN ('void', 'refused')", name="not_self"
        ),
        Index("ix_referrals_due", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    friend_id: int | None = Field(
        default=None, unique=True, foreign_key="members.id", sa_type=big_id()
    )
    referrer_id: int | None = Field(
        default=None, index=True, foreign_key="members.id", sa_type=big_id()
    )
    state: str = Field(description="see rules.State")
    why: str = Field(default="", description="see rules.Why; of what is refused")
    at: datetime = Field(sa_type=UtcDateTime, description="when the friend named the code")
    order_id: int | None = Field(default=None, sa_type=big_id(), description="ours, of orders")
    paid_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    granted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReferralRefusal(SQLModel, table=True):
    """A code that was not taken, once for each friend, referrer and reason."""

    __tablename__ = "referral_refusals"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    friend_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    referrer_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
    why: str
    at: datetime = Field(sa_type=UtcDateTime)


class ReferralTier(SQLModel, table=True):
    """A tier that a member has reached; there is one coupon for each."""

    __tablename__ = "referral_tiers"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    count: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    coupon_key: str
    at: datetime = Field(sa_type=UtcDateTime)
