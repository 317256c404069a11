"""The server listens, says why when it cannot, and stops in order."""

import asyncio

import pytest
from aiohttp import ClientSession, web

from bot.web.attempts import Attempts
from bot.web.server import CannotListen, build, serve


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


async def test_it_answers_what_its_parts_bring() -> None:
    server = await serve(build([web.get("/a", hello)], [web.get("/b", hello)]), "127.0.0.1", 0)
    async with ClientSession() as session:
        for path in ("a", "b"):
            async with session.get(f"http://127.0.0.1:{server.port}/{path}") as answer:
                assert await answer.text() == "hello"
    await server.stop()


async def test_a_taken_port_is_said_in_words() -> None:
    first = await serve(build(), "127.0.0.1", 0)

    with pytest.raises(CannotListen, match="is taken"):
        await serve(build(), "127.0.0.1", first.port)
    await first.stop()


async def test_a_request_under_way_is_finished_before_the_end() -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        arrived.set()
        await go_on.wait()
        return web.Response(text="done")

    server = await serve(build([web.get("/", slow)]), "127.0.0.1", 0)
    async with ClientSession() as session:
        asked = asyncio.create_task(session.get(f"http://127.0.0.1:{server.port}/"))
        await arrived.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0)
        go_on.set()
        async with await asked as answer:
            assert await answer.text() == "done"
    await stopping


def test_attempts_are_remembered_for_so_many_names_only() -> None:
    attempts = Attempts(free=0, longest_s=60)
    for number in range(10_001):
        attempts.count(str(number))

    assert attempts.wait_s("0") == 0
    assert attempts.wait_s("10000") > 0
