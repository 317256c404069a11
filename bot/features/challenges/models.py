"""Tables of challenges, and of who takes part."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import LocalDate, UtcDateTime, big_id


class Challenge(SQLModel, table=True):
    """A challenge, as its file says it. Its terms stand still once somebody takes part."""

    __tablename__ = "challenges"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True, description="of the file below content/")
    revision: str = Field(description="of the file that this was made from")
    title: str
    words: str
    first_day: date = Field(sa_type=LocalDate)
    last_day: date = Field(sa_type=LocalDate, index=True, description="earlier when it was closed")
    terms: str = Field(description="JSON, see rules.Terms")
    kinds: str = Field(description="JSON, the kinds of coupon it promises, as they were")
    state: str = Field(description="see rules.State")
    next_member: int = Field(sa_type=big_id(), description="members from this one on are to count")
    gone_joined: int = Field(description="erased members who took part")
    gone_done: int = Field(description="erased members who completed it")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ChallengeMember(SQLModel, table=True):
    """One member who takes part."""

    __tablename__ = "challenge_members"
    __table_args__ = {"sqlite_with_rowid": False}

    challenge_id: int = Field(primary_key=True, foreign_key="challenges.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    joined_at: datetime = Field(sa_type=UtcDateTime)
    days: int = Field(description="that counted, when it was counted last")
    done_on: date | None = Field(default=None, sa_type=LocalDate)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reward: str = Field(description="see rules.Given")
    prize: str = Field(description="of the winner, see rules.Given")
    reward_key: str = Field(description="under which both are booked, with what they are in front")
