"""Tables of questions and of those that wait for 仍要提问."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class MemberQuestion(SQLModel, table=True):
    """What a member asks experts, and what they answered."""

    __tablename__ = "questions"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    words: str
    flags: str = Field(description="see commons.vetting.Found")
    named: int = Field(description="1: her name may stand beside it when it is published")
    state: str = Field(description="see rules.State")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    remind_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    answer: str
    answered_by: str
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answers: int = Field(description="how often it was answered: corrections are told too")
    public_words: str = Field(description="the question as others read it")
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class QuestionDraft(SQLModel, table=True):
    """A question to which there are similar ones, until she says that she asks all the same."""

    __tablename__ = "question_drafts"
    __table_args__ = {"sqlite_with_rowid": False}

    member_id: int = Field(primary_key=True, foreign_key="members.id", sa_type=big_id())
    words: str
    at: datetime = Field(sa_type=UtcDateTime)
