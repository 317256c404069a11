"""Tables of the room: invitations into groups, accounts and links to them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Invitation(SQLModel, table=True):
    """A group that was recommended to a member: each group once."""

    __tablename__ = "arrivals_invitations"
    __table_args__ = (
        UniqueConstraint("member_id", "chat_id"),
        Index(
            "ix_arrivals_invitations_open",
            "channel",
            "status",
            sqlite_where=text("status IN ('due', 'under_way', 'withdrawing')"),
            postgresql_where=text("status IN ('due', 'under_way', 'withdrawing')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    channel: str
    account: str
    identity: str = Field(description="the customer, as the channel names people")
    chat_id: str = Field(description="the group, as its platform names it")
    group_name: str
    status: str
    why: str = Field(description="`asked` for, `checkin`, or `operator`")
    at: datetime = Field(sa_type=UtcDateTime)
    error: str = ""


class FrontDoor(SQLModel, table=True):
    """One of a channel's own accounts, as the platform lists it."""

    __tablename__ = "arrivals_accounts"

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    name: str
    ours: int = Field(description="1 when it is in the configuration")
    at: datetime = Field(sa_type=UtcDateTime)


class Link(SQLModel, table=True):
    """A link by which customers come to an account; its scene tells which one it was."""

    __tablename__ = "arrivals_links"

    channel: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    scene: str = Field(primary_key=True)
    name: str = Field(description="where it hangs, in an operator's words")
    url: str = Field(default="", description="empty until the platform has made it")
    error: str = ""
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
