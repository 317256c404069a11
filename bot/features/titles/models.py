"""Tables of titles and of proposed events."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class TitleHeld(SQLModel, table=True):
    """A title that an operator gave."""

    __tablename__ = "titles_held"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    name: str
    since: datetime = Field(sa_type=UtcDateTime)
    until: date | None = Field(default=None, sa_type=LocalDate, description="the last day")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Proposal(SQLModel, table=True):
    """An event that a member proposes."""

    __tablename__ = "proposals"
    __table_args__ = {"sqlite_autoincrement": True}  # letters are known by the number

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="of the message")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    words: str
    at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(index=True, description="`open`, `approved` or `declined`")
    reply: str
    path: str = Field(description="of the file that came of it")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
