"""Tables of what members agreed to, of the notes sent by it, and of who left."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Consent(SQLModel, table=True):
    """A member agreed to one note of a template. It is used up by one note, or taken back."""

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("channel", "source", "template_id"),
        Index("ix_consents_member", "member_id", "template_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    channel: str
    template_id: str
    source: str = Field(description="the key of the event by which she agreed")
    agreed_at: datetime = Field(sa_type=UtcDateTime)
    note_key: str | None = Field(default=None, unique=True, description="the note that used it up")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SentNote(SQLModel, table=True):
    """A note by template to one member."""

    __tablename__ = "notes"
    __table_args__ = (
        Index(
            "ix_notes_open",
            "channel",
            "due_at",
            sqlite_where=text("status IN ('asked', 'under_way')"),
            postgresql_where=text("status IN ('asked', 'under_way')"),
        ),
        Index("ix_notes_platform_id", "channel", "platform_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    key: str = Field(unique=True)
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    channel: str
    recipient: str
    used_for: str = Field(description="the template's name in the configuration")
    kind: str
    template_id: str
    body: str = Field(description="the template's fields as JSON")
    url: str = ""
    status: str = Field(
        description="`asked`, `under_way`, `sent`, `maybe`, `dropped`,"
        " or by the platform's report `delivered`, `refused`, `failed`"
    )
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    doubt_since: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="the first try of which nobody knows"
    )
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    reported_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    platform_id: str = ""
    reason: str = ""


class Gone(SQLModel, table=True):
    """A member who does not follow any more, until she does again."""

    __tablename__ = "gone_followers"

    channel: str = Field(primary_key=True)
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    left_at: datetime = Field(sa_type=UtcDateTime)
