"""Tables of what operators ordered from the platform, and of how far a full reading is."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class GroupRound(SQLModel, table=True):
    """The one full reading of all groups that is under way, or the last one."""

    __tablename__ = "group_rounds"

    id: int = Field(primary_key=True, description="always 1", sa_type=big_id())
    number: int
    phase: str = Field(description="listing, reading or resting")
    place: str = Field(default="", description="of the listing, in the channel's own words")
    restarts: int = Field(default=0, description="of the listing, because its place was lost")
    listed: int = 0
    asked_by: str = Field(default="", description="an operator, or empty for the clock")
    began_at: datetime = Field(sa_type=UtcDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GroupJoinWay(SQLModel, table=True):
    """A QR code that leads into one group."""

    __tablename__ = "group_join_ways"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    chat_id: str = Field(unique=True)
    state: str = Field(description="comes back with everybody who joins by it")
    status: str = Field(description="see orders.Order")
    platform_id: str = ""
    picture_url: str = ""
    picture: str = Field(default="", description="`kept`, or why it is not; empty: to be fetched")
    error: str = ""
    made_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    begun_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="not before; NULL means at once"
    )


class GroupGreeting(SQLModel, table=True):
    """A greeting for those who join, from which owners pick by hand."""

    __tablename__ = "group_greetings"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    text: str
    title: str = Field(description="of the link or mini program that goes with it")
    url: str
    description: str = ""
    image_url: str = ""
    kind: str = Field(default="link", description="see rules.Attached")
    path: str = Field(default="", description="of a picture, file or video in the media folder")
    app_id: str = ""
    page: str = ""
    status: str = Field(description="see orders.Order")
    platform_id: str = ""
    error: str = ""
    made_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    begun_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    due_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="not before; NULL means at once"
    )
