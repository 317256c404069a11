"""What the simulator keeps: it is a platform, so the chats themselves live here."""

import base64
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import PortableJSON, UtcDateTime, big_id, instant, micros

__all__ = ["instant", "micros", "personal"]  # the column's arithmetic, for our raw statements


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


_MINE = (
    "(SELECT identity FROM identities WHERE channel = 'simulator' AND identities.member_id = "
    ":member)"
)
_MY_MESSAGES = f"(SELECT id FROM simulator_messages WHERE sender IN {_MINE} OR member IN {_MINE})"
_WROTE = Statement(
    "SELECT id, at, chat, text FROM simulator_messages "
    f"WHERE sender IN {_MINE} AND status <> 'lost' ORDER BY id"
)
_PICTURES = Statement(
    "SELECT content_type, data FROM simulator_images WHERE message_id = :message ORDER BY id"
)


def _wrote(uow: UnitOfWork, member: MemberId) -> Sequence[Record]:
    return [
        {
            "at": instant(at).isoformat(),
            "chat": chat,
            "text": text,
            "images": [
                f"data:{kind};base64,{base64.b64encode(_bytes(data)).decode()}"
                for kind, data in uow.run(_PICTURES, message=key)
            ],
        }
        for key, at, chat, text in uow.run(_WROTE, member=member)
    ]


def _bytes(value: object) -> bytes:
    """Return a stored blob; the drivers disagree on its type."""
    if not isinstance(value, bytes | memoryview):
        raise TypeError(f"{type(value).__name__} is no blob")
    return bytes(value)


personal = (
    PersonalData(
        title="模拟器里的聊天",
        purpose="在演示和测试里代替微信，显示聊天记录",
        kept="直到你删除，或演示数据被清空",
        tables=("simulator_messages", "simulator_images"),
        export=_wrote,
        erase=run_all(
            f"DELETE FROM simulator_images WHERE message_id IN {_MY_MESSAGES}",
            f"DELETE FROM simulator_taps WHERE message_id IN {_MY_MESSAGES}",
            f"DELETE FROM simulator_messages WHERE sender IN {_MINE} OR member IN {_MINE}",
        ),
    ),
    PersonalData(
        title="模拟器里的卡片点击",
        purpose="让卡片显示你已经选了什么",
        kept="直到你删除，或演示数据被清空",
        tables=("simulator_taps",),
        export=rows_of(
            "simulator_taps",
            {"card": "message_id", "button": "button", "chosen": "chosen"},
            where=f"member IN {_MINE}",
        ),
        erase=run_all(f"DELETE FROM simulator_taps WHERE member IN {_MINE}"),
    ),
    PersonalData(
        title="模拟器里的昵称",
        purpose="在聊天里显示名字",
        kept="直到你删除，或演示数据被清空",
        tables=("simulator_members",),
        export=rows_of(
            "simulator_members",
            {"identity": "identity", "name": "name"},
            where=f"identity IN {_MINE}",
        ),
        erase=run_all(f"DELETE FROM simulator_members WHERE identity IN {_MINE}"),
    ),
)
