"""Tables of mass sends: to groups, by their owners; to customers, by colleagues."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.commons.mass_send.rules import OPEN
from bot.storage.schema import UtcDateTime, big_id

_OPEN = text(OPEN)
_LOOSE = text("task_id IS NULL AND status = 'drafted'")


class MassMatter(SQLModel, table=True):
    """What is said, once however many read it."""

    __tablename__ = "mass_matters"

    digest: str = Field(primary_key=True)
    body: str = Field(description="a Matter as JSON")


class MassTask(SQLModel, table=True):
    """One task at the platform: what one person confirms once."""

    __tablename__ = "mass_tasks"
    __table_args__ = (
        Index("ix_mass_tasks_open", "next_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_mass_tasks_msgid", "channel", "msgid", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    owner: str = Field(description="who confirms, as the channel calls her")
    digest: str = Field(foreign_key="mass_matters.digest")
    audience: str = Field(default="groups", description="see bot.kernel.abilities.Audience")
    groups: int = Field(description="how many groups, or customers")
    status: str
    msgid: str | None = Field(default=None, description="the platform's id of it")
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    creating_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when the platform was asked last"
    )
    created_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime, description="when something is to be done next")
    tries: int = 0
    looks: int = Field(default=0, description="times that it was looked up and not there")
    nudges: int = Field(default=0, description="cards that told its owner of it")
    wanted: str = Field(default="", description="what an operator wants: `cancel` or `remind`")
    wanted_by: str = ""
    candidates: str = Field(default="", description="ids at the platform that could be this one")
    error: str = ""
    error_code: int = 0


class MassTarget(SQLModel, table=True):
    """One message to one group or customer. The unique key makes that it is drafted once."""

    __tablename__ = "mass_targets"
    __table_args__ = (
        Index(
            "ix_mass_targets_loose",
            "channel",
            "owner",
            "digest",
            "chat",
            sqlite_where=_LOOSE,
            postgresql_where=_LOOSE,
        ),
        Index("ix_mass_targets_task", "task_id", "status"),
        Index("ix_mass_targets_chat", "channel", "chat", "drafted_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True)
    channel: str
    owner: str
    audience: str = Field(default="groups", description="see bot.kernel.abilities.Audience")
    group_id: str = Field(description="our own name of the group; empty for a customer")
    chat: str = Field(description="the channel's name of the group or customer")
    digest: str = Field(foreign_key="mass_matters.digest")
    why: str = ""
    status: str
    task_id: int | None = Field(default=None, foreign_key="mass_tasks.id", sa_type=big_id())
    drafted_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", description="why it failed, one word")


class MassReminder(SQLModel, table=True):
    """One reminder, written down before the platform is asked for it."""

    __tablename__ = "mass_reminders"
    __table_args__ = (Index("ix_mass_reminders_task", "task_id", "at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    task_id: int = Field(foreign_key="mass_tasks.id", sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str = Field(description="an operator's name, or `bot`")
