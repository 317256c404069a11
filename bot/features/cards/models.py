"""Tables of the cards that advisors got, and of how much waits to be looked at again."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_NOT_OVER = text("state <> 'over'")


class CaseCard(SQLModel, table=True):
    """A card about a case that an advisor got, or is to get."""

    __tablename__ = "case_cards"
    __table_args__ = (
        Index(
            "ix_case_cards_not_over",
            "state",
            sqlite_where=_NOT_OVER,
            postgresql_where=_NOT_OVER,
        ),
        Index("ix_case_cards_issued_at", "advisor", "issued_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    advisor: str = Field(description="userid, in lower case")
    state: str = Field(description="see rules.State")
    severity: int = Field(description="of the case, when the card was made")
    key: str = Field(default="", description="of the card in the outbox; empty while it is held")
    change_key: str = Field(default="", description="of what changes it for the last time")
    handle: str = Field(default="", description="of her last press; else the receipt has it")
    fresh_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="the handle is good for 72 h from then"
    )
    issued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    snoozes: int = Field(default=0, description="how often she said 稍后")
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DoubtCount(SQLModel, table=True):
    """How much of an hour's messages was doubtful: no alarm, and worth a look."""

    __tablename__ = "card_doubts"

    hour: datetime = Field(
        primary_key=True, sa_type=UtcDateTime, sa_column_kwargs={"autoincrement": False}
    )
    many: int
