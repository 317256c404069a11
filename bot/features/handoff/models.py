"""Tables of the room: conversations that a human can have, and those humans."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Session(SQLModel, table=True):
    """One customer's conversation with one account, by the platform's latest word."""

    __tablename__ = "handoff_sessions"
    __table_args__ = (
        UniqueConstraint("channel", "account", "identity"),
        Index("ix_handoff_sessions_state", "state", "since"),
        Index(
            "ix_handoff_sessions_wish",
            "channel",
            sqlite_where=text("wish <> ''"),
            postgresql_where=text("wish <> ''"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    account: str
    identity: str = Field(description="the customer, as the channel names people")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    state: str = Field(description="bot, asked, queue, human or nobody")
    human: str = Field(default="", description="who has it there")
    since: datetime = Field(sa_type=UtcDateTime, description="in this state")
    told_at: datetime = Field(sa_type=UtcDateTime, description="the latest event about it")
    updated_at: datetime = Field(sa_type=UtcDateTime, description="written down last")
    checked_at: datetime = Field(sa_type=UtcDateTime, description="asked the platform last")
    wish: str = Field(default="", description="`human` or `end`: what is to become of it")
    tries: int = Field(default=0, description="to fulfil the wish, in vain")
    error: str = ""
    warned_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="operators were told that she waits"
    )


class Servicer(SQLModel, table=True):
    """A human of an account (接待人员), as the platform lists her."""

    __tablename__ = "handoff_servicers"

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    human: str = Field(primary_key=True, description="her id in the company")
    duty: str = Field(description="on, away or off; empty while the platform does not know her")
    told_at: datetime = Field(sa_type=UtcDateTime, description="the latest event about her")
    updated_at: datetime = Field(sa_type=UtcDateTime)
    wish: str = Field(default="", description="`add` or `remove`: not done at the platform yet")
    error: str = ""
