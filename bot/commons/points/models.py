"""Tables of the ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.storage.columns import UtcDateTime, big_id


class PointAccount(SQLModel, table=True):
    """Where points lie: one account for each member, one for each purpose of the house.

    Only a member's account keeps its balance. The balance of a house account is the sum of
    its entries: one row that every check-in changed would make all check-ins queue for it.
    """

    __tablename__ = "point_accounts"
    __table_args__ = (
        CheckConstraint("balance >= 0", name="not_negative"),
        CheckConstraint("(member_id IS NULL) = (balance IS NULL)", name="kept_for_members"),
        CheckConstraint("(member_id IS NULL) <> (house IS NULL)", name="one_owner"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int | None = Field(
        default=None, foreign_key="members.id", unique=True, sa_type=big_id()
    )
    house: str | None = Field(default=None, unique=True, description="the purpose: `checkin`")
    balance: int | None = Field(default=None, description="points; None for the house")


class PointEntry(SQLModel, table=True):
    """Points that moved from one account (debit) to another (credit); only ever added.

    Erasing a member moves her side of it to the house account `erased`, which keeps the
    totals and loses the person.
    """

    __tablename__ = "point_entries"
    __table_args__ = (
        CheckConstraint("points > 0", name="positive"),
        Index("ix_point_entries_debit", "debit", "id"),
        Index("ix_point_entries_credit", "credit", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same entry")
    debit: int = Field(foreign_key="point_accounts.id", sa_type=big_id())
    credit: int = Field(foreign_key="point_accounts.id", sa_type=big_id())
    points: int
    reason: str = Field(description="what for, as a word of the code: `checkin`")
    made_by: str = Field(default="", description="the operator; empty when a rule did it")
    at: datetime = Field(sa_type=UtcDateTime)
