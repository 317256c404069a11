"""Tables of check-ups: who asked for one and when, and what it found."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class CheckupRun(SQLModel, table=True):
    """One check-up of the house and all doors."""

    __tablename__ = "doctor_runs"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    asked_by: str = Field(description="the operator")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    doors: int = Field(default=0, description="how many are examined, the house among them")
    done: int = Field(default=0, description="of these")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CheckupFinding(SQLModel, table=True):
    """One line of what was found; it never holds a secret."""

    __tablename__ = "doctor_findings"

    run_id: int = Field(primary_key=True, foreign_key="doctor_runs.id", sa_type=big_id())
    door: str = Field(primary_key=True, description="a channel, or `house`")
    place: int = Field(primary_key=True, description="in the order of the door")
    check: str = Field(description="the stable name of what was looked at")
    level: str = Field(description="see bot.kernel.checkup.Level")
    message: str
    hint: str = ""
    key: str = Field(default="", description="where in the configuration it is mended")
