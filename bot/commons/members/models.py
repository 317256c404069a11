"""Tables of people and of their names on the channels."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id


class Member(SQLModel, table=True):
    """A person, however many channels she uses.

    Ids are never given out twice: a link or a key made for somebody who was erased must not
    lead to somebody else.
    """

    __tablename__ = "members"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    display_name: str | None = Field(default=None, description="what the community calls her")
    created_at: datetime = Field(sa_type=UtcDateTime, description="when the bot first saw her")
    joined_at: datetime = Field(sa_type=UtcDateTime, description="when she joined the community")
    erase_asked_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="asked for erasure, not yet confirmed"
    )
    erase_after: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="confirmed; erased from then on"
    )
    apart_since: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        description="undid a join that nobody had asked for; is not joined unasked again",
    )


class Identity(SQLModel, table=True):
    """A member as one channel knows her."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("channel", "identity"),
        Index(
            "ix_identities_not_looked_up",
            "channel",
            "created_at",
            sqlite_where=text("looked_up_at IS NULL"),
            postgresql_where=text("looked_up_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    identity: str = Field(description="the platform's id of the person, unique in the channel")
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    display_name: str | None = Field(default=None, description="as the channel gives it")
    created_at: datetime = Field(sa_type=UtcDateTime)
    looked_up_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="the platform was asked who this is"
    )


class KnownKey(SQLModel, table=True):
    """What a platform names a person by on all its channels.

    It hangs on the identity that the platform told it of, and so follows it wherever it goes.
    """

    __tablename__ = "person_keys"
    __table_args__ = (UniqueConstraint("kind", "scope", "value"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    kind: str = Field(description="`unionid` or `external_userid`")
    scope: str = Field(description="within what it is unique: a corp's id, or nothing")
    value: str
    identity_id: int = Field(foreign_key="identities.id", index=True, sa_type=big_id())
    source: str = Field(description="where it was heard: `message`, `look_up`, `login`")
    at: datetime = Field(sa_type=UtcDateTime)


class Merge(SQLModel, table=True):
    """Two members that were made one, and what it takes to undo that.

    No foreign keys: who went is no member any more, and who stayed may go in her turn.
    """

    __tablename__ = "merges"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    from_member: int = Field(index=True, sa_type=big_id(), description="who went")
    into_member: int = Field(index=True, sa_type=big_id(), description="who stayed")
    how: str = Field(description="`key`, `code`, `operator` or `renamed`")
    who: str = Field(description="an operator's name, `member` or `bot`")
    why: str
    moved: object = Field(
        sa_type=PortableJSON, description="per table, what moved; empty if undone"
    )
    at: datetime = Field(sa_type=UtcDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str = ""


class TierChange(SQLModel, table=True):
    """A member's tier from then on; the last row is what she has. Only ever added."""

    __tablename__ = "tier_changes"
    __table_args__ = (
        Index("ix_tier_changes_member_id", "member_id", "id"),
        Index("ix_tier_changes_tier", "tier", "member_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    before: str = Field(description="empty for none")
    tier: str = Field(description="empty for none")
    reason: str
    who: str = Field(description="an operator's name, or `bot`")
    at: datetime = Field(sa_type=UtcDateTime)


class MemberTag(SQLModel, table=True):
    """A tag (标签) of a member."""

    __tablename__ = "member_tags"
    __table_args__ = (
        UniqueConstraint("member_id", "tag"),
        Index("ix_member_tags_tag", "tag", "member_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    tag: str
    who: str = Field(description="an operator's name, `import` or `bot`")
    at: datetime = Field(sa_type=UtcDateTime)
