"""The pretended humans of 微信客服 refuse what the real platform refuses."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.kit.kefu import WK
from tests.kit.platforms import CORP, SECRET, Json
from tests.kit.reception import STOPPED, FakeReception
from tests.kit.rooms import TurnedClock

WM, WR = "wmInventedExternalUser0000000001", "wrHiking"
SESSION: Json = {"open_kfid": WK, "external_userid": WM}
GROUP: Json = {"chat_id": WR, "wording": "来"}


class Caller:
    """Calls the platform with plain HTTP."""

    def __init__(self, platform: FakeReception, http: ClientSession, token: str) -> None:
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
        FakeReception(now=lambda: clock.now().timestamp(), token_life_s=10**6) as platform,
        ClientSession() as http,
    ):
        platform.groups = [WR]
        platform.employs("lihua")
        platform.employs("anna", status=STOPPED)
        query = {"corpid": CORP, "corpsecret": SECRET}
        async with http.get(f"{platform.url}/cgi-bin/gettoken", params=query) as answer:
            yield Caller(platform, http, (await answer.json())["access_token"])


async def test_a_session_goes_only_the_ways_of_the_table(call: Caller) -> None:
    async def trans(to: int, **more: str) -> int:
        return await call("service_state/trans", {**SESSION, "service_state": to, **more})

    assert await trans(1) == 95013  # she has not written: the session has not begun
    call.platform.hears(WM, "在吗")
    assert [await trans(1), await trans(1)] == [0, 95016]
    assert await trans(3) != 0
    assert await trans(2, servicer_userid="lihua") != 0
    assert await trans(3, servicer_userid="nobody") == 95014
    assert await trans(3, servicer_userid="anna") == 95019
    assert [await trans(2), await trans(1), await trans(2)] == [0, 95016, 95016]
    assert [await trans(3, servicer_userid="lihua") for _ in range(2)] == [0, 95016]
    assert [await trans(4), await trans(1)] == [0, 95013]


async def test_after_two_days_without_a_word_a_session_is_over(
    call: Caller, clock: TurnedClock
) -> None:
    call.platform.hears(WM, "在吗")
    clock.tick(hours=48)

    assert await call("service_state/trans", {**SESSION, "service_state": 2}) == 95013


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("service_state/trans", {**SESSION, "service_state": "2"}),
        ("service_state/trans", {**SESSION, "service_state": 2, "more": 1}),
        ("service_state/get", {"open_kfid": WK}),
        ("servicer/add", {"open_kfid": WK, "userid_list": []}),
        ("servicer/add", {"open_kfid": WK, "userid_list": ["a"] * 101}),
        ("servicer/del", {"open_kfid": "other", "userid_list": ["a"]}),
        ("account/list", {"offset": 0, "limit": 101}),
        ("add_contact_way", {"open_kfid": WK, "scene": "海报"}),
        ("add_contact_way", {"open_kfid": WK, "scene": "a" * 33}),
        ("customer/upgrade_service", {**SESSION, "type": 1, "groupchat": GROUP}),
        ("customer/upgrade_service", {**SESSION, "type": 2}),
        ("customer/upgrade_service", {**SESSION, "type": 2, "groupchat": {"chat_id": "wrOther"}}),
        ("customer/cancel_upgrade_service", {**SESSION, "type": 2}),
    ],
)
async def test_a_wrong_request_is_refused(call: Caller, path: str, body: Json) -> None:
    call.platform.hears(WM, "在吗")

    assert await call(path, body) != 0
    assert call.platform.recommended == []


async def test_a_code_is_for_the_state_that_made_it(call: Caller) -> None:
    call.platform.hears(WM, "在吗")
    await call("service_state/trans", {**SESSION, "service_state": 2})
    [code] = call.platform.codes
    call.platform.picks(WM, "lihua")
    said: Json = {"code": code, "msgtype": "text", "text": {"content": "排上了"}}

    assert await call("send_msg_on_event", said) == 95007
