"""Tables of trials, applications for them, and feedback."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Trial(SQLModel, table=True):
    """A trial or a cohort, as its file says it. Its terms stand still from the first reader on."""

    __tablename__ = "trials"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True, description="of the file below content/")
    revision: str
    title: str
    words: str
    quota: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    audience: str = Field(description="JSON, a list of audience words")
    questions: str = Field(description="JSON, a list of texts")
    feedback: str = Field(description="JSON, a list of texts")
    feedback_after_days: int
    consent: str
    pick: str = Field(description="`first`, `draw` or `operator`")
    seed: str
    is_cohort: int
    tag: str
    state: str = Field(description="`open`, `drawn` or `withdrawn`")


class TrialApplication(SQLModel, table=True):
    """One member's application for one trial, however often she tries."""

    __tablename__ = "trial_applications"
    __table_args__ = (UniqueConstraint("trial_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    trial_id: int = Field(foreign_key="trials.id", sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    state: str = Field(description="see rules.State")
    sent_at: datetime = Field(sa_type=UtcDateTime, description="when she sent it")
    place: int = Field(sa_type=BigInteger, description="in the waiting list; the smallest first")
    consent: str = Field(description="the words that she was shown")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answers: str = Field(description="JSON, to the questions of the trial")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told: int = Field(index=True, description="1 when she knows where it stands")
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_by: str
    asked: int = Field(description="for feedback: 0 not yet, 1 once, 2 reminded")
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrialFeedback(SQLModel, table=True):
    """What a member says after she tried."""

    __tablename__ = "trial_feedback"
    __table_args__ = (UniqueConstraint("trial_id", "member_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    trial_id: int = Field(foreign_key="trials.id", sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    answers: str = Field(description="JSON, to the questions of the feedback")
    first_at: datetime = Field(sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime)
