"""Tables of salons, of their people, who was invited, and what they are told."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id

_UNTOLD = text("tell IN ('promoted', 'too_many')")


class Salon(SQLModel, table=True):
    """An event, as its file says it; each one of a series has a row of its own."""

    __tablename__ = "salons"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(
        unique=True, description="of the file; `#2` behind it: the second of a series"
    )
    revision: str = Field(description="of the file that this was made from")
    title: str
    words: str
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    place: str
    capacity: int | None = Field(default=None, description="heads, with guests")
    guests_max: int
    invite: str = Field(description="JSON, a list of audience words")
    invite_first: str = Field(description="likewise: who is told before the others")
    first_hours: int
    invite_at: datetime = Field(sa_type=UtcDateTime)
    signup_until: datetime = Field(sa_type=UtcDateTime)
    reminders: str = Field(description="JSON, seconds before it starts")
    host: str
    no_show: str
    series: str
    state: str = Field(description="see kinds.State")
    why: str = Field(description="why it does not take place")
    sequence: int = Field(description="how often time or place changed after people had signed up")
    wave: int = Field(description="see kinds.Wave")
    next_member: int = Field(description="the last one invited in this wave", sa_type=big_id())
    first_done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str = Field(description="JSON, see kinds.Outcome; empty before it is over")


class SalonSignup(SQLModel, table=True):
    """One member's place at a salon, or in the line for it, with her guests."""

    __tablename__ = "salon_signups"
    __table_args__ = (
        Index("ix_salon_signups_tell", "tell", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    salon_id: int = Field(primary_key=True, foreign_key="salons.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    number: int = Field(description="the how-manieth who signed up for it")
    heads: int
    state: str = Field(description="see kinds.Place")
    at: datetime = Field(sa_type=UtcDateTime, description="when she wrote; the order of the line")
    in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    changes: int
    code: str = Field(description="what she says at the door")
    tier: str = Field(description="hers when she signed up")
    tell: str = Field(description="see kinds.News; what she has not been told yet")
    came_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    came_by: str = Field(description="the operator who saw her come")
    stars: int | None = Field(default=None)
    said: str = Field(description="what she said afterwards")


class SalonInvitee(SQLModel, table=True):
    """Somebody who was invited to a salon, by what she was then."""

    __tablename__ = "salon_invitees"
    __table_args__ = {"sqlite_with_rowid": False}

    salon_id: int = Field(primary_key=True, foreign_key="salons.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    tier: str
    at: datetime = Field(sa_type=UtcDateTime)


class SalonHost(SQLModel, table=True):
    """The member who leads a salon, and whether she agreed to be named."""

    __tablename__ = "salon_hosts"
    __table_args__ = {"sqlite_with_rowid": False}

    salon_id: int = Field(primary_key=True, foreign_key="salons.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    consent: str = Field(description="see kinds.Consent")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SalonRound(SQLModel, table=True):
    """Something that everybody of a salon is told, one after the other."""

    __tablename__ = "salon_rounds"
    __table_args__ = (UniqueConstraint("salon_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    salon_id: int = Field(foreign_key="salons.id", sa_type=big_id())
    key: str
    what: str = Field(description="see kinds.Told")
    words: str
    at: datetime = Field(sa_type=UtcDateTime, description="who came later has heard it already")
    next_number: int = Field(description="sign-ups from this one on wait")
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class SalonWalkIn(SQLModel, table=True):
    """People who came without having signed up and whom nobody knows: a number, no names."""

    __tablename__ = "salon_walk_ins"
    __table_args__ = (UniqueConstraint("salon_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    salon_id: int = Field(foreign_key="salons.id", sa_type=big_id())
    key: str = Field(description="of the form: the same form again is the same people")
    heads: int
    at: datetime = Field(sa_type=UtcDateTime)
    seen_by: str
