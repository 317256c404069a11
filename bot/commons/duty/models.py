"""Tables of who is absent, who said so, and who is on duty as far as was told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class DutyAbsence(SQLModel, table=True):
    """A time in which an advisor does not work; what is ended early keeps its row."""

    __tablename__ = "duty_absences"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    advisor: str = Field(index=True, description="her userid of now, in lower case")
    kind: str = Field(description="`sick`, `holiday` or `other`")
    since: datetime = Field(sa_type=UtcDateTime)
    until: datetime = Field(sa_type=UtcDateTime, index=True, description="she is back")
    why: str
    who: str = Field(description="who entered it")
    at: datetime = Field(sa_type=UtcDateTime, description="when it was entered")
    ended_by: str = Field(default="", description="who ended it before its time")


class DutyWord(SQLModel, table=True):
    """What was told last of an advisor: by herself for a day, or by the platform."""

    __tablename__ = "duty_words"

    advisor: str = Field(primary_key=True, description="a userid, in lower case")
    source: str = Field(primary_key=True, description="`self` or `platform`")
    duty: str = Field(description="`on`, `away` or `off`")
    at: datetime = Field(sa_type=UtcDateTime)


class DutyNow(SQLModel, table=True):
    """Whether an advisor was on duty when somebody looked last."""

    __tablename__ = "duty_now"

    advisor: str = Field(primary_key=True, description="her userid of then, in lower case")
    on_duty: int = Field(description="1 when she was")
    why_not: str
    since: datetime = Field(sa_type=UtcDateTime)
