"""Tables of moments, which know employees, and of members who want no mass sends."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.features.mass_send.rules import MOMENT_OPEN
from bot.storage.schema import UtcDateTime, big_id

_OPEN = text(MOMENT_OPEN)


class MomentRow(SQLModel, table=True):
    """One moment (朋友圈) that employees are asked to publish. The unique key makes it one."""

    __tablename__ = "moments"
    __table_args__ = (
        Index("ix_moments_open", "next_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True)
    digest: str = Field(foreign_key="mass_matters.digest")
    publishers: str = Field(description="who is asked to publish, as the channel calls them")
    status: str = Field(description="drafted, creating, unclear, making, created, or how it ended")
    job: str = Field(default="", description="the platform's id of the making")
    moment: str = Field(default="", description="the platform's id of what was made")
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime)
    published: str = Field(default="", description="who has published")
    cancel_by: str = Field(default="", description="the operator who wants it stopped")
    error: str = ""
    error_code: int = 0
