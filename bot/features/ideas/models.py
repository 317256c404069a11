"""Tables of ideas, who supports them, what became of them, and rewards."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class Idea(SQLModel, table=True):
    """What a member proposes."""

    __tablename__ = "ideas"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    member_id: int | None = Field(
        default=None, foreign_key="members.id", index=True, sa_type=big_id()
    )
    words: str = Field(description="as she wrote it; empty when she took it back or was deleted")
    digest: str = Field(description="tells whether she wrote the same before")
    flags: str = Field(description="what an operator should look at, see commons.vetting.Found")
    is_shown: int = Field(description="1 where others see it and may support it")
    state: str = Field(index=True, description="see rules.State")
    made_at: datetime = Field(sa_type=UtcDateTime)
    since: datetime = Field(sa_type=UtcDateTime, description="of this state")
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, index=True, description="of the next answer"
    )
    into_id: int | None = Field(default=None, sa_type=big_id(), description="merged into this one")


class IdeaSupport(SQLModel, table=True):
    """A member is for an idea."""

    __tablename__ = "idea_supports"
    __table_args__ = {"sqlite_with_rowid": False}

    idea_id: int = Field(primary_key=True, foreign_key="ideas.id", sa_type=big_id())
    member_id: int = Field(primary_key=True, foreign_key="members.id", index=True, sa_type=big_id())
    at: datetime = Field(sa_type=UtcDateTime)


class IdeaStep(SQLModel, table=True):
    """An idea came into a state, and its author was told so."""

    __tablename__ = "idea_steps"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    idea_id: int = Field(foreign_key="ideas.id", index=True, sa_type=big_id())
    state: str
    reply: str = Field(description="what the operator wrote to the author")
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class IdeaReward(SQLModel, table=True):
    """A reward (悬赏) that one operator wants to give and a second one agrees to."""

    __tablename__ = "idea_rewards"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    idea_id: int = Field(unique=True, foreign_key="ideas.id", sa_type=big_id())
    kind: str = Field(description="see rules.RewardKind")
    points: int
    what: str = Field(description="kind of coupon, or the promise")
    why: str
    state: str = Field(description="see rules.RewardState")
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    settled_by: str
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
