"""The doors give the answers of the contract, and nothing bad leaves a row."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest
from aiohttp import ClientConnectionError, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.kernel.errors import BadCallback, CannotStore
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Outgoing,
    RawCallback,
    Received,
    Text,
    Update,
    UpdateKind,
    update_json,
)
from bot.kernel.ports import Accepted, Poke
from bot.web import webhooks
from bot.web.log_budget import LogBudget
from bot.web.webhooks import Crowd, Overloaded, Webhooks
from tests.kit.rooms import NOON
from tests.kit.web import BELL, Browser, Ticks, WebHouse

GOOD = "/callback/bell?signature=good"


def update(key: str = "m1", text: str = "打卡") -> Update:
    return Update(BELL, key, UpdateKind.TEXT, "bell:amei", NOON, "amei", text=text)


def said(key: str = "m1", text: str = "打卡") -> bytes:
    return update_json.dump_json(update(key, text))


async def post(
    browser: Browser, path: str, body: bytes | AsyncIterator[bytes], **headers: str
) -> tuple[int, str]:
    async with browser.client.post(path, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_a_stored_update_is_answered_with_success(house: WebHouse, browser: Browser) -> None:
    assert await post(browser, GOOD, said()) == (200, "success")
    assert house.store.count("inbox") == 1


async def test_a_repeat_is_success_too_and_adds_no_row(house: WebHouse, browser: Browser) -> None:
    await post(browser, GOOD, said())

    assert await post(browser, GOOD, said()) == (200, "success")
    assert house.store.count("inbox") == 1


async def test_a_platform_that_tests_the_address_gets_its_echo(browser: Browser) -> None:
    assert await browser.get("/callback/bell?echostr=1234") == (200, "1234")


async def test_the_query_is_decoded_once_and_not_twice(browser: Browser) -> None:
    assert await browser.get("/callback/bell?echostr=a%2Bb%252Bc%20d") == (200, "a+b%2Bc d")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/callback/nobody", said(), 404),
        ("/callback/bell/more", said(), 404),
        ("/callback/bell", said(), 403),
        ("/callback/bell?signature=bad", said(), 403),
        ("/callback/bell?signature=%67ood%00", said(), 403),
        ("/callback/bell?signature=%2567ood", said(), 403),
        (GOOD, b"", 400),
        (GOOD, b"\xff\xfe\x00garbage", 400),
        (GOOD, said()[:40], 400),
        (GOOD, b"[" * 60_000, 400),
        (GOOD, b"x" * 65_537, 413),
        (GOOD, b"x" * 900_000, 413),
    ],
    ids=[
        "unknown channel",
        "longer path",
        "no signature",
        "bad signature",
        "signature with a zero byte",
        "double-encoded signature",
        "empty",
        "garbage",
        "truncated",
        "nested",
        "one byte too many",
        "huge",
    ],
)
async def test_bad_callbacks_get_their_status_and_leave_no_row(
    house: WebHouse, browser: Browser, path: str, body: bytes, status: int
) -> None:
    assert (await post(browser, path, body))[0] == status
    assert house.store.count("inbox") == 0


class Teller:
    """A receiver whose platform only hints."""

    async def receive(self, raw: RawCallback) -> Received:
        del raw
        return Received(hints={"book": "token"})


async def hinted(poke: Poke | None) -> int:
    async def accept(_updates: Sequence[Update]) -> Sequence[Accepted]:
        raise CannotStore("a hint is no update")

    doors = Webhooks({ChannelName("kefu"): Teller()}, accept, poke=poke)
    app = web.Application()
    app.add_routes(doors.routes())
    async with TestClient(TestServer(app)) as client, client.post("/callback/kefu") as answer:
        return answer.status


async def test_a_hint_is_written_down_before_the_answer() -> None:
    told: list[tuple[str, Mapping[str, str | None]]] = []

    async def poke(channel: ChannelName, hints: Mapping[str, str | None]) -> None:
        told.append((channel, hints))

    async def full(_channel: ChannelName, _hints: Mapping[str, str | None]) -> None:
        raise CannotStore("the disk is full")

    assert await hinted(poke) == 200
    assert told == [("kefu", {"book": "token"})]
    assert await hinted(full) == 503
    assert await hinted(None) == 503


async def test_other_methods_are_not_allowed(browser: Browser) -> None:
    async with browser.client.put(GOOD, data=said()) as answer:
        assert answer.status == 405


async def in_chunks(size: int, total: int) -> AsyncIterator[bytes]:
    for _ in range(total // size):
        yield b"x" * size
        await asyncio.sleep(0)


async def test_a_body_in_chunks_is_read_as_one(house: WebHouse, browser: Browser) -> None:
    async def halves() -> AsyncIterator[bytes]:
        yield said()[:30]
        await asyncio.sleep(0)
        yield said()[30:]

    assert await post(browser, GOOD, halves()) == (200, "success")
    assert house.store.count("inbox") == 1


async def test_an_endless_body_in_chunks_is_cut_off(house: WebHouse, browser: Browser) -> None:
    try:
        status, _ = await post(browser, GOOD, in_chunks(8192, 4_000_000))
    except ClientConnectionError:  # the door closed while we were still talking
        status = 413

    assert status == 413
    assert house.store.count("inbox") == 0


async def test_a_packed_body_is_not_unpacked(browser: Browser) -> None:
    bomb = gzip.compress(b"x" * 5_000_000)

    assert (await post(browser, GOOD, bomb, **{"Content-Encoding": "gzip"}))[0] == 400


async def talk(browser: Browser, raw: bytes, *, end: bool = True) -> bytes:
    """Say bytes to the server and return all that it answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(browser.base.split(":")[2]))
    writer.write(raw)
    if end:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


async def test_a_body_that_never_comes_is_not_waited_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "BODY_TIMEOUT_S", 0.05)
    head = b"POST /callback/bell?signature=good HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nhi"

    assert (await talk(browser, head, end=False)).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("version", "line"), [("1.0", b""), ("1.1", b"Connection: close\r\n")], ids=["1.0", "close"]
)
async def test_who_does_not_stay_is_let_go_after_the_answer(
    browser: Browser, version: str, line: bytes
) -> None:
    head = f"POST /callback/bell?signature=good HTTP/{version}\r\nHost: x\r\n".encode() + line
    body = said()

    answer = await talk(browser, head + b"Content-Length: %d\r\n\r\n" % len(body) + body, end=False)
    assert answer.startswith(f"HTTP/{version} 200 OK".encode())
    assert answer.endswith(b"success")


async def test_a_body_that_breaks_off_leaves_no_row(house: WebHouse, browser: Browser) -> None:
    head = b"POST /callback/bell?signature=good HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"

    with capture_logs() as logs:
        await talk(browser, head + said())

    assert house.store.count("inbox") == 0
    assert all(line["log_level"] == "warning" for line in logs)


async def test_broken_chunks_are_a_bad_request(house: WebHouse, browser: Browser) -> None:
    head = b"POST /callback/bell HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhi"

    with capture_logs() as logs:
        status_line = (await talk(browser, head, end=False)).partition(b"\r\n")[0]
    assert b" 400 " in status_line
    assert house.store.count("inbox") == 0
    assert [(line["event"], line["log_level"]) for line in logs] == [("http.refused", "warning")]


async def test_a_full_disk_is_503_and_the_next_one_works(house: WebHouse, browser: Browser) -> None:
    house.work.full = True
    async with browser.client.post(GOOD, data=said()) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    house.work.full = False

    assert await post(browser, GOOD, said()) == (200, "success")


async def test_a_receiver_with_a_bug_refuses_without_a_traceback(
    house: WebHouse, browser: Browser
) -> None:
    house.bell.fails = RecursionError("too deep")

    with capture_logs() as logs:
        assert (await post(browser, GOOD, said()))[0] == 400
    assert [(line["event"], line["reason"]) for line in logs] == [
        ("callback.refused", "RecursionError")
    ]


async def test_what_is_refused_is_logged_once_without_content(
    house: WebHouse, browser: Browser
) -> None:
    house.bell.fails = BadCallback("said 打卡 by amei", status=403)

    with capture_logs() as logs:
        await post(browser, GOOD, said())

    (line,) = logs
    assert line["log_level"] == "warning"
    assert (line["channel"], line["status"], line["size_bytes"]) == ("bell", 403, len(said()))
    assert "打卡" not in str(line)
    assert "amei" not in str(line)


def test_a_flood_of_refusals_writes_few_lines() -> None:
    seconds = Ticks()
    budget = LogBudget(10, seconds)
    said_in_first = [budget.take() for _ in range(1000)]
    seconds.s += 1

    assert said_in_first == [0] * 10 + [None] * 990
    assert budget.take() == 990


# ── shedding ────────────────────────────────────────────────────────────────────────────


async def waiting(crowd: Crowd, count: int) -> list["asyncio.Task[Sequence[Accepted]]"]:
    tasks = [asyncio.create_task(crowd.accept([update()])) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_more_than_so_many_do_not_wait_for_the_disk() -> None:
    disk = asyncio.Event()
    crowd = Crowd(lambda _updates: stored(disk), most=3, longest_s=60)
    await waiting(crowd, 2)
    crowd.check()
    tasks = await waiting(crowd, 1)
    with pytest.raises(Overloaded):
        crowd.check()
    disk.set()
    await asyncio.gather(*tasks)
    await asyncio.sleep(0)

    crowd.check()


async def test_nobody_joins_behind_one_that_waits_for_too_long() -> None:
    disk = asyncio.Event()
    crowd = Crowd(lambda _updates: stored(disk), most=100, longest_s=0)
    tasks = await waiting(crowd, 1)

    with pytest.raises(Overloaded):
        crowd.check()
    disk.set()
    await asyncio.gather(*tasks)
    crowd.check()


async def stored(disk: asyncio.Event) -> Sequence[Accepted]:
    await disk.wait()
    return []


# ── answers in the response ─────────────────────────────────────────────────────────────


def answer(text: str) -> Outgoing:
    return Outgoing(BELL, "amei", Text(text), "reply:1:0")


async def test_an_answer_in_time_travels_in_the_response(house: WebHouse, browser: Browser) -> None:
    house.bell.passive, house.passive.answer = True, answer("打卡成功")

    assert await post(browser, GOOD, said()) == (200, "sealed:打卡成功")
    assert house.passive.asked == [(1, 1.0)]
    assert (house.passive.delivered_items, house.passive.released) == ([5], [])


async def test_without_an_answer_in_time_it_is_success(house: WebHouse, browser: Browser) -> None:
    house.bell.passive = True

    assert await post(browser, GOOD, said()) == (200, "success")


async def test_a_repeat_does_not_wait_for_an_answer(house: WebHouse, browser: Browser) -> None:
    await post(browser, GOOD, said())
    house.bell.passive, house.passive.answer = True, answer("打卡成功")

    assert await post(browser, GOOD, said()) == (200, "success")
    assert house.passive.asked == []


async def test_what_cannot_travel_so_is_left_to_the_sender(
    house: WebHouse, browser: Browser
) -> None:
    house.bell.passive, house.bell.seals, house.passive.answer = True, False, answer("图")

    assert await post(browser, GOOD, said()) == (200, "success")
    assert house.passive.released == [5]


async def test_a_disk_that_fills_up_after_the_answer_does_not_spoil_it(
    house: WebHouse, browser: Browser
) -> None:
    house.bell.passive, house.passive.answer, house.passive.full = True, answer("好"), True

    assert await post(browser, GOOD, said()) == (200, "sealed:好")


async def test_a_repeat_of_what_was_answered_gets_the_answer_once_more(
    house: WebHouse, browser: Browser
) -> None:
    house.bell.passive, house.passive.answer = True, answer("打卡成功")

    for _ in range(2):
        assert await post(browser, GOOD, said()) == (200, "sealed:打卡成功")
    assert house.passive.delivered_items == [5]
