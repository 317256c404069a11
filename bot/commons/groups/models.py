"""Tables of customer groups and of who is, and was, in them.

People here are named as the platform names them. Nobody is a member because of a row here:
a member is who has spoken to the bot.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_PRESENT = text("left_at IS NULL")
_GONE = text("left_at IS NOT NULL")
_INVITED = text("inviter <> ''")
_DUE = text("due_at IS NOT NULL")


class CustomerGroup(SQLModel, table=True):
    """One customer group (客户群) as the platform last told it."""

    __tablename__ = "customer_groups"
    __table_args__ = (
        Index("ix_customer_groups_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    chat_id: str = Field(primary_key=True)
    name: str = Field(default="", description="as it came; may be empty")
    owner: str = ""
    notice: str = ""
    admins: str = Field(default="", description="userids, joined by commas")
    opened_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: str = Field(default="", description="of the list of members that we have")
    status: str = Field(default="open", description="open or dismissed")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_how: str = Field(default="", description="event, gone or unlisted")
    handover: str = Field(default="none", description="see bot.kernel.customers.Handover")
    revision: int = Field(default=0, description="counts every change that we wrote")
    seen_round: int = Field(default=0, description="the last full listing that had it")
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when the platform was last asked for it"
    )
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when to ask; NULL when we know it all"
    )
    wanted: str = Field(default="", description="the version that an event has told of")
    lags_until: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="until then answers may be of before it"
    )
    tries: int = 0
    error: str = Field(default="", description="why it could not be read")


class GroupMember(SQLModel, table=True):
    """One stay of one person in one group."""

    __tablename__ = "group_members"
    __table_args__ = (
        Index(
            "uq_group_members_present",
            "chat_id",
            "identity",
            unique=True,
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
        Index(
            "ix_group_members_kind", "kind", sqlite_where=_PRESENT, postgresql_where=_PRESENT
        ),  # so that a figure over everybody reads no rows
        Index("ix_group_members_joined", "chat_id", "joined_at"),
        Index("ix_group_members_left", "left_at", sqlite_where=_GONE, postgresql_where=_GONE),
        Index(
            "ix_group_members_inviter", "inviter", sqlite_where=_INVITED, postgresql_where=_INVITED
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    chat_id: str = Field(foreign_key="customer_groups.chat_id")
    identity: str = Field(index=True, description="a customer's id, or a userid in lower case")
    kind: int = Field(description="1 a colleague, 2 a customer, as the platform counts")
    joined_at: datetime = Field(sa_type=UtcDateTime)
    scene: str = Field(default="unknown", description="see bot.kernel.customers.JoinScene")
    inviter: str = ""
    state: str = Field(default="", description="the mark of the join way")
    nickname: str = ""
    name: str = ""
    union_id: str = ""
    is_told: int = Field(default=1, description="0 while only an event has told of her")
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    left_how: str = Field(default="", description="see bot.kernel.customers.LeaveHow")


class ErasedIdentity(SQLModel, table=True):
    """A person whose rows were deleted and must not come back: nothing but a salted hash."""

    __tablename__ = "erased_identities"
    __table_args__ = (UniqueConstraint("digest"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    digest: str
    salt: str = Field(description="the same in every row, made for the first")
    at: datetime = Field(sa_type=UtcDateTime)
