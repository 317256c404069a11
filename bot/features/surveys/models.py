"""Tables of surveys, who was asked, and what they answered."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Survey(SQLModel, table=True):
    """A survey, as its file says it; its questions stand still once it is sent."""

    __tablename__ = "surveys"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True, description="of the file below content/")
    revision: str
    title: str
    words: str
    questions: str = Field(description="JSON, see rules.Question")
    audience: str = Field(description="JSON, a list of audience words")
    anonymous: int
    closes_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(description="see rules.State")
    salt: str = Field(description="of the tokens of anonymous answers; gone when it is closed")
    sent_by: str
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_member: int | None = Field(
        default=None, sa_type=big_id(), description="members behind this one wait; None for done"
    )


class SurveyInvitation(SQLModel, table=True):
    """A member was asked, and whether it reached her and she answered."""

    __tablename__ = "survey_invitations"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: int = Field(primary_key=True, foreign_key="surveys.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    letter: str = Field(description="the key of the message")
    told: str = Field(description="see commons.outreach.Told")
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered: int = Field(description="1 when she has answered")


class SurveyAnswer(SQLModel, table=True):
    """What a member answered to a survey with names."""

    __tablename__ = "survey_answers"
    __table_args__ = {"sqlite_with_rowid": False}

    survey_id: int = Field(primary_key=True, foreign_key="surveys.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    answers: str = Field(description="JSON, see rules.Answer")
    at: datetime = Field(sa_type=UtcDateTime)


class SurveyVoice(SQLModel, table=True):
    """What somebody answered to an anonymous survey: no name, no time."""

    __tablename__ = "survey_voices"
    __table_args__ = (UniqueConstraint("survey_id", "token"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    survey_id: int = Field(foreign_key="surveys.id", sa_type=big_id())
    token: str = Field(description="finds it again while it may be changed; then means nothing")
    answers: str = Field(description="JSON, see rules.Answer")
