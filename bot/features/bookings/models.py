"""Tables of bookings."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_BOOKED = text("state = 'booked'")
_HAS_NEWS = text("news <> ''")


class BookableService(SQLModel, table=True):
    """The number of a file; everything else is in the file."""

    __tablename__ = "bookable_services"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True)


class Booking(SQLModel, table=True):
    """An appointment of a member with an advisor."""

    __tablename__ = "bookings"
    __table_args__ = (
        Index(
            "uq_bookings_one_each",
            "member_id",
            "service_id",
            unique=True,
            sqlite_where=_BOOKED,
            postgresql_where=_BOOKED,
        ),
        Index("ix_bookings_news", "id", sqlite_where=_HAS_NEWS, postgresql_where=_HAS_NEWS),
        Index("ix_bookings_state", "state", "starts_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    service_id: int = Field(foreign_key="bookable_services.id", sa_type=big_id())
    member_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
    title: str
    advisor: str = Field(description="her userid")
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(description="see rules.State")
    address: str = Field(default="", description="only until it is over and some days")
    changes: int = 0
    changed_at: datetime = Field(sa_type=UtcDateTime, description="made or moved")
    reminded: int = Field(default=0, description="1: a day before, 2: two hours before")
    news: str = Field(default="", description="what the advisor was not told yet")
    closed_by: str = ""


class BookedQuarter(SQLModel, table=True):
    """A quarter of an hour of an advisor that is taken: nobody else can take it."""

    __tablename__ = "booked_quarters"
    __table_args__ = {"sqlite_with_rowid": False}

    advisor: str = Field(primary_key=True)
    quarter: int = Field(
        primary_key=True,
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
        description="since 1970",
    )
    booking_id: int = Field(foreign_key="bookings.id", index=True, sa_type=big_id())
