"""Tables of the way in which members join their identities themselves."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Binding(SQLModel, table=True):
    """A one-time code of one member, and who typed it on another channel."""

    __tablename__ = "bindings"

    code: str = Field(primary_key=True)
    member_id: int = Field(foreign_key="members.id", unique=True, sa_type=big_id())
    channel: str
    identity: str
    until: datetime = Field(sa_type=UtcDateTime)
    confirmed: int = Field(default=0, description="1 when she has confirmed on this side")
    other_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
    other_channel: str = ""
    other_identity: str = ""
    other_confirmed: int = 0


class BindingTry(SQLModel, table=True):
    """How often a member has typed a wrong code lately."""

    __tablename__ = "binding_tries"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    wrong: int
    until: datetime = Field(sa_type=UtcDateTime, description="forgotten from then on")
