"""The table of what was asked."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class FaqQuestion(SQLModel, table=True):
    """What a member asked, and what came of it."""

    __tablename__ = "faq_questions"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    said: str
    outcome: str = Field(description="see rules.Outcome")
    path: str = Field(description="of the file that was answered; the likeliest where none was")
    score: int = Field(description="in percent, of the likeliest")
    helpful: int | None = Field(default=None, description="1 or 0, when she said so")
