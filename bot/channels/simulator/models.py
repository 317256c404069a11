"""What the simulator keeps: it is a platform, so the chats themselves live here."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.storage.schema import PortableJSON, UtcDateTime, big_id


class SimulatorMessage(SQLModel, table=True):
    """One message of a chat, from a member or from the bot."""

    __tablename__ = "simulator_messages"
    __table_args__ = (Index("ix_simulator_messages_chat", "chat", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    chat: str = Field(description="a group's id, or 1:1:<member>")
    group_id: str | None = None
    member: str | None = Field(default=None, index=True, description="whose 1:1 chat it is")
    sender: str = Field(index=True, description="`bot` or a member's identity")
    kind: str
    text: str = Field(description="the words; of a card what stands for it without cards")
    payload: object = Field(sa_type=PortableJSON, description="what is more than words")
    key: str = Field(unique=True, description="in:<key> of a member's, out:<key> of the bot's")
    status: str = Field(description="shown, recalled, lost")
    revision: int = Field(sa_type=big_id(), index=True, description="number of its last change")
    at: datetime = Field(sa_type=UtcDateTime, description="when it was sent")
    created_at: datetime = Field(sa_type=UtcDateTime)


class SimulatorImage(SQLModel, table=True):
    """A picture inside a message."""

    __tablename__ = "simulator_images"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    message_id: int = Field(foreign_key="simulator_messages.id", index=True, sa_type=big_id())
    content_type: str
    data: bytes


class SimulatorTap(SQLModel, table=True):
    """A member pressed a button of a card; `answer` is how the card looks to them since."""

    __tablename__ = "simulator_taps"

    id: int | None = Field(default=None, primary_key=True, sa_type=big_id())
    message_id: int = Field(foreign_key="simulator_messages.id", index=True, sa_type=big_id())
    member: str = Field(index=True)
    button: str
    chosen: object = Field(sa_type=PortableJSON)
    key: str = Field(unique=True)
    status: str = Field(description="shown, lost")
    answer: object | None = Field(default=None, sa_type=PortableJSON, nullable=True)
    at: datetime = Field(sa_type=UtcDateTime)


class SimulatorMember(SQLModel, table=True):
    """Somebody who was added on the page; the cast of the demo needs no rows."""

    __tablename__ = "simulator_members"

    identity: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class SimulatorState(SQLModel, table=True):
    """Numbers that outlive a restart: `clock_offset_us` and the last `revision`."""

    __tablename__ = "simulator_state"

    name: str = Field(primary_key=True)
    value: int = Field(sa_type=big_id())
