"""The JSON interface, by its contract."""

import asyncio
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from bot.kernel.messages import Button, Card, CardKind, Choice, Question
from tests.kit.rooms import Store
from tests.kit.simulator import PNG, Stage, on_stage

PALETTE = Card(
    "poll-2",
    CardKind.VOTE,
    "颜色",
    "颜色",
    questions=(Question("q", (Choice("a", "驼"), Choice("b", "蓝")), many=True),),
    submit=Button("投票", "vote:2"),
)
SAID = {"member": "amei", "group": "vip-1", "text": "打卡"}


async def test_a_message_is_stored_heard_and_read_back(stage: Stage) -> None:
    status, answer = await stage.post("messages", SAID)

    (message,) = await stage.get("messages", group="vip-1")
    assert status == 202
    assert (message["id"], message["from"], message["kind"]) == (answer["id"], "amei", "text")
    assert (message["text"], message["name"]) == ("打卡", "阿美")
    assert message["at"] == "2026-08-24T12:00:00+08:00"
    assert [update.text for update in stage.ear.heard] == ["打卡"]


async def test_the_same_key_is_the_same_message(stage: Stage) -> None:
    _, first = await stage.post("messages", {**SAID, "key": "once"})
    status, second = await stage.post("messages", {**SAID, "key": "once"})

    assert (status, first) == (202, second)
    assert len(stage.ear.heard) == 1


async def test_a_direct_chat_is_the_members_own(stage: Stage) -> None:
    await stage.post("messages", {"member": "amei", "group": None, "text": "我的积分"})

    assert len(await stage.get("messages", member="amei")) == 1
    assert await stage.get("messages", member="xiaoyu") == []
    assert await stage.get("messages", group="vip-1") == []
    assert stage.ear.heard[0].conversation == "simulator:amei"


async def test_after_gives_what_follows_and_before_what_was(stage: Stage) -> None:
    ids = [(await stage.post("messages", {**SAID, "text": str(n)}))[1]["id"] for n in range(5)]

    later = await stage.get("messages", group="vip-1", after=ids[2])
    newest = await stage.get("messages", group="vip-1", limit=2)
    earlier = await stage.get("messages", group="vip-1", before=ids[2], limit=1)

    assert [one["id"] for one in later] == ids[3:]
    assert [one["id"] for one in newest] == ids[3:]
    assert [one["id"] for one in earlier] == [ids[1]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"group": "nowhere"}, 404),
        ({"group": "elsewhere"}, 404),
        ({}, 400),
        ({"group": "vip-1", "after": "x"}, 400),
        ({"group": "vip-1", "after": "9" * 400}, 400),
    ],
    ids=str,
)
async def test_a_wrong_question_is_refused(
    stage: Stage, query: dict[str, str], status: int
) -> None:
    async with stage.client.get("/simulator/api/messages", params=query) as response:
        assert response.status == status
        assert set(await response.json()) == {"error", "field"}


async def test_a_group_of_another_channel_is_not_there(stage: Stage) -> None:
    status, answer = await stage.post("messages", {**SAID, "group": "elsewhere"})

    assert (status, answer["field"]) == (404, "group")


async def test_pictures_are_kept_and_served_as_what_they_are(stage: Stage) -> None:
    await stage.post("messages", {**SAID, "text": "", "images": [PNG, PNG]})

    (message,) = await stage.get("messages", group="vip-1")
    assert message["kind"] == "image"
    async with stage.client.get(message["images"][1]) as response:
        assert response.content_type == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert (await response.read()).startswith(b"\x89PNG")


async def test_nine_large_pictures_fit(stage: Stage) -> None:
    large = "data:image/jpeg;base64,/9j/" + "AAAA" * 690_000

    body = BytesIO(json.dumps({**SAID, "images": [large] * 9}).encode())
    headers = {"Content-Type": "application/json"}
    url = "/simulator/api/messages"
    async with stage.client.post(url, data=body, headers=headers) as response:
        assert response.status == 202


async def test_a_body_without_end_is_too_large(stage: Stage) -> None:
    status, answer = await stage.post("taps", {"member": "amei", "filler": "x" * 70_000})

    assert (status, answer["field"]) == (413, "")


async def test_a_full_disk_is_503_and_nothing_is_shown(stage: Stage) -> None:
    stage.work.full = True

    async with stage.client.post("/simulator/api/messages", json=SAID) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0

    assert await stage.get("messages", group="vip-1") == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://[evil"},
    ],
    ids=str,
)
async def test_foreign_pages_cannot_post(stage: Stage, headers: dict[str, str]) -> None:
    url = "/simulator/api/messages"
    async with stage.client.post(url, json=SAID, headers=headers) as response:
        assert response.status == 403

    assert stage.ear.heard == []


async def test_the_page_itself_can_post(stage: Stage) -> None:
    headers = {"Origin": str(stage.client.make_url("")).rstrip("/")}
    url = "/simulator/api/messages"
    async with stage.client.post(url, json=SAID, headers=headers) as response:
        assert response.status == 202


async def test_a_form_cannot_post(stage: Stage) -> None:
    url = "/simulator/api/messages"
    async with stage.client.post(
        url, data=json.dumps(SAID), headers={"Content-Type": "text/plain"}
    ) as response:
        assert response.status == 415


async def test_an_option_is_a_vote(stage: Stage) -> None:
    message = int((await stage.bot_says(PALETTE)).platform_id)

    status, _ = await stage.post(
        "taps", {"member": "amei", "message_id": message, "option": ["a", "b"]}
    )

    tap = stage.ear.heard[-1].tap
    assert status == 202
    assert tap is not None
    assert (tap.button, tap.chosen) == ("vote:2", ("a", "b"))


@pytest.mark.parametrize(
    ("press", "status"),
    [
        ({"message_id": 99, "button": "vote:2"}, 404),
        ({"button": "other"}, 400),
        ({"button": "vote:2"}, 400),
        ({"option": "z"}, 400),
        ({"option": 3}, 400),
        ({"button": "other", "option": "a"}, 400),
    ],
    ids=str,
)
async def test_a_wrong_press_is_refused(
    stage: Stage, press: dict[str, object], status: int
) -> None:
    message = int((await stage.bot_says(PALETTE)).platform_id)

    found, _ = await stage.post("taps", {"member": "amei", "message_id": message, **press})

    assert found == status
    assert stage.ear.heard == []


async def test_a_card_in_a_strangers_chat_cannot_be_pressed(stage: Stage) -> None:
    message = int((await stage.bot_says(PALETTE, to="amei")).platform_id)

    status, _ = await stage.post("taps", {"member": "xiaoyu", "message_id": message, "option": "a"})

    assert status == 404


async def test_a_member_is_added_once_for_each_nickname(stage: Stage) -> None:
    status, added = await stage.post("members", {"name": "<b>小美</b>"})
    again, same = await stage.post("members", {"name": "<b>小美</b>"})

    await stage.post("messages", {**SAID, "member": added["id"]})
    (message,) = await stage.get("messages", group="vip-1")
    state = await stage.get("state")
    assert (status, again, added) == (201, 200, same)
    assert message["name"] == "<b>小美</b>"
    assert added in state["members"]


async def test_a_taken_identity_is_refused(stage: Stage) -> None:
    status, answer = await stage.post("members", {"name": "另一位", "id": "amei"})

    assert (status, answer["field"]) == (409, "id")


async def test_the_state_says_what_the_page_needs(stage: Stage) -> None:
    await stage.post("messages", SAID)

    state = await stage.get("state")

    assert state["community"] == "拾光衣橱"
    assert state["groups"] == [
        {"id": "vip-1", "name": "穿搭一群"},
        {"id": "vip-2", "name": "穿搭二群"},
    ]
    assert state["now"] == "2026-08-24T12:00:00+08:00"
    assert state["next"] == "2026-08-24T14:00:00+08:00"
    assert [one["text"] for one in state["last"]] == ["打卡"]
    assert state["revision"] > 0


async def test_the_clock_moves_forward_and_stays_there(stage: Stage) -> None:
    status, answer = await stage.post("clock", {"advance_s": 3600})

    assert (status, answer["now"]) == (200, "2026-08-24T13:00:00+08:00")
    assert (await stage.get("clock"))["now"] == answer["now"]
    assert stage.clock.offset == timedelta(hours=1)


async def test_the_clock_does_not_go_back(stage: Stage) -> None:
    status, answer = await stage.post("clock", {"set": "2026-08-24T11:00:00+08:00"})

    assert (status, answer) == (400, {"error": "时钟只能往前走", "field": "set"})


async def test_the_clock_stands_where_a_real_channel_is(store: Store, tmp_path: Path) -> None:
    async with on_stage(store, tmp_path, travels=False) as stage:
        status, _ = await stage.post("clock", {"advance_s": 1})
        assert status == 409
        assert (await stage.get("clock"))["can_travel"] is False


async def test_only_one_journey_at_a_time(stage: Stage) -> None:
    stage.leaves = asyncio.Event()
    first = asyncio.create_task(stage.post("clock", {"advance_s": 60}))
    await stage.under_way.wait()

    second, _ = await stage.post("clock", {"advance_s": 60})
    moving = (await stage.get("clock"))["moving"]
    stage.leaves.set()

    assert (second, moving) == (409, True)
    assert (await first)[0] == 200


async def test_outgoing_is_what_the_house_says(stage: Stage) -> None:
    assert await stage.get("outgoing", channel="kefu") == [{"key": "reply:1", "channel": "kefu"}]
