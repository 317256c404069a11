"""Tables of who was recalled, of types set by hand, and of the switch."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id


class RecallRow(SQLModel, table=True):
    """A member who stayed away and was recalled; the order after which she did tells once."""

    __tablename__ = "recalls"
    __table_args__ = (Index("ix_recalls_at", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    order_id: int = Field(unique=True, sa_type=big_id(), description="her last one by then")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    type: str = Field(description="see rules.Type, as she was treated")
    figures: object = Field(sa_type=PortableJSON, description="see rules.Figures: why")
    by_hand: int = Field(description="1 when a person had said what she sets store by")
    offer: str = Field(description="what she got: a title, or what the advisor is to do")
    told: str = Field(description="see service.Outcome")
    at: datetime = Field(sa_type=UtcDateTime)


class RecallType(SQLModel, table=True):
    """What a member sets store by, as a person knows it; beats what is derived."""

    __tablename__ = "recall_types"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    type: str = Field(description="see rules.Type")
    why: str
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class RecallSwitch(SQLModel, table=True):
    """Whether members are recalled at all; one row, none before it was first switched on."""

    __tablename__ = "recall_switch"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True)
    is_on: int
    who: str
    at: datetime = Field(sa_type=UtcDateTime)
