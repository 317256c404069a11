"""The pretended 微信客服 refuses what the real one refuses."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.kit.kefu import WK, FakeKefu
from tests.kit.platforms import CORP, SECRET, Json
from tests.kit.rooms import TurnedClock

WM = "wmInventedExternalUser0000000001"
TEXT: Json = {"touser": WM, "open_kfid": WK, "msgtype": "text", "text": {"content": "在"}}
SAMPLES = Path(__file__).parent / "samples"


class Caller:
    """Calls the platform with plain HTTP."""

    def __init__(self, platform: FakeKefu, http: ClientSession, token: str) -> None:
        self.platform, self._http, self._token = platform, http, token

    async def __call__(self, call: str, body: Json) -> int:
        url = f"{self.platform.url}/cgi-bin/kf/{call}?access_token={self._token}"
        async with self._http.post(url, json=body) as answer:
            return int((await answer.json())["errcode"])


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def call(clock: TurnedClock) -> AsyncIterator[Caller]:
    async with (
        FakeKefu(now=lambda: clock.now().timestamp(), token_life_s=10**6) as platform,
        ClientSession() as http,
    ):
        query = {"corpid": CORP, "corpsecret": SECRET}
        async with http.get(f"{platform.url}/cgi-bin/gettoken", params=query) as answer:
            yield Caller(platform, http, (await answer.json())["access_token"])


async def test_five_answers_in_48_hours_while_the_session_is_ours(
    call: Caller, clock: TurnedClock
) -> None:
    assert await call("send_msg", TEXT) == 95018  # she has not written: the session is over
    call.platform.hears(WM, "在吗")
    assert [await call("send_msg", TEXT) for _ in range(6)] == [0] * 5 + [95001]
    call.platform.hears(WM, "在吗")
    call.platform.sessions[WK, WM].state = 3
    assert await call("send_msg", TEXT) == 95018
    call.platform.sessions[WK, WM].state = 1
    clock.tick(hours=48)
    assert await call("send_msg", TEXT) == 95002


async def test_an_id_is_taken_once(call: Caller) -> None:
    call.platform.hears(WM, "在吗")

    assert [await call("send_msg", TEXT | {"msgid": "a"}) for _ in range(2)] == [0, 95033]


@pytest.mark.parametrize(
    "wrong",
    [
        {"msgid": "ä"},
        {"msgid": "a" * 33},
        {"text": {"content": "好" * 683}},
        {"text": {"content": ""}},
        {"text": {"content": "在", "more": 1}},
        {"agentid": 1},
        {"msgtype": "markdown", "markdown": {"content": "在"}},
        {"open_kfid": "other"},
        {"msgtype": "image", "image": {"media_id": "never-uploaded"}},
    ],
)
async def test_a_wrong_message_is_refused(call: Caller, wrong: Json) -> None:
    call.platform.hears(WM, "在吗")

    assert await call("send_msg", TEXT | wrong) != 0
    assert call.platform.delivered == []


async def test_the_recorded_requests_are_taken(call: Caller) -> None:
    call.platform.hears(WM, "在吗")
    for name in ("text", "msgmenu"):
        body = json.loads((SAMPLES / f"req_kf_send_msg_{name}.json").read_text("utf-8"))["_body"]
        assert await call("send_msg", body) == 0


@pytest.mark.parametrize(
    "wrong", [{"limit": 1001}, {"cursor": "x" * 65}, {"token": "unknown"}, {"corpid": CORP}]
)
async def test_a_wrong_question_is_refused(call: Caller, wrong: Json) -> None:
    assert await call("sync_msg", {"open_kfid": WK}) == 0
    assert await call("sync_msg", {"open_kfid": WK} | wrong) != 0


async def test_asking_without_a_hint_is_for_now_and_then(call: Caller) -> None:
    call.platform.tokenless_per_minute = 1

    assert [await call("sync_msg", {"open_kfid": WK}) for _ in range(2)] == [0, 45009]


async def test_a_code_is_good_once_and_for_20_seconds(call: Caller, clock: TurnedClock) -> None:
    body: Json = {"msgtype": "text", "text": {"content": "欢迎"}}
    code = call.platform.enters(WM)
    late = call.platform.enters(WM)

    assert await call("send_msg_on_event", body | {"code": code}) == 0
    assert await call("send_msg_on_event", body | {"code": code}) == 95007
    clock.tick(seconds=20)
    assert await call("send_msg_on_event", body | {"code": late}) == 95007
