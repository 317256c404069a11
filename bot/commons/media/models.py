"""Tables of files, of who sent which of them where, and of what platforms have of ours."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_WAITING = text("status = 'waiting'")
_KEPT = text("digest IS NOT NULL")
_LEAVING = text("leaving_at IS NOT NULL")


class MediaFile(SQLModel, table=True):
    """A file in the store; however often it was sent, it is there once."""

    __tablename__ = "media_files"
    __table_args__ = (
        Index(
            "ix_media_files_leaving",
            "leaving_at",
            sqlite_where=_LEAVING,
            postgresql_where=_LEAVING,
        ),
    )

    digest: str = Field(primary_key=True, description="SHA-256 of its content: its only name")
    bytes: int = Field(sa_type=BigInteger)
    content_type: str = Field(description="what its first bytes say")
    width: int | None = None
    height: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    leaving_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="nobody refers to it; being removed"
    )


class MediaRef(SQLModel, table=True):
    """Something besides words in an update: fetched before its platform forgets it."""

    __tablename__ = "media_refs"
    __table_args__ = (
        UniqueConstraint("channel", "update_key", "place"),
        Index("ix_media_refs_due", "expires_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_media_refs_digest", "digest", sqlite_where=_KEPT, postgresql_where=_KEPT),
        Index("ix_media_refs_sender", "channel", "sender"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    inbox_id: int = Field(sa_type=big_id(), description="the update, while it is kept")
    channel: str
    update_key: str
    place: int = Field(description="among the media of its update; what it quotes after 1000")
    ref: str = Field(description="by which its platform knows it")
    url: str = Field(default="", description="where else it can be had")
    name: str = Field(default="", description="as it was called; shown, never a path")
    kind: str
    sender: str | None = Field(default=None, description="the identity of whose it is")
    at: datetime = Field(sa_type=UtcDateTime, description="when it was sent")
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    status: str
    reason: str = ""
    due_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    tries: int = 0
    digest: str | None = Field(default=None, foreign_key="media_files.digest")


class MediaUpload(SQLModel, table=True):
    """Under which id a platform knows a file that was uploaded to it."""

    __tablename__ = "media_uploads"

    channel: str = Field(primary_key=True)
    digest: str = Field(primary_key=True, description="of its content, behind what it is sent as")
    media_id: str
    good_until: datetime = Field(sa_type=UtcDateTime)


class MediaHold(SQLModel, table=True):
    """A file of our own making, or one that is needed for longer: somebody holds on to it."""

    __tablename__ = "media_holds"

    holder: str = Field(primary_key=True, description="who needs it, `picture:…`")
    digest: str = Field(foreign_key="media_files.digest", index=True)
    until: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="NULL until it is let go"
    )
