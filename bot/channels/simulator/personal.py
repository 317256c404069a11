"""What the simulator keeps of a member, and how it leaves."""

import base64
from collections.abc import Sequence

from bot.kernel.ids import MemberId
from bot.kernel.privacy import PersonalData, Record, rows_of, run_all
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import instant

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
