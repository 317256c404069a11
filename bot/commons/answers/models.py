"""The table of dialogues."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class AnswerDialogue(SQLModel, table=True):
    """Where a member stands with a room that asks back, and how often she was not understood."""

    __tablename__ = "answer_dialogues"

    member_id: int = Field(
        primary_key=True,
        foreign_key="members.id",
        sa_type=big_id(),
        sa_column_kwargs={"autoincrement": False},
    )
    room: str = Field(description="empty when none of them waits for her")
    state: str = Field(description="JSON, the room's own")
    at: datetime = Field(sa_type=UtcDateTime, index=True, description="of the last step")
    misses: int = Field(description="in a row, how often she was not understood")
    missed_at: datetime = Field(sa_type=UtcDateTime)
