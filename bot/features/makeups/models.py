"""Tables of days that were made up, and of days that operators gave."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class Makeup(SQLModel, table=True):
    """A day that a member made up later (补签), and what it cost her."""

    __tablename__ = "makeups"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    day: date = Field(primary_key=True, sa_type=LocalDate)
    made_on: date = Field(sa_type=LocalDate, description="the day on which she did it")
    points: int = Field(description="0 where a token paid")
    at: datetime = Field(sa_type=UtcDateTime)


class Amnesty(SQLModel, table=True):
    """Days that an operator gives to everybody whom an outage kept from checking in."""

    __tablename__ = "amnesties"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    first_day: date = Field(sa_type=LocalDate)
    last_day: date = Field(sa_type=LocalDate)
    reason: str
    who: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(description="see amnesty.AmnestyState")
    next_member: int = Field(sa_type=big_id(), description="members from this one on wait")
    expected: int = Field(description="members, when it was decided")
    people: int = Field(description="members who have been given a day")
    days: int = Field(description="all that were given")
    undone_by: str = ""
    undone_why: str = ""


class AmnestyDay(SQLModel, table=True):
    """One day that was given to one member; gone when it was taken back."""

    __tablename__ = "amnesty_days"
    __table_args__ = {"sqlite_with_rowid": False}

    amnesty_id: int = Field(primary_key=True, foreign_key="amnesties.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    day: date = Field(primary_key=True, sa_type=LocalDate)
    points: int
    key: str = Field(description="under which they are booked; two of a member who was two")
