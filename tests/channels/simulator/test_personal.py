"""What the simulator knows about a member is handed out and forgotten."""

from bot.channels.simulator import personal
from bot.commons.members.models import Identity, Member
from bot.kernel.ids import MemberId
from bot.kernel.messages import Button, Card, CardKind
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON
from tests.kit.simulator import PNG, Stage

ME = MemberId(1)
RSVP = Card("salon", CardKind.BUTTONS, "沙龙", "沙龙", buttons=(Button("来", "rsvp:1"),))


def know(uow: UnitOfWork, identity: str) -> None:
    uow.session.add(Member(id=ME, created_at=NOON, joined_at=NOON))
    uow.session.flush()
    uow.session.add(Identity(channel="simulator", identity=identity, member_id=ME, created_at=NOON))


async def speak(stage: Stage) -> str:
    """Let a member write, press and have a nickname; another one writes too."""
    _, member = await stage.post("members", {"name": "小美"})
    me = str(member["id"])
    card = int((await stage.bot_says(RSVP)).platform_id)
    await stage.post("messages", {"member": me, "group": "vip-1", "text": "早", "images": [PNG]})
    await stage.post("messages", {"member": me, "text": "我的积分"})
    await stage.post("taps", {"member": me, "message_id": card, "button": "rsvp:1"})
    await stage.bot_says("你有 15 分", to=me, key="reply")
    await stage.post("messages", {"member": "xiaoyu", "group": "vip-1", "text": "早呀"})
    await stage.work.do(lambda uow: know(uow, me))
    return me


async def test_a_member_gets_what_she_wrote(stage: Stage) -> None:
    await speak(stage)

    records = await stage.work.look(
        lambda uow: [record for data in personal for record in data.export(uow, ME)]
    )

    assert [record["text"] for record in records[:2]] == ["早", "我的积分"]
    assert records[0]["images"] == [PNG]
    assert records[2]["button"] == "rsvp:1"
    assert records[3]["name"] == "小美"


async def test_a_forgotten_member_leaves_nothing_and_others_stay(stage: Stage) -> None:
    me = await speak(stage)

    await stage.work.do(lambda uow: PersonalRegistry(personal).erase(uow, ME))

    group = await stage.get("messages", group="vip-1")
    assert [message["from"] for message in group] == ["bot", "xiaoyu"]
    assert group[0]["taps"] == {}
    assert await stage.get("messages", member=me) == []
    assert stage.store.count("simulator_images") == 0
    assert stage.store.count("simulator_members") == 0
