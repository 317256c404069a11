"""Colleagues are written to by a door that leads to them, whoever has their own conversation."""

from dataclasses import replace

import pytest

from bot.commons import staff
from bot.kernel.capability import CLOSED, Capability, Chat, Doors
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text, Voice
from bot.kernel.work import Toolbox, UnitOfWork
from tests.kit.rooms import Store

OPEN = replace(CLOSED, chats=(Chat.COLLEAGUE,), can_push=True)


def written(store: Store, door: Capability, to: str = "lisi") -> list[Outgoing]:
    """Return what leaves when a colleague is written to by a house with this one door."""
    tools = Toolbox()
    tools.add(Doors, Doors({ChannelName("office"): door}))

    def write(uow: UnitOfWork) -> list[Outgoing]:
        told = staff.write_to(uow, tools, to, "请看一下", key="case:7", why="followups")
        assert told == bool(uow.outgoing)
        return uow.outgoing

    return store.do(write)


def test_a_colleague_is_written_to_though_a_human_has_her_own_conversation(store: Store) -> None:
    [out] = written(store, OPEN)

    assert (out.channel, out.recipient, out.part) == ("office", "lisi", Text("请看一下"))
    assert (out.key, out.why, out.voice) == ("case:7:lisi", "followups", Voice.CARE)


@pytest.mark.parametrize(
    "door",
    [
        replace(OPEN, chats=(Chat.CUSTOMER,)),
        replace(OPEN, can_push=False),
        replace(OPEN, together=True),
        replace(OPEN, max_replies=5),
    ],
    ids=["customers", "answers only", "answers together", "counted"],
)
def test_no_other_door_leads_to_a_colleague(store: Store, door: Capability) -> None:
    assert written(store, door) == []


def test_nobody_is_written_to_without_a_name(store: Store) -> None:
    assert written(store, OPEN, to="") == []
