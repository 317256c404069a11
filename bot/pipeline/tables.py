"""The two books of the trip: what came in, what goes out; what rests, is fetched, is open."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class InboxStatus(StrEnum):
    """Where an update stands."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"
    """Its handler failed three times; an operator can run it again."""
    DROPPED = "dropped"
    """An operator decided that it needs no answer any more."""


class InboxItem(SQLModel, table=True):
    """One update, written down before the platform is told that we have it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index(
            "ix_inbox_waiting",
            "conversation",
            "id",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_inbox_parked",
            "id",
            sqlite_where=text("status = 'parked'"),
            postgresql_where=text("status = 'parked'"),
        ),
        Index("ix_inbox_sender", "channel", "sender"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    key: str
    conversation: str
    kind: str
    sender: str | None = Field(default=None, description="who did it, or whom it is about")
    payload: str = Field(description="the update as JSON")
    sent_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    status: str = InboxStatus.WAITING
    tries: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, description="traceback of the last failed try")


class OutboxStatus(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    """Written before the platform is called: found after a crash, it may have arrived."""
    SENT = "sent"
    MAYBE = "maybe"
    """It may have arrived and the platform can't drop a twin: an operator decides."""
    PARKED = "parked"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"
    """The bot wanted to say it while a human had the conversation; it never leaves by itself."""


class OutboxItem(SQLModel, table=True):
    """One message to one recipient, written down in the transaction that decided on it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_pending",
            "lane",
            "id",
            "due_at",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index(
            "ix_outbox_parked",
            "id",
            sqlite_where=text("status IN ('parked', 'maybe')"),
            postgresql_where=text("status IN ('parked', 'maybe')"),
        ),
        Index(
            "ix_outbox_passive",
            "inbox_id",
            sqlite_where=text("inbox_id IS NOT NULL"),
            postgresql_where=text("inbox_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_handle",
            "channel",
            "handle",
            sqlite_where=text("handle <> ''"),
            postgresql_where=text("handle <> ''"),
        ),
        Index("ix_outbox_lane", "lane", "claimed_at"),
        Index("ix_outbox_recipient", "channel", "recipient"),
        Index(
            "ix_outbox_member",
            "member_id",
            sqlite_where=text("member_id IS NOT NULL"),
            postgresql_where=text("member_id IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True)
    channel: str
    lane: str = Field(description="channel and what its platform counts: leaves in order")
    recipient: str
    payload: str = Field(description="the Outgoing as JSON")
    why: str = ""
    member_id: int | None = Field(
        default=None,
        sa_type=big_id(),
        description="whom an answer is about, in groups too",
    )
    inbox_id: int | None = Field(
        default=None, sa_type=big_id(), description="the callback whose response may carry it"
    )
    status: str = OutboxStatus.QUEUED
    doubt_since: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="claim of the first try of which nobody knows whether it arrived",
    )
    tries: int = 0
    due_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    platform_id: str = ""
    handle: str = ""
    note: str = ""
    error: str | None = None
    error_code: int = 0


class Pause(SQLModel, table=True):
    """A lane or a channel that rests, because its platform asked for it."""

    __tablename__ = "pauses"

    scope: str = Field(primary_key=True, description="a channel's name or a lane")
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime)
    reason: str


class Connection(SQLModel, table=True):
    """The connection that is kept open to a platform, and who holds it."""

    __tablename__ = "connections"

    channel: str = Field(primary_key=True)
    holder: str = Field(default="", description="the process; empty when nobody does")
    beats: int = Field(default=0, description="grows as long as the holder lives")
    heard_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="until then nothing was missed"
    )


class Book(SQLModel, table=True):
    """How far a book of a platform was read, and when it is looked into again."""

    __tablename__ = "fetches"
    __table_args__ = (
        Index(
            "ix_fetches_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    channel: str = Field(primary_key=True)
    book: str = Field(primary_key=True)
    cursor: str = ""
    hint: str = Field(default="", description="what the latest callback brought")
    hinted_at: datetime = Field(sa_type=UtcDateTime)
    hints: int = Field(default=0, description="counts them: one that comes meanwhile is not lost")
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="nothing when nobody fetches it any more"
    )
    shut_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when the platform took it away from us"
    )
    tries: int = Field(default=0, description="in vain, since the last page")
    error: str | None = None
    error_code: int = 0
