"""The live feed: what is new comes at once, and nothing is missed in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import ClientResponse

from bot.channels.simulator.stream import MAX_LISTENERS
from bot.kernel.messages import Recall
from tests.kit.simulator import Stage

SAID = {"member": "amei", "group": "vip-1", "text": "打卡"}


class Feed:
    """Reads events off a response."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response

    async def next(self, kind: str = "message") -> tuple[int, Any]:
        """Return id and data of the next event of a kind."""
        event: dict[str, str] = {}
        async with asyncio.timeout(5):
            async for line in self._response.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif event.get("event") == kind:
                    return int(event.get("id", 0)), json.loads(event["data"])
                else:
                    event = {}
        raise AssertionError("the feed ended")


@asynccontextmanager
async def listening(stage: Stage, query: str = "", **headers: str) -> AsyncIterator[Feed]:
    url = f"/simulator/api/stream{query}"
    async with stage.client.get(url, headers=headers) as response:
        assert response.content_type == "text/event-stream"
        yield Feed(response)


async def test_a_new_message_comes_at_once(stage: Stage) -> None:
    async with listening(stage) as feed:
        await stage.post("messages", SAID)
        _, message = await feed.next()

    assert (message["text"], message["from"], message["group"]) == ("打卡", "amei", "vip-1")


async def test_a_changed_message_comes_again(stage: Stage) -> None:
    receipt = await stage.bot_says("说错了")
    async with listening(stage) as feed:
        await stage.bot_says(Recall(receipt.platform_id), key="k2")
        _, message = await feed.next()

    assert message["status"] == "recalled"


async def test_a_listener_that_comes_back_misses_nothing(stage: Stage) -> None:
    async with listening(stage) as feed:
        await stage.post("messages", SAID)
        seen, _ = await feed.next()
    for text in ("一", "二", "三"):
        await stage.post("messages", {**SAID, "text": text})

    async with listening(stage, **{"Last-Event-ID": str(seen)}) as feed:
        texts = [(await feed.next())[1]["text"] for _ in range(3)]

    assert texts == ["一", "二", "三"]


async def test_a_page_listens_from_the_revision_of_its_state(stage: Stage) -> None:
    revision = (await stage.get("state"))["revision"]
    await stage.post("messages", SAID)

    async with listening(stage, f"?after={revision}") as feed:
        assert (await feed.next())[1]["text"] == "打卡"


async def test_the_feed_tells_when_the_clock_was_moved(stage: Stage) -> None:
    async with listening(stage) as feed:
        await stage.post("clock", {"advance_s": 3600})
        _, clock = await feed.next("clock")

    assert clock["now"] == "2026-08-24T13:00:00+08:00"


async def test_a_message_that_got_lost_is_taken_off_the_page(stage: Stage) -> None:
    stage.ear.deaf = True
    async with listening(stage) as feed:
        await stage.post("messages", SAID)
        status = ""
        while status != "lost":  # the feed may have been quicker than the refusal
            status = (await feed.next())[1]["status"]


async def test_listeners_are_bounded(stage: Stage) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(MAX_LISTENERS):
            await stack.enter_async_context(listening(stage))
        async with stage.client.get("/simulator/api/stream") as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) > 0


async def test_a_stopped_simulator_lets_its_listeners_go(stage: Stage) -> None:
    async with stage.client.get("/simulator/api/stream") as response:
        await stage.simulator.stop()
        async with asyncio.timeout(5):
            await response.read()

    assert response.closed
