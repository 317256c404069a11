"""Tables of the helpful room."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Told(SQLModel, table=True):
    """Something that a member was told and is not told again, or not soon."""

    __tablename__ = "help_told"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    what: str = Field(primary_key=True, description="`welcome`, `welcome:SCENE` or `wordless`")
    at: datetime = Field(sa_type=UtcDateTime)


class HumanRequest(SQLModel, table=True):
    """A member who asked for a human and waits for one (转人工)."""

    __tablename__ = "human_requests"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    asked_at: datetime = Field(sa_type=UtcDateTime, description="first unanswered request")
    last_asked_at: datetime = Field(sa_type=UtcDateTime)
    times: int = Field(description="requests since somebody cared")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    closed_by: str = Field(default="", description="the operator who cared")
