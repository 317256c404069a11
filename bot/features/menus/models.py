"""Tables of the account's menu: what was asked for, and what the platform shows."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class MenuVersion(SQLModel, table=True):
    """A menu that an operator wanted to be shown."""

    __tablename__ = "menu_versions"
    __table_args__ = (
        Index(
            "ix_menu_versions_asked",
            "id",
            sqlite_where=text("status = 'asked'"),
            postgresql_where=text("status = 'asked'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    body: str = Field(description="the entries as JSON; `[]` for no menu")
    status: str = Field(description="`asked`, `published`, `refused`, or `passed`: a newer came")
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    before: str | None = Field(default=None, description="what was shown before it, as JSON")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", description="why the platform refused it")


class MenuSeen(SQLModel, table=True):
    """What the platform said that it shows, when it was asked last."""

    __tablename__ = "menu_seen"

    channel: str = Field(primary_key=True)
    body: str = Field(description="the entries as JSON")
    seen_at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="", description="why it did not say")
