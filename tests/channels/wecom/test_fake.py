"""The fake WeCom is as strict as the real one; otherwise the other tests prove little."""

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom
from tests.kit.rooms import TurnedClock

TEXT = {"touser": "lihua", "agentid": AGENT, "msgtype": "text", "text": {"content": "早"}}
GREY = {"userids": ["lihua"], "agentid": AGENT, "button": {"replace_name": "已截止"}}


async def call(wecom: FakeWecom, path: str, body: dict[str, Any], **query: str) -> dict[str, Any]:
    async with ClientSession(wecom.url) as session:
        login = {"corpid": CORP, "corpsecret": SECRET}
        async with session.get("/cgi-bin/gettoken", params=login) as answer:
            token = (await answer.json())["access_token"]
        query = {"access_token": token} | query
        async with session.post(f"/cgi-bin/{path}", params=query, json=body) as answer:
            said: dict[str, Any] = await answer.json()
            return said


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, 40058),
        ({"agentid": str(AGENT)}, 40058),
        ({"agentid": 7}, 40056),
        ({"msgtype": "hologram"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "好" * 683}}, 45002),
        ({"text": {"content": 7}}, 40058),
        ({"text": {}}, 40058),
        ({"enable_duplicate_check": 2}, 40058),
        ({"duplicate_check_interval": 14_401}, 40058),
    ],
)
async def test_a_sloppy_message_is_refused(
    wecom: FakeWecom, change: dict[str, Any], code: int
) -> None:
    answer = await call(wecom, "message/send", TEXT | change)

    assert (answer["errcode"], wecom.delivered) == (code, [])


async def test_twins_are_dropped_inside_the_window_only(
    wecom: FakeWecom, clock: TurnedClock
) -> None:
    checked = TEXT | {"enable_duplicate_check": 1, "duplicate_check_interval": 60}
    for pause_s in (0, 30, 60):
        clock.tick(seconds=pause_s)
        await call(wecom, "message/send", checked)

    assert len(wecom.delivered) == 2


async def test_what_is_over_a_members_limit_is_dropped_in_silence(wecom: FakeWecom) -> None:
    answers = [await call(wecom, "message/send", TEXT) for _ in range(31)]

    assert {one["errcode"] for one in answers} == {0}
    assert (len(wecom.delivered), len(wecom.dropped)) == (30, 1)


async def test_a_press_can_be_answered_once_and_for_three_days(
    wecom: FakeWecom, clock: TurnedClock
) -> None:
    first, late = wecom.press(), wecom.press()
    path = "message/update_template_card"

    once = [await call(wecom, path, GREY | {"response_code": first}) for _ in range(2)]
    clock.tick(hours=73)
    after = await call(wecom, path, GREY | {"response_code": late})

    assert [one["errcode"] for one in [*once, after]] == [0, 60140, 60140]


async def test_a_message_can_be_recalled_for_a_day(wecom: FakeWecom, clock: TurnedClock) -> None:
    msgid = (await call(wecom, "message/send", TEXT))["msgid"]
    clock.tick(hours=25)

    assert (await call(wecom, "message/recall", {"msgid": msgid}))["errcode"] == 42052


async def test_ids_of_strangers_come_back_in_lower_case(wecom: FakeWecom) -> None:
    wecom.users = {"lihua"}

    answer = await call(wecom, "message/send", TEXT | {"touser": "LiHua|ZhaoLei"})

    assert (answer["errcode"], answer["invaliduser"]) == (0, "zhaolei")
    assert [one.to for one in wecom.delivered] == ["lihua"]


async def test_a_token_is_wanted(wecom: FakeWecom) -> None:
    said = [await call(wecom, "message/send", TEXT, access_token=one) for one in ("", "x")]

    assert [one["errcode"] for one in said] == [41001, 40014]


async def test_a_picture_that_is_none_is_refused(wecom: FakeWecom) -> None:
    image = {"base64": "AAAA", "md5": "0" * 32}
    body = {"msgtype": "image", "image": image}

    answer = await call(wecom, "webhook/send", body, key=min(wecom.robot_keys))

    assert answer["errcode"] == 93018
