"""The greeting of a new friend: one code, one call, twenty seconds."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.kernel.errors import Ambiguous, RetryLater, Undeliverable
from bot.kernel.messages import Image, Link, News, Outgoing, Part, Text, Ticket
from bot.kernel.ports import Sender
from tests.kit.customers import FakeCustomers
from tests.kit.customers_rules import WELCOME
from tests.kit.platforms import Fault
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import PNG_URL

SAMPLES = Path(__file__).parent / "samples"
CALL = "externalcontact/send_welcome_msg"


@pytest.fixture
def sender(door: CustomerGroups, platform: FakeCustomers) -> Sender:
    platform.welcomes("code")
    assert door.sender is not None
    return door.sender


def message(door: CustomerGroups, part: Part) -> Outgoing:
    ticket = Ticket("code", NOON + timedelta(seconds=20))
    return Outgoing(door.name, "wm1", part, "k1", ticket=ticket)


def test_the_sample_is_what_the_fake_takes() -> None:
    body = json.loads((SAMPLES / "req_send_welcome_msg.json").read_text("utf-8"))["_body"]
    WELCOME.check(body, "welcome")


@pytest.mark.parametrize(
    ("part", "kinds"),
    [
        (Text("欢迎 ☀️"), []),
        (Link("群规", "https://example.invalid/rules"), ["link"]),
        (News((Link("一", "https://example.invalid/1"),) * 12), ["link"] * 9),
        (Image(data_url=PNG_URL), ["image"]),
    ],
    ids=["text", "link", "links", "picture"],
)
async def test_a_friend_reads_it(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers, part: Part, kinds: list[str]
) -> None:
    await sender.send(message(door, part), doubt_since=None)

    ((_, body),) = platform.welcomed
    assert [one["msgtype"] for one in body.get("attachments", [])] == kinds


async def test_without_a_ticket_nothing_leaves(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers
) -> None:
    words = Outgoing(door.name, "wr1", Text("早安"), "k1", to_group=True)

    with pytest.raises(Undeliverable, match="owner confirms"):
        await sender.send(words, doubt_since=None)
    assert platform.called(CALL) == []


async def test_after_twenty_seconds_it_is_dropped_without_a_call(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers, clock: TurnedClock
) -> None:
    clock.tick(seconds=20)

    with pytest.raises(Undeliverable) as caught:
        await sender.send(message(door, Text("欢迎")), doubt_since=None)
    assert caught.value.quiet
    assert platform.called(CALL) == []


@pytest.mark.parametrize("code", [41050, 41051])
async def test_a_spent_code_is_nobodys_work(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers, code: int
) -> None:
    platform.faults[CALL] += [Fault(errcode=code)] * 2

    with pytest.raises(Undeliverable) as caught:
        await sender.send(message(door, Text("欢迎")), doubt_since=None)
    assert caught.value.quiet
    receipt = await sender.send(message(door, Text("欢迎")), doubt_since=NOON)
    assert "earlier try" in receipt.note


async def test_another_app_that_is_quicker_is_waited_for_within_the_time(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers, clock: TurnedClock
) -> None:
    platform.faults[CALL] += [Fault(errcode=41096)] * 2

    with pytest.raises(RetryLater):
        await sender.send(message(door, Text("欢迎")), doubt_since=None)
    clock.tick(seconds=19)
    with pytest.raises(Undeliverable) as caught:
        await sender.send(message(door, Text("欢迎")), doubt_since=None)
    assert caught.value.quiet


async def test_a_lost_answer_is_not_said_twice(
    door: CustomerGroups, sender: Sender, platform: FakeCustomers
) -> None:
    platform.faults[CALL].append(Fault(drop=True, taken=True))
    with pytest.raises(Ambiguous):
        await sender.send(message(door, Text("欢迎")), doubt_since=None)

    await sender.send(message(door, Text("欢迎")), doubt_since=NOON)
    assert len(platform.welcomed) == 1
