"""Table of what the contacts told about configured advisors; of nobody else."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime


class StaffChange(SQLModel, table=True):
    """An advisor who left the company or is called otherwise."""

    __tablename__ = "staff_changes"

    userid: str = Field(primary_key=True, description="as configured, in lower case")
    userid_now: str = Field(index=True, description="in lower case")
    gone: int = Field(description="1 when she has left the company")
    at: datetime = Field(sa_type=UtcDateTime, description="of the latest change that was heard")
