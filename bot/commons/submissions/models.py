"""Tables of submissions, their pictures, and the content files that name them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_DRAFT = text("state = 'draft'")
_TO_TELL = text("settle_at IS NOT NULL")


class Submission(SQLModel, table=True):
    """What one member sent to be seen (投稿): words and pictures."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(
            "uq_submissions_draft",
            "member_id",
            unique=True,
            sqlite_where=_DRAFT,
            postgresql_where=_DRAFT,
        ),
        Index(
            "ix_submissions_settle_at",
            "settle_at",
            sqlite_where=_TO_TELL,
            postgresql_where=_TO_TELL,
        ),
        Index("ix_submissions_state", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int | None = Field(
        default=None,
        foreign_key="members.id",
        index=True,
        sa_type=big_id(),
        description="empty once she was erased: what is left is a count",
    )
    call: str = Field(description="path of the call for entries that it belongs to, or empty")
    state: str = Field(description="see kinds.State")
    text: str
    public: str = Field(description="`yes` or `no`: whether others may see it")
    credit: str = Field(description="see kinds.Credit")
    credit_name: str
    flags: str = Field(description="JSON, see vetting.Flag: of its words")
    started_at: datetime = Field(sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime, description="when something was added last")
    paused_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="since when a draft takes nothing more"
    )
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(description="see kinds.Reason; of a rejection")
    note: str = Field(description="what the operator adds to it, for her")
    settle_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when she is told; then it is empty"
    )
    accepted_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when her first acceptance was told"
    )
    reversed_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when that was taken back"
    )
    published_by: str = Field(description="the second pair of eyes; empty: not shown")
    adopted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SubmissionPicture(SQLModel, table=True):
    """One picture of a submission. `ugc:ID` and `ugc-original:ID` hold its files."""

    __tablename__ = "submission_pictures"
    __table_args__ = (UniqueConstraint("channel", "update_key", "place"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    submission_id: int = Field(foreign_key="submissions.id", index=True, sa_type=big_id())
    channel: str
    update_key: str = Field(description="the message that brought it")
    place: int = Field(description="among the pictures of that message")
    state: str = Field(index=True, description="see kinds.PictureState")
    reason: str
    at: datetime = Field(sa_type=UtcDateTime, description="when it was taken note of")
    digest: str = Field(index=True, description="SHA-256 of what she sent")
    clean: str = Field(description="SHA-256 of the copy that others see: pixels and nothing else")
    clean_bytes: int
    shape: str = Field(description="64 bits in hex: what it looks like")
    flags: str = Field(description="JSON, see vetting.Flag")


class SubmissionUse(SQLModel, table=True):
    """A content file that names a submission; it outlives the submission until it is mended."""

    __tablename__ = "submission_uses"
    __table_args__ = (UniqueConstraint("submission_id", "path"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    submission_id: int = Field(sa_type=big_id(), description="no key: the row may be gone")
    path: str = Field(description="below content/")
    media: str = Field(description="paths below content/media/, one a line")
    revision: str = Field(description="SHA-256 of the file as we wrote it")
    at: datetime = Field(sa_type=UtcDateTime)
