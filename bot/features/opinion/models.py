"""Tables of second opinions, and of what they cost."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, PortableJSON, UtcDateTime, big_id

_LASTING = text("state IN ('wanted', 'asked')")


class OpinionRow(SQLModel, table=True):
    """A message of which the detector was not sure, and what a model thinks of it."""

    __tablename__ = "opinions"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_opinions_waiting", "id", sqlite_where=_LASTING, postgresql_where=_LASTING),
        Index("ix_opinions_ended_at", "ended_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    channel: str
    account: str = Field(description="of the channel's own, by which she is written to")
    identity: str = Field(description="the member, as the channel names people")
    in_group: str = Field(description="the channel's chat id of the group; empty in a 1:1 chat")
    key: str = Field(description="the platform's id of the message")
    said_at: datetime = Field(sa_type=UtcDateTime, description="when she wrote it")
    at: datetime = Field(sa_type=UtcDateTime, description="when it was judged")
    words: str = Field(description="what she wrote; empty once it is over")
    turns: list[dict[str, str]] = Field(
        sa_type=PortableJSON, description="what the model is shown, masked; empty once it is over"
    )
    score_milli: int = Field(description="before, 0 to 1000")
    label: str
    severity: int
    reasons: list[str] = Field(sa_type=PortableJSON)
    prompted: int = Field(description="1 when she wrote as if to a model")
    state: str = Field(description="see rules.State")
    tries: int = 0
    tokens: int = Field(default=0, description="set aside for it, then what it has cost")
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why: str = Field(default="", description="a code word: why not, or why nothing changed")
    verdict_label: str = ""
    verdict_severity: int = 0
    verdict_milli: int = 0
    verdict_reason: str = Field(default="", description="at most 60 characters of the model's")
    after_milli: int = 0
    became: str = Field(default="", description="see rules.Became")


class OpinionDay(SQLModel, table=True):
    """What was asked on a day, and what came of it; it names nobody."""

    __tablename__ = "opinion_days"

    day: date = Field(primary_key=True, sa_type=LocalDate)
    requests: int = 0
    tokens: int = 0
    answered: int = 0
    failed: int = 0
    skipped: int = 0
    raised: int = 0
    lowered: int = 0
