"""Table of mailings."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id


class MailingRow(SQLModel, table=True):
    """Words on their way to the people of an audience, and how far they are. Nobody is named."""

    __tablename__ = "mailings"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True, description="the same key is the same mailing")
    title: str
    audience: object = Field(
        sa_type=PortableJSON, description="words of an audience; none when it is over"
    )
    parts: object = Field(sa_type=PortableJSON)
    at: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(
        sa_type=UtcDateTime, description="whoever had nothing by then, has none"
    )
    next_member: int = Field(sa_type=big_id())
    told: int
    hushed: int = Field(description="who does not want to hear it")
    no_way: int = Field(description="whom no door leads to now")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
