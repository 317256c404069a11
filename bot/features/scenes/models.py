"""Table of QR codes with a scene; who came by which is kept by `commons/origins`."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.storage.schema import UtcDateTime, big_id


class SceneCode(SQLModel, table=True):
    """A QR code that an operator wanted."""

    __tablename__ = "scene_codes"
    __table_args__ = (UniqueConstraint("channel", "scene"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    channel: str
    scene: str
    title: str = Field(description="where it hangs, for operators")
    greeting: str = Field(default="", description="said to whoever scans it; empty for nothing")
    lives_s: int | None = Field(default=None, description="None for a code that lasts")
    status: str = Field(description="`asked`, `made`, or `refused`")
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    picture_url: str = ""
    url: str = Field(default="", description="what the code says")
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = Field(default="", description="why the platform refused it")
