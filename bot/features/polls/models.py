"""Tables of polls and of the ballots in them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Poll(SQLModel, table=True):
    """A product vote, as its file says it. Its options stand still from the first ballot on."""

    __tablename__ = "polls"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    path: str = Field(unique=True, description="of the file below content/")
    revision: str = Field(description="of the file that this was made from")
    title: str
    words: str
    options: str = Field(description="JSON, see reads.Option")
    max_choices: int
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    results: str = Field(description="`after_close` or `live`")
    eligible: str = Field(description="JSON, a list of audience words")
    points: int = Field(description="what a ballot costs")
    goal_points: int | None = Field(default=None)
    quorum: int
    tie: str = Field(description="`all`, `first` or `none`")
    state: str = Field(description="see rules.State")
    outcome: str = Field(description="JSON, see rules.Outcome; empty before it is counted")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Ballot(SQLModel, table=True):
    """One member's vote, however often she changed it and wherever she gave it."""

    __tablename__ = "ballots"
    __table_args__ = {"sqlite_with_rowid": False}

    poll_id: int = Field(primary_key=True, foreign_key="polls.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    choices: str = Field(description="numbers of the options, in order: `1,3`")
    tier: str = Field(description="hers when she voted")
    paid: int = Field(description="points")
    first_at: datetime = Field(sa_type=UtcDateTime)
    at: datetime = Field(sa_type=UtcDateTime, description="when she sent the choice that counts")


class PollNews(SQLModel, table=True):
    """Something that operators tell everybody who voted, ballot by ballot."""

    __tablename__ = "poll_news"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    poll_id: int = Field(foreign_key="polls.id", index=True, sa_type=big_id())
    words: str
    made_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    next_member: int = Field(description="voters from this one on wait", sa_type=big_id())
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
