"""Table of what deeds earned."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class EarningRow(SQLModel, table=True):
    """What a deed earned by a rule. Without a member once she is erased: a count stays."""

    __tablename__ = "reward_earnings"
    __table_args__ = (
        UniqueConstraint("rule", "deed_id"),
        Index("ix_reward_earnings_member_id", "member_id", "rule", "day"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    rule: str
    title: str = Field(description="the rule's, at that time")
    deed_id: int | None = Field(
        default=None, index=True, sa_type=big_id(), description="of deeds; it may leave before"
    )
    member_id: int | None = Field(default=None, foreign_key="members.id", sa_type=big_id())
    day: date = Field(sa_type=LocalDate, index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    points: int
    unit_points: int = Field(description="before doubling, for each `each_fen`")
    each_fen: int = Field(description="0 where the points are fixed")
    factor: int
    doubles: str = Field(description="titles of the double days, joined by 、")
    streak_days: int = Field(description="0 where it takes no streak")
    ledger_key: str = Field(description="of the entry that stands; empty without points")
    coupon_key: str
    state: str = Field(description="`given`, `returned` (with the order) or `undone` (by hand)")
