"""The table of the helpful room."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Told(SQLModel, table=True):
    """Something that a member was told and is not told again, or not soon."""

    __tablename__ = "help_told"

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    what: str = Field(primary_key=True, description="`welcome`, `welcome:SCENE` or `wordless`")
    at: datetime = Field(sa_type=UtcDateTime)
