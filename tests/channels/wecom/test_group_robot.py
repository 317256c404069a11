"""The webhook: what it says, and how it fails."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from bot.channels.wecom import GroupRobot
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater, Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Image, Markdown, Outgoing, Part, Recall, Text
from bot.kernel.ports import Channel, Limit
from tests.kit.platforms import ROBOT_KEY, FakeWecom, Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import PNG
from tests.kit.wecom_rules import check_message

REQUESTS = Path(__file__).parent / "requests"


def to_staff(part: Part) -> Outgoing:
    return Outgoing(ChannelName("group_robot.staff"), "staff", part, "k", to_group=True)


async def error_of(robot: GroupRobot) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        await robot.send(to_staff(Text("例会")), doubt_since=None)
    assert ROBOT_KEY not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


@pytest.mark.parametrize("name", sorted(path.stem for path in REQUESTS.glob("webhook_*")))
def test_the_rules_take_every_recorded_request(name: str) -> None:
    body = json.loads((REQUESTS / f"{name}.json").read_text(encoding="utf-8"))

    assert check_message(body, webhook=True) == body["msgtype"]


async def test_words_reach_the_group(robot: GroupRobot, wecom: FakeWecom) -> None:
    await robot.send(to_staff(Text("今晚 20:00 例会")), doubt_since=None)
    await robot.send(to_staff(Markdown("新增 **12** 人", "新增 12 人")), doubt_since=None)

    said = [(one.to, one.kind, one.words) for one in wecom.delivered]
    assert said == [
        (ROBOT_KEY, "text", "今晚 20:00 例会"),
        (ROBOT_KEY, "markdown", "新增 **12** 人"),
    ]


@pytest.mark.parametrize("bytes_more", [0, 1_500_000], ids=["small", "large"])
async def test_a_picture_is_sent_in_place(
    robot: GroupRobot, wecom: FakeWecom, tmp_path: Path, bytes_more: int
) -> None:
    (tmp_path / "a.png").write_bytes(PNG + b"x" * bytes_more)
    await robot.send(to_staff(Image("a.png")), doubt_since=None)

    assert [one.kind for one in wecom.delivered] == ["image"]
    assert wecom.called("webhook/upload_media") == []


@pytest.mark.parametrize(
    "content", [PNG + b"x" * 2 * 1024 * 1024, b"GIF89a moving"], ids=["large", "gif"]
)
async def test_another_picture_is_sent_as_a_file(
    robot: GroupRobot, wecom: FakeWecom, content: bytes
) -> None:
    url = f"data:image/png;base64,{b64encode(content).decode()}"
    await robot.send(to_staff(Image(data_url=url)), doubt_since=None)

    assert [one.kind for one in wecom.delivered] == ["file"]


async def test_the_twenty_first_in_a_minute_waits_for_one(
    robot: GroupRobot, wecom: FakeWecom, clock: TurnedClock
) -> None:
    for _ in range(20):
        await robot.send(to_staff(Text("例会")), doubt_since=None)

    later = await error_of(robot)
    assert isinstance(later, RetryLater)
    assert (later.after_s, later.scope, later.uncounted) == (60, PauseScope.LANE, True)

    clock.tick(seconds=later.after_s)
    await robot.send(to_staff(Text("例会")), doubt_since=None)
    assert len(wecom.delivered) == 21


@pytest.mark.parametrize("code", [93000, 93001, 93004, 93008])
async def test_a_dead_webhook_is_switched_off(
    robot: GroupRobot, wecom: FakeWecom, code: int
) -> None:
    wecom.faults["webhook/send"].append(Fault(errcode=code))

    never = await error_of(robot)

    assert isinstance(never, Undeliverable)
    assert (never.channel_off, never.code) == (True, code)


async def test_an_unknown_key_is_refused_without_being_named(
    robot: GroupRobot, wecom: FakeWecom
) -> None:
    wecom.robot_keys = {"another"}

    assert (await error_of(robot)).code == 93000


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(raw=b"<html>"), Fault(status=502)])
async def test_a_lost_answer_leaves_a_doubt(
    robot: GroupRobot, wecom: FakeWecom, fault: Fault
) -> None:
    wecom.faults["webhook/send"].append(fault)

    assert isinstance(await error_of(robot), Ambiguous)


async def test_what_was_said_stays(robot: GroupRobot) -> None:
    with pytest.raises(Undeliverable):
        await robot.send(to_staff(Recall("m")), doubt_since=None)


@pytest.mark.parametrize(
    "url", ["", "https://qyapi.invalid/cgi-bin/webhook/send", "file:///x?key=SECRET", "SECRET"]
)
def test_an_address_without_a_key_is_a_mistake_that_is_not_repeated(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="webhook address") as wrong:
        GroupRobot(name=ChannelName("group_robot.x"), webhook_url=url, media_root=tmp_path)

    assert "SECRET" not in str(wrong.value)


def test_the_robot_fits_its_sockets(robot: GroupRobot) -> None:
    channel: Channel = robot

    assert (channel.name, channel.receiver) == ("group_robot.staff", None)
    assert robot.lane_limits(robot.lane(to_staff(Text("a")))) == (Limit(20, 60),)
