"""Tables of customers, of the colleagues whose friends they are, and of the company's tags.

People here are named as the platform names them. Nobody is a member because of a row here.
"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_DUE = text("read_at IS NULL")


class Friendship(SQLModel, table=True):
    """A customer who is the friend of one colleague."""

    __tablename__ = "friendships"
    __table_args__ = (
        Index("ix_friendships_identity", "channel", "identity"),
        Index("ix_friendships_due", "channel", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    channel: str = Field(primary_key=True)
    colleague: str = Field(primary_key=True, description="a userid in lower case")
    identity: str = Field(primary_key=True, description="the customer's id")
    name: str = Field(default="", description="what she calls herself")
    tags: str = Field(default="", description="ids of the colleague's tags on her: `,a,b,`")
    since: datetime = Field(sa_type=UtcDateTime)
    seen_round: int = Field(default=0, description="the last full reading that had her")
    read_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="NULL while the platform is to be asked"
    )


class CustomerRound(SQLModel, table=True):
    """The one full reading of all customers that is under way, or the last one."""

    __tablename__ = "customer_rounds"

    id: int = Field(primary_key=True, description="always 1", sa_type=big_id())
    number: int
    after: str = Field(default="", description="the last colleague whose customers are read")
    began_at: datetime = Field(sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CorpTag(SQLModel, table=True):
    """A tag of the company on customers, as last listed."""

    __tablename__ = "corp_tags"

    tag_id: str = Field(primary_key=True)
    name: str
    group_name: str
    place: int = Field(description="in the platform's order")
