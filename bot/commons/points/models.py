"""Tables of the ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from bot.commons.points.rules import NEVER
from bot.storage.schema import UtcDateTime, big_id

_OPEN = text("rest > 0")


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
        CheckConstraint("held >= 0 AND held <= COALESCE(balance, 0)", name="held_is_there"),
        CheckConstraint("debt >= 0", name="debt_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int | None = Field(
        default=None, foreign_key="members.id", unique=True, sa_type=big_id()
    )
    house: str | None = Field(default=None, unique=True, description="the purpose: `checkin`")
    balance: int | None = Field(
        default=None, description="points, those that are held too; None for the house"
    )
    held: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="reserved of the balance: the sum of her open holds",
    )
    debt: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="lent by the house account `debt`; the next awards pay it back",
    )
    warned_until: int = Field(
        default=0,
        sa_type=UtcDateTime.impl,
        sa_column_kwargs={"server_default": "0"},
        description="microseconds: of lots that expire up to then she was told",
    )


class PointEntry(SQLModel, table=True):
    """Points that moved from one account (debit) to another (credit).

    What a member gets is a lot, too: `rest` of it is not spent yet, and it expires at
    `expires_at`. Nothing else of an entry ever changes, and none is deleted. Erasing a member
    moves her side of it to the house account `erased`, which keeps the totals and loses the person.
    """

    __tablename__ = "point_entries"
    __table_args__ = (
        CheckConstraint("points > 0", name="positive"),
        CheckConstraint("rest >= 0 AND rest <= points", name="rest_is_part"),
        Index("ix_point_entries_debit", "debit", "id"),
        Index("ix_point_entries_credit", "credit", "id"),
        Index(
            "ix_point_entries_lots",
            "credit",
            "expires_at",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_point_entries_expires_at",
            "expires_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same entry")
    debit: int = Field(foreign_key="point_accounts.id", sa_type=big_id())
    credit: int = Field(foreign_key="point_accounts.id", sa_type=big_id())
    points: int
    reason: str = Field(description="what for, as a word of the code: `checkin`")
    made_by: str = Field(default="", description="the operator; empty when a rule did it")
    at: datetime = Field(sa_type=UtcDateTime)
    rest: int = Field(
        default=0,
        sa_column_kwargs={"server_default": "0"},
        description="what is left of a member's lot; 0 for what the house gets",
    )
    expires_at: datetime = Field(
        default=NEVER,
        sa_type=UtcDateTime,
        sa_column_kwargs={"server_default": "253402214400000000"},
        description="of a lot; of what was spent, the latest of the lots that it took from",
    )


class PointHold(SQLModel, table=True):
    """Points of a member that are reserved for something, and what became of it."""

    __tablename__ = "point_holds"
    __table_args__ = (
        CheckConstraint("points > 0", name="positive"),
        CheckConstraint("state IN ('held', 'released', 'captured')", name="known_state"),
        Index(
            "ix_point_holds_until",
            "until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same hold")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    points: int
    reason: str
    state: str = Field(default="held")
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(
        default=NEVER, sa_type=UtcDateTime, description="then it releases by itself"
    )
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
