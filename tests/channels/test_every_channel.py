"""One contract for all channels: what the pipeline relies on, whatever the platform.

A new channel adds itself to `CHANNELS`: a function that gives a started channel and a way to
play its platform.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from bot.channels.wecom.aibot.permission import Kind, Permission
from bot.channels.wecom.aibot.window import Window
from bot.kernel.errors import Ambiguous, BadCallback, PlatformError, Undeliverable
from bot.kernel.messages import (
    CardUpdate,
    Markdown,
    Outgoing,
    Part,
    RawCallback,
    Recall,
    Receipt,
    Text,
    Ticket,
)
from bot.kernel.ports import Channel, Limit, Sender
from bot.kernel.work import Statement
from bot.storage.writer import Writer
from tests.kit.aibot import FakeAibot, aibot
from tests.kit.aibot_ws import FakeSocket, Heard, bot_on, listening
from tests.kit.customers import FakeCustomers, customer_groups
from tests.kit.kefu import FakeKefu, kefu
from tests.kit.mp import FakeMp, account
from tests.kit.platforms import FakeWecom, Fault
from tests.kit.rooms import NOON, Store, TurnedClock
from tests.kit.simulator import build as build_simulator
from tests.kit.wecom import PARTS, group_robot, wecom_app

FAMILY, FLAG = "👨‍👩‍👧‍👦", "🇨🇳"


@dataclass
class Stand:
    """A channel and what its platform has seen."""

    channel: Channel
    read: Callable[[], Sequence[str]]
    """The words that arrived, oldest first."""
    refused: Callable[[], Outgoing]
    """Return a message that the platform will refuse."""
    lose_answer: Callable[[], None] | None = None
    """Make the platform take the next message and lose the answer; None where that can't be."""
    reply_to: Callable[[], str] = str
    """Return what a channel that only answers has from the message that it answers."""

    @property
    def sender(self) -> Sender:
        assert self.channel.sender is not None
        return self.channel.sender

    def message(self, part: Part, key: str = "k1") -> Outgoing:
        return Outgoing(self.channel.name, "lihua", part, key, reply_to=self.reply_to())


@asynccontextmanager
async def wecom_app_stand(folder: Path) -> AsyncIterator[Stand]:
    async with FakeWecom() as platform, running(wecom_app(platform, TurnedClock(), folder)) as app:
        yield wecom_stand(app, platform, "message/send")


@asynccontextmanager
async def kefu_stand(folder: Path) -> AsyncIterator[Stand]:
    clock = TurnedClock()
    async with (
        FakeKefu(now=lambda: clock.now().timestamp()) as platform,
        running(kefu(platform, clock, folder)) as door,
    ):
        platform.hears("lihua", "在吗")
        yield wecom_stand(door, platform, "kf/send_msg")


@dataclass
class WelcomeStand(Stand):
    """A channel that sends only what a ticket allows: each message here has one."""

    codes: Callable[[str], str] = str

    @override
    def message(self, part: Part, key: str = "k1") -> Outgoing:
        ticket = Ticket(self.codes(key), NOON + timedelta(seconds=20))
        return replace(super().message(part, key), ticket=ticket)


@asynccontextmanager
async def customer_groups_stand(folder: Path) -> AsyncIterator[Stand]:
    async with (
        FakeCustomers(now=NOON.timestamp) as platform,
        running(customer_groups(platform, TurnedClock(), folder)) as door,
    ):
        faults = platform.faults["externalcontact/send_welcome_msg"]
        spent = Ticket("spent", NOON + timedelta(seconds=20))
        yield WelcomeStand(
            door,
            read=lambda: [body.get("text", {}).get("content", "") for _, body in platform.welcomed],
            refused=lambda: Outgoing(door.name, "lihua", Text("早安"), "k1", ticket=spent),
            lose_answer=lambda: faults.append(Fault(drop=True, taken=True)),
            codes=platform.welcomes,
        )


@asynccontextmanager
async def group_robot_stand(folder: Path) -> AsyncIterator[Stand]:
    async with FakeWecom() as platform, running(group_robot(platform, folder)) as robot:
        yield wecom_stand(robot, platform, "webhook/send")


@asynccontextmanager
async def aibot_stand(folder: Path) -> AsyncIterator[Stand]:
    async with FakeAibot() as platform, running(aibot(TurnedClock(), folder)) as bot:

        def refused() -> Outgoing:
            words = Outgoing(bot.name, "lihua", Text("早安"), "k1")
            return replace(
                words, reply_to=Window(NOON, f"{platform.url}/cgi-bin/aibot/response").written()
            )

        yield Stand(
            bot,
            read=lambda: [str(one.get("markdown", {}).get("content")) for one in platform.late],
            refused=refused,
            lose_answer=lambda: setattr(platform, "drop_next", True),
            reply_to=lambda: Window(NOON, platform.address()).written(),
        )


@asynccontextmanager
async def aibot_socket_stand(folder: Path) -> AsyncIterator[Stand]:
    async with FakeSocket() as platform:
        bot = bot_on(platform, TurnedClock(), folder)
        async with running(bot), listening(bot, Heard()):
            platform.contacts.add("lihua")
            allowed = Permission(Kind.MESSAGE, NOON, platform.asked())

            def refused() -> Outgoing:
                platform.errcodes.append(40058)
                return Outgoing(bot.name, "lihua", Text("早安"), "k1")

            yield Stand(
                bot,
                read=platform.words,
                refused=refused,
                lose_answer=lambda: setattr(platform, "lose_acks", 1),
                reply_to=allowed.written,
            )


@asynccontextmanager
async def simulator_stand(folder: Path) -> AsyncIterator[Stand]:
    store = Store(folder)
    writer = Writer(store.database, store.clock)
    await writer.start()
    async with running(build_simulator(store, writer).simulator) as channel:
        nowhere = Outgoing(channel.name, "nowhere", Text("早安"), "k1", to_group=True)
        yield Stand(channel, lambda: shown(store), lambda: nowhere)
    await writer.stop()
    store.database.close()


def shown(store: Store) -> list[str]:
    rows = store.do(
        lambda uow: uow.run(Statement("SELECT text FROM simulator_messages ORDER BY id"))
    )
    return [str(text) for (text,) in rows]


@asynccontextmanager
async def running(channel: Channel) -> AsyncIterator[Channel]:
    await channel.start()
    try:
        yield channel
    finally:
        await channel.stop()


def mp_stand(mode: str) -> Callable[[Path], AbstractAsyncContextManager[Stand]]:
    @asynccontextmanager
    async def stand(folder: Path) -> AsyncIterator[Stand]:
        async with (
            FakeMp() as platform,
            running(account(platform, TurnedClock(), folder, mode=mode)) as door,
        ):
            platform.acts("lihua")
            platform.strangers.add("zhaolei")
            faults = platform.faults["message/custom/send"]
            yield Stand(
                door,
                read=lambda: [one.words for one in platform.delivered],
                refused=lambda: Outgoing(door.name, "zhaolei", Text("早安"), "k1"),
                lose_answer=lambda: faults.append(Fault(drop=True, taken=True)),
            )

    return stand


def wecom_stand(channel: Channel, platform: FakeWecom, call: str) -> Stand:
    faults = platform.faults[call]

    def refused() -> Outgoing:
        faults.append(Fault(errcode=40058))
        return Outgoing(channel.name, "lihua", Text("早安"), "k1")

    return Stand(
        channel,
        read=lambda: [one.words for one in platform.delivered],
        refused=refused,
        lose_answer=lambda: faults.append(Fault(drop=True, taken=True)),
    )


CHANNELS: dict[str, Callable[[Path], AbstractAsyncContextManager[Stand]]] = {
    "wecom_app": wecom_app_stand,
    "aibot": aibot_stand,
    "aibot over its long connection": aibot_socket_stand,
    "group_robot": group_robot_stand,
    "mp": mp_stand("sealed"),
    "mp in plain mode": mp_stand("plain"),
    "kefu": kefu_stand,
    "customer_groups": customer_groups_stand,
    "simulator": simulator_stand,
    # the next channel: its name and its stand
}


@pytest.fixture(params=CHANNELS)
async def stand(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stand]:
    (tmp_path / "price.pdf").write_bytes(b"%PDF-1.7 prices")
    async with CHANNELS[request.param](tmp_path) as built:
        yield built


async def test_a_message_arrives_and_brings_a_receipt(stand: Stand) -> None:
    receipt = await stand.sender.send(stand.message(Text("早安 ☀️")), doubt_since=None)

    assert isinstance(receipt, Receipt)
    assert stand.read() == ["早安 ☀️"]


async def test_two_wanted_messages_of_equal_words_both_arrive(stand: Stand) -> None:
    for key in ("k1", "k2"):
        await stand.sender.send(stand.message(Text("今天已打卡"), key), doubt_since=None)

    assert stand.read() == ["今天已打卡"] * 2


async def test_a_lost_answer_is_ambiguous_and_a_twin_is_dropped_where_promised(
    stand: Stand,
) -> None:
    await say_and_lose_the_answer(stand, stand.message(Text("早安")))
    assert stand.read() == ["早安"]

    await stand.sender.send(stand.message(Text("早安")), doubt_since=NOON)
    assert stand.read() == ["早安"] * (1 if stand.sender.drops_twins_s else 2)


async def say_and_lose_the_answer(stand: Stand, message: Outgoing) -> None:
    """Send once; where no answer can be lost, it is as if the process had died after it."""
    if stand.lose_answer is None:
        await stand.sender.send(message, doubt_since=None)
        return
    stand.lose_answer()
    with pytest.raises(Ambiguous):
        await stand.sender.send(message, doubt_since=None)


async def test_a_refusal_is_typed(stand: Stand) -> None:
    message = stand.refused()

    with pytest.raises(Undeliverable):
        await stand.sender.send(message, doubt_since=None)
    assert stand.read() == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.kind}")
async def test_every_part_is_sent_or_falls_back(stand: Stand, part: Part) -> None:
    message = stand.message(part)
    if isinstance(part, CardUpdate | Recall):  # of something that was never sent: typed, too
        with pytest.raises(PlatformError):
            await stand.sender.send(message, doubt_since=None)
    else:
        assert isinstance(await stand.sender.send(message, doubt_since=None), Receipt)


@pytest.mark.parametrize("unit", [FAMILY, FLAG, "好", "a"], ids=["family", "flag", "han", "ascii"])
@pytest.mark.parametrize("part", [Text("x"), Markdown("x", "x")], ids=["text", "markdown"])
async def test_over_long_words_are_cut_between_characters(
    stand: Stand, part: Text | Markdown, unit: str
) -> None:
    words = unit * 3_000
    said = Text(words) if isinstance(part, Text) else Markdown(words, plain=words)
    await stand.sender.send(stand.message(said), doubt_since=None)

    [shown] = stand.read()
    assert set(shown.removesuffix("…").split(unit)) == {""}


def test_lanes_and_limits_are_declared(stand: Stand) -> None:
    sender, message = stand.sender, stand.message(Text("早安"))
    lane = sender.lane(message)

    assert lane == sender.lane(message)
    assert sender.concurrency > 0
    assert sender.drops_twins_s >= 0
    for limit in (*sender.lane_limits(lane), *sender.channel_limits):
        assert isinstance(limit, Limit)
        assert limit.count > 0
        assert limit.per_s > 0


async def test_a_channel_stops_twice_and_starts_again(stand: Stand) -> None:
    await stand.channel.stop()
    await stand.channel.stop()
    await stand.channel.start()

    await stand.sender.send(stand.message(Text("早安")), doubt_since=None)
    assert stand.read() == ["早安"]


queries = st.dictionaries(
    st.sampled_from(["msg_signature", "signature", "timestamp", "nonce", "echostr"]) | st.text(),
    st.text(),
)


@given(st.sampled_from(["GET", "POST"]), queries, st.binary())
async def test_garbage_is_a_bad_callback_and_nothing_else(
    method: str, query: dict[str, str], body: bytes
) -> None:
    for name, build in CHANNELS.items():
        async with build(Path("/nowhere")) as built:
            if built.channel.receiver is not None:
                with pytest.raises(BadCallback):
                    await built.channel.receiver.receive(RawCallback(method, query, body))
        assert name
