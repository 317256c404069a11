"""Tables of how members rate what we did for them, and of what they say about us."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id

_EMPTY, _NONE = {"server_default": ""}, {"server_default": "0"}
_WAITING = text("state = 'waiting'")
_OPEN = text("step > 0")


class CaseRating(SQLModel, table=True):
    """A case that has ended, and whether its member was asked and what she answered."""

    __tablename__ = "case_ratings"
    __table_args__ = (
        UniqueConstraint("case_id", "times_opened"),
        Index("ix_case_ratings_state", "state", "due_at"),
        Index("ix_case_ratings_answered_at", "answered_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    times_opened: int = Field(description="of the case: each opening is rated once")
    kind: str = Field(description="of the case when it ended")
    advisor: str = Field(description="userid; empty for nobody")
    channel: str
    identity: str
    state: str = Field(description="see rules.State")
    key: str = Field(default="", description="of the message that asks")
    due_at: datetime = Field(sa_type=UtcDateTime, description="when she is asked, or it lapses")
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    score: int = Field(default=0, description="1 to 5; 0 for none")
    first_score: int = Field(default=0, description="what she said first")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told: int = Field(default=0, description="1 when a supervisor was told of a low score")


class MiniSurvey(SQLModel, table=True):
    """A node of an order at which its member may be asked, and what came of it."""

    __tablename__ = "mini_surveys"
    __table_args__ = (
        UniqueConstraint("order_id", "node"),
        Index("ix_mini_surveys_member_id", "member_id", "asked_at"),
        Index("ix_mini_surveys_at", "at"),
        Index(
            "ix_mini_surveys_waiting",
            *("node", "at"),
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        Index("ix_mini_surveys_open", "member_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", sa_type=big_id())
    order_id: int = Field(sa_type=big_id())
    node: str = Field(description="see rules.Node")
    at: datetime = Field(sa_type=UtcDateTime, description="when the order came to the node")
    look_at: datetime = Field(sa_type=UtcDateTime, description="she is not asked before")
    state: str = Field(description="see rules.Stage")
    why: str = Field(description="of what was skipped, see rules.Skipped")
    key: str = Field(description="of the letter that asks")
    channel: str
    identity: str
    questions: object = Field(sa_type=PortableJSON, description="as she was asked: text and kind")
    answers: list[str] = Field(sa_type=PortableJSON, description="an empty one was skipped")
    step: int = Field(description="which question is open; 0 for none")
    said_key: str = Field(description="channel and the platform's id of the latest answer")
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Voice(SQLModel, table=True):
    """What a member, or somebody outside, has said about us, and what it is about."""

    __tablename__ = "voices"
    __table_args__ = (
        CheckConstraint("(member_id IS NULL) = (source <> '')", name="of_one"),
        Index("ix_voices_at", "at"),
        Index("ix_voices_taken_at", "taken_at"),
        Index(
            "ix_voices_untold",
            "alert_at",
            sqlite_where=text("told = 0"),
            postgresql_where=text("told = 0"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
    key: str = Field(unique=True, description="see voices.keep, outside.key_of")
    words: str = Field(description="at most 300 characters")
    at: datetime = Field(sa_type=UtcDateTime)
    about: str = Field(description="see rules.About")
    by_rule: str = Field(description="what the rules said")
    found: list[str] = Field(sa_type=PortableJSON, description="the words that decided")
    who: str = Field(default="", description="who has corrected it; empty for nobody")
    handled_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="what she said has led to something"
    )
    handled: str = Field(default="", description="to what, in words for everybody")
    source: str = Field(
        default="", sa_column_kwargs=_EMPTY, description="where outside; empty for a member's"
    )
    url: str = Field(default="", sa_column_kwargs=_EMPTY)
    product: str = Field(default="", sa_column_kwargs=_EMPTY, description="sku or name, as told")
    rating: int = Field(default=0, sa_column_kwargs=_NONE, description="1 to 5; 0 for none")
    severity: int = Field(default=0, sa_column_kwargs=_NONE, description="see detection.Finding")
    taken_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when an import first brought it"
    )
    alert_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="since when somebody should look at it"
    )
    told: int = Field(default=0, sa_column_kwargs=_NONE, description="1 when operators were told")
    import_id: int | None = Field(
        default=None, sa_type=big_id(), description="which upload changed it last, and nobody since"
    )


class VoiceGone(SQLModel, table=True):
    """A comment from outside that an operator has deleted: no import brings it back."""

    __tablename__ = "voices_gone"

    digest: str = Field(primary_key=True, description="SHA-256 of its key")
    at: datetime = Field(sa_type=UtcDateTime)
