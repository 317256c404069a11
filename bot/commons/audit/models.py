"""Table of what was done to people, by whom and why."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class AuditEntry(SQLModel, table=True):
    """One thing done; only ever added. Erasure takes the member and the reason out of it."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str = Field(description="an operator's name, `member`, or `bot`")
    what: str = Field(description="room and deed, for example `privacy.erased`")
    why: str = ""
    member_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
