"""The API client: one token for all, and a typed error for everything that can come back."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.wecom.client import WecomApi
from bot.kernel.errors import Ambiguous, PauseScope, PlatformError, RetryLater, Undeliverable
from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom, Fault
from tests.kit.rooms import TurnedClock

TEXT = {"touser": "lihua", "agentid": AGENT, "msgtype": "text", "text": {"content": "早"}}
SEND = "/cgi-bin/message/send"


@asynccontextmanager
async def client(
    base: str, clock: TurnedClock, *, secret: str = SECRET, timeout_s: float = 2.0
) -> AsyncIterator[WecomApi]:
    api = WecomApi(api_base=base, corp_id=CORP, secret=secret, clock=clock, timeout_s=timeout_s)
    await api.start()
    try:
        yield api
    finally:
        await api.stop()


@pytest.fixture(params=["wire", "aiohttp"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every story with the extra `speed` and without it."""
    if request.param == "aiohttp":
        monkeypatch.setitem(sys.modules, "httptools", None)


@pytest.fixture
async def api(wecom: FakeWecom, clock: TurnedClock) -> AsyncIterator[WecomApi]:
    async with client(wecom.url, clock) as opened:
        yield opened


async def error_of_send(api: WecomApi) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        await api.call(SEND, TEXT)
    assert SECRET not in str(raised.value)
    assert "token-" not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value


async def test_fifty_at_once_share_one_token(wecom: FakeWecom, api: WecomApi) -> None:
    wecom.member_per_minute = 100
    wecom.faults["gettoken"].append(Fault(delay_s=0.05))

    await asyncio.gather(*(api.call(SEND, TEXT) for _ in range(50)))

    assert len(wecom.called("gettoken")) == 1
    assert len(wecom.delivered) == 50


async def test_fifty_at_once_share_one_new_token(wecom: FakeWecom, api: WecomApi) -> None:
    wecom.member_per_minute = 100
    await api.token()
    wecom.withdraw_tokens()

    await asyncio.gather(*(api.call(SEND, TEXT) for _ in range(50)))

    assert len(wecom.called("gettoken")) == 2
    assert len(wecom.delivered) == 50


async def test_a_token_is_kept_until_shortly_before_its_end(
    wecom: FakeWecom, api: WecomApi, clock: TurnedClock
) -> None:
    await api.token()
    clock.tick(seconds=7200 - 301)
    await api.token()
    assert len(wecom.called("gettoken")) == 1

    clock.tick(seconds=2)
    await api.token()
    assert len(wecom.called("gettoken")) == 2


@pytest.mark.parametrize("code", [40014, 42001, 40001])
async def test_a_refused_token_is_renewed_once(wecom: FakeWecom, api: WecomApi, code: int) -> None:
    wecom.faults["message/send"].append(Fault(errcode=code))

    await api.call(SEND, TEXT)

    assert len(wecom.called("gettoken")) == 2
    assert len(wecom.delivered) == 1


async def test_a_token_refused_for_ever_ends_after_one_more_try(
    wecom: FakeWecom, api: WecomApi
) -> None:
    wecom.faults["message/send"].extend([Fault(errcode=40014)] * 9)

    later = await error_of_send(api)

    assert isinstance(later, RetryLater)
    assert len(wecom.faults["message/send"]) == 7


async def test_a_wrong_secret_is_not_tried_again_at_once(
    wecom: FakeWecom, clock: TurnedClock
) -> None:
    async with client(wecom.url, clock, secret="wrong") as api:
        errors = [await error_of_send(api) for _ in range(5)]
        assert len(wecom.called("gettoken")) == 1

        clock.tick(seconds=61)
        await error_of_send(api)

    assert all(isinstance(one, Undeliverable) and one.channel_off for one in errors)
    assert len(wecom.called("gettoken")) == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(raw=b"<html>down for maintenance</html>"),
        Fault(raw=b'{"errcode": 0, "errms'),
        Fault(raw=b""),
        Fault(raw=b"[]"),
        Fault(raw=b"{}"),
        Fault(raw=b'{"errcode": "0"}'),
        Fault(raw=b"[" * 100_000),
        Fault(raw=b"\xff\xfe"),
        Fault(raw=b"<html>", status=502),
        Fault(status=500),
        Fault(drop=True),
        Fault(drop=True, taken=True),
        Fault(raw=b"oops", taken=True),
    ],
)
async def test_a_lost_answer_leaves_a_doubt(wecom: FakeWecom, api: WecomApi, fault: Fault) -> None:
    wecom.faults["message/send"].append(fault)

    assert isinstance(await error_of_send(api), Ambiguous)


async def test_an_answer_that_never_comes_leaves_a_doubt(
    wecom: FakeWecom, clock: TurnedClock
) -> None:
    wecom.faults["message/send"].append(Fault(delay_s=5, taken=True))

    async with client(wecom.url, clock, timeout_s=0.2) as api:
        assert isinstance(await error_of_send(api), Ambiguous)

    assert len(wecom.delivered) == 1


@pytest.mark.parametrize(
    ("fault", "scope"),
    [
        (Fault(errcode=-1), PauseScope.MESSAGE),
        (Fault(errcode=45009), PauseScope.CHANNEL),
        (Fault(errcode=-1, status=500), PauseScope.MESSAGE),
        (Fault(status=302), PauseScope.CHANNEL),
        (Fault(status=307), PauseScope.CHANNEL),
        (Fault(status=403, raw=b"<html>"), PauseScope.CHANNEL),
        (Fault(status=429), PauseScope.CHANNEL),
    ],
)
async def test_what_was_not_taken_is_sent_later(
    wecom: FakeWecom, api: WecomApi, fault: Fault, scope: PauseScope
) -> None:
    wecom.faults["message/send"].append(fault)

    later = await error_of_send(api)

    assert isinstance(later, RetryLater)
    assert later.scope is scope


async def test_an_answer_that_never_ends_is_none(wecom: FakeWecom, api: WecomApi) -> None:
    endless = b" " * 2_000_000 + b'{"errcode": 0, "errmsg": "ok", "msgid": "m1"}'
    wecom.faults["message/send"].append(Fault(raw=endless))

    assert isinstance(await error_of_send(api), Ambiguous)


@pytest.mark.parametrize(
    "fault",
    [
        *(Fault(raw=b"<html>"), Fault(status=500), Fault(drop=True), Fault(errcode=-1)),
        Fault(status=302),
    ],
)
async def test_without_a_token_nothing_was_sent(
    wecom: FakeWecom, api: WecomApi, fault: Fault
) -> None:
    wecom.faults["gettoken"].append(fault)
    wecom.faults["gettoken"].append(fault)  # a lost GET is asked once more by the session

    assert isinstance(await error_of_send(api), RetryLater)
    assert wecom.delivered == []


@pytest.mark.parametrize(
    "raw",
    [
        b'{"errcode": 0}',
        b'{"errcode": 0, "access_token": 7, "expires_in": 7200}',
        b'{"errcode": 0, "access_token": "t", "expires_in": -1}',
        b'{"errcode": 0, "access_token": "t", "expires_in": "7200"}',
    ],
)
async def test_a_token_that_is_none_is_asked_for_later(
    wecom: FakeWecom, api: WecomApi, raw: bytes
) -> None:
    wecom.faults["gettoken"].append(Fault(raw=raw))

    assert isinstance(await error_of_send(api), RetryLater)


async def test_when_nobody_answers_the_door_nothing_was_sent(clock: TurnedClock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with client(f"http://127.0.0.1:{taken.getsockname()[1]}", clock) as api:
            later = await error_of_send(api)

    assert isinstance(later, RetryLater)
    assert (later.scope, later.uncounted) == (PauseScope.CHANNEL, True)


async def test_one_who_gives_up_waiting_takes_no_token_from_the_others(
    wecom: FakeWecom, api: WecomApi
) -> None:
    wecom.faults["gettoken"].append(Fault(delay_s=0.05))
    hasty, patient = (asyncio.create_task(api.token()) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()

    assert (await patient).startswith("token-")


async def test_before_the_start_everything_waits(clock: TurnedClock) -> None:
    api = WecomApi(api_base="http://127.0.0.1:1", corp_id=CORP, secret=SECRET, clock=clock)

    assert isinstance(await error_of_send(api), RetryLater)
