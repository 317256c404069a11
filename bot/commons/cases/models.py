"""Tables of cases: why a member needs a human, who cares, what was promised, what was done."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id

_OPEN = text("state <> 'closed'")


class CaseRow(SQLModel, table=True):
    """A member who needs a human; at most one case of hers is open."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "uq_cases_open", "member_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_cases_state", "state", "advisor"),
        Index("ix_cases_closed_at", "closed_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    kind: str = Field(description="see rules.Kind: the gravest of what was found")
    severity: int = Field(description="0 to 3, the highest of what was found")
    state: str = Field(description="see rules.State")
    reasons: list[str] = Field(sa_type=PortableJSON, description="in words for an advisor")
    channel: str = Field(description="where she is written to; empty where nobody can")
    account: str = Field(description="of the channel's own, by which she is written to")
    identity: str = Field(description="the member, as the channel names people")
    in_group: str = Field(default="", description="our chat id of the group she said it in")
    advisor: str = Field(default="", description="userid in lower case of whom it is assigned to")
    opened_at: datetime = Field(sa_type=UtcDateTime, description="when she wrote what opened it")
    since: datetime = Field(sa_type=UtcDateTime, description="in this state")
    heard_at: datetime = Field(sa_type=UtcDateTime, description="the member wrote last")
    assigned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="a human wrote to her first"
    )
    spoke_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="a human wrote to her last"
    )
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="resolved")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    code: str = Field(default="", description="see rules.Ending; empty while it is open")
    times_opened: int = 1


class CaseEvidence(SQLModel, table=True):
    """A message that belongs to a case, as it was judged."""

    __tablename__ = "case_evidence"
    __table_args__ = (
        Index(
            "uq_case_evidence_key",
            "case_id",
            "key",
            unique=True,
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(foreign_key="cases.id", sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    key: str = Field(description="channel and the platform's id of the message")
    words: str = Field(description="what she wrote, at most 500 characters")
    kind: str = Field(description="text, image, …")
    media: str = Field(default="", description="`ref` of her picture; empty for none")
    label: str = Field(description="what was found in it")
    severity: int
    score_milli: int = Field(description="0 to 1000")
    reasons: list[str] = Field(sa_type=PortableJSON)
    at: datetime = Field(sa_type=UtcDateTime)


class CaseStep(SQLModel, table=True):
    """One thing that was done with a case; only ever added."""

    __tablename__ = "case_steps"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(foreign_key="cases.id", index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime)
    who: str = Field(description="userid or name of a human, `member`, or `bot`")
    what: str = Field(description="see rules.Did")
    words: str = Field(default="", description="a reason code, to whom, or a note in her own words")


class CasePromise(SQLModel, table=True):
    """What a member was promised, and until when."""

    __tablename__ = "case_promises"
    __table_args__ = (
        Index(
            "ix_case_promises_due",
            "due_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    case_id: int = Field(foreign_key="cases.id", index=True, sa_type=big_id())
    member_id: int = Field(foreign_key="members.id", index=True, sa_type=big_id())
    what: str = Field(description="`answer`: a human writes; or what an advisor has promised")
    who: str = Field(description="who promised it; `bot` for the time that a ticket names")
    at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_kept: int = Field(default=0, description="1 when it was kept in time")
