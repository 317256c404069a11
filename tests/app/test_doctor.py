"""The check-up of a configured house: every door against its platform."""

from collections.abc import AsyncIterator
from time import perf_counter

import pytest

from bot.app.doctor import checked
from bot.channels.wecom import checkup
from bot.channels.wecom.client import WecomApi
from bot.kernel.checkup import Finding, Level
from tests.kit.aibot_ws import FakeSocket
from tests.kit.clinic import APP, CONNECTED, GROUPS, KEFU, MP, ROBOT, Clinic, levels
from tests.kit.doctor import Elsewhere, FakeOffice
from tests.kit.kefu import WK, WK2
from tests.kit.platforms import AGENT, CORP, SECRET, Fault
from tests.kit.rooms import TurnedClock


async def test_doors_that_work_are_said_to_work(clinic: Clinic, office: FakeOffice) -> None:
    found = await clinic.finds(APP, KEFU, GROUPS, base=office.url)

    fine = {"token": "ok", "clock": "ok", "permission": "ok", "quota": "note"}
    unheard = {"callback": "problem"}
    assert levels(found, "wecom_app") == fine | unheard | {"agent": "note"}
    assert levels(found, "kefu") == fine | unheard | {"account": "ok"}
    assert levels(found, "customer_groups") == fine | unheard
    assert not office.refused, "nothing that was asked is refused"
    assert office.delivered == [], "nothing was sent"


@pytest.mark.parametrize(
    ("code", "check", "key"),
    [
        (40001, "token", "secret"),
        (40125, "token", "secret"),
        (41004, "token", "secret"),
        (40013, "token", "corp_id"),
        (50003, "token", ""),
        (60020, "trusted-ip", ""),
        (45009, "limit", ""),
        (48010, "tls", ""),
        (12345, "platform", ""),
    ],
    ids=str,
)
async def test_a_token_that_is_refused_names_what_to_mend(
    clinic: Clinic, office: FakeOffice, code: int, check: str, key: str
) -> None:
    office.faults["gettoken"].append(Fault(errcode=code))
    found = (await clinic.finds(APP, base=office.url))["wecom_app", check]

    assert found.level is (Level.WARNING if check == "limit" else Level.PROBLEM)
    assert str(code) in found.message
    assert found.key == key
    assert found.hint or check == "tls"
    assert not office.called("getcallbackip"), "who has no token asks nothing more"


@pytest.mark.parametrize(
    ("door", "call"),
    [
        (APP, "getcallbackip"),
        (KEFU, "kf/account/list"),
        (GROUPS, "externalcontact/groupchat/list"),
        (GROUPS, "externalcontact/get_follow_user_list"),
    ],
    ids=["app", "kefu", "groups", "owners"],
)
@pytest.mark.parametrize(
    ("code", "check", "level"),
    [
        (60020, "trusted-ip", Level.PROBLEM),
        (48001, "permission", Level.PROBLEM),
        (48002, "permission", Level.PROBLEM),
        (48007, "permission", Level.PROBLEM),
        (48006, "permission", Level.PROBLEM),
        (60011, "permission", Level.PROBLEM),
        (60030, "permission", Level.PROBLEM),
        (60031, "permission", Level.PROBLEM),
        (45033, "limit", Level.WARNING),
        (-1, "reach", Level.OUTSIDE),
    ],
    ids=str,
)
async def test_a_call_that_is_refused_is_a_finding_of_its_own(
    clinic: Clinic, office: FakeOffice, *, door: str, call: str, code: int, check: str, level: Level
) -> None:
    office.faults[call].append(Fault(errcode=code))
    found = await clinic.finds(door, base=office.url)

    [(name, one)] = [(d, f) for (d, c), f in found.items() if c == check and d != "house"]
    assert one.level is level
    assert call.rpartition("/")[2] in one.message
    assert levels(found, name)["token"] == "ok"


async def test_an_address_that_is_not_trusted_is_named(clinic: Clinic, office: FakeOffice) -> None:
    office.faults["getcallbackip"].append(Fault(errcode=60020))
    found = await clinic.finds(APP, base=office.url)

    assert "203.0.113.7" in found["wecom_app", "trusted-ip"].message


async def test_every_account_of_kefu_must_be_there_and_be_ours(
    clinic: Clinic, office: FakeOffice
) -> None:
    office.accounts = tuple(f"wkInvented{number}" for number in range(120))
    office.strangers = (WK2,)
    three = KEFU.replace(f'"{WK}"', f'"wkInvented119", "{WK2}", "wkGone"')
    found = await clinic.finds(three, base=office.url)

    assert found["kefu", "account"].level is Level.PROBLEM
    assert "there is no account wkGone" in found["kefu", "account"].message
    assert len(office.called("kf/account/list")) == 3, "two pages and an empty one"
    office.calls.clear()
    first = await clinic.finds(KEFU.replace(WK, "wkInvented7"), base=office.url)
    assert first["kefu", "account"].level is Level.OK
    assert len(office.called("kf/account/list")) == 1
    stranger = await clinic.finds(KEFU.replace(WK, WK2), base=office.url)
    assert "not given to this app" in stranger["kefu", "account"].message


async def test_an_owner_who_may_not_serve_customers_is_named(
    clinic: Clinic, office: FakeOffice
) -> None:
    assert ("customer_groups", "owner") not in await clinic.finds(GROUPS, base=office.url)

    office.servers = ("lisi",)
    found = await clinic.finds(GROUPS, base=office.url)

    assert "zhangsan" in found["customer_groups", "owner"].message
    assert office.called("externalcontact/groupchat/list")[-1] == {
        "status_filter": 0,
        "limit": 1,
        "owner_filter": {"userid_list": ["zhangsan"]},
    }


@pytest.mark.parametrize(
    "answer",
    [
        Elsewhere(),
        Elsewhere(status=302, headers={"Location": "https://login.invalid/"}),
        Elsewhere(status=502, body=b"<html>Bad Gateway</html>"),
        Elsewhere(body=b'{"errcode": 0'),
        Elsewhere(body=b'{"errcode": 0, "errmsg": "ok"}'),
        Elsewhere(body=b"[1, 2]"),
    ],
    ids=["html", "redirect", "gateway", "half a json", "no token", "a list"],
)
@pytest.mark.parametrize("door", [APP, MP], ids=["wecom", "mp"])
async def test_whoever_is_not_the_platform_is_an_outside_failure(
    clinic: Clinic, answer: Elsewhere, door: str
) -> None:
    async with answer:
        found = await clinic.finds(door, base=answer.url)

    [one] = [one for one in found.values() if one.level is Level.OUTSIDE]
    assert one.check == "reach"
    assert one.hint


async def test_a_platform_that_cannot_be_reached_is_an_outside_failure(clinic: Clinic) -> None:
    found = await clinic.finds(APP, KEFU, GROUPS, MP)

    for door in ("wecom_app", "kefu", "customer_groups", "mp"):
        assert levels(found, door) == {"reach": "outside", "callback": "problem"}


async def test_what_was_found_before_the_time_is_over_is_told(
    clinic: Clinic, office: FakeOffice
) -> None:
    office.faults["getcallbackip"].append(Fault(delay_s=5))
    began = perf_counter()
    found = await clinic.finds(APP, MP, base=office.url, within_s=0.5)

    assert perf_counter() - began < 3
    assert levels(found, "wecom_app") == {
        "token": "ok",
        "clock": "ok",
        "reach": "outside",
        "callback": "problem",
    }


async def test_a_platform_that_says_nothing_costs_its_own_time_only(clinic: Clinic) -> None:
    async with Elsewhere(delay_s=5) as silent:
        found = await clinic.finds(APP, ROBOT, base=silent.url, within_s=0.3)

    assert "within 0.3 s" in found["wecom_app", "reach"].message
    assert found["group_robot.staff", "form"].level is Level.OK


async def test_a_connected_bot_is_asked_without_being_thrown_out(clinic: Clinic) -> None:
    async with FakeSocket() as platform:
        found = await clinic.finds(CONNECTED.format(url=platform.ws_url))
    gone = await clinic.finds(CONNECTED.format(url="ws://127.0.0.1:1"))

    assert found["aibot", "reach"].level is Level.OK
    assert platform.subscribed == 0
    assert gone["aibot", "reach"].level is Level.OUTSIDE


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("kf/account/list", b'{"errcode": 0, "account_list": {"a": 1}}'),
        ("kf/account/list", b'{"errcode": 0, "account_list": [1, null, {"open_kfid": [2]}]}'),
        ("kf/account/list", b'{"errcode": "0"}'),
        ("gettoken", b'{"errcode": 0, "access_token": 7, "expires_in": "x"}'),
    ],
    ids=str,
)
async def test_no_answer_is_too_strange(
    clinic: Clinic, office: FakeOffice, call: str, answer: bytes
) -> None:
    office.faults[call].append(Fault(raw=answer))
    found = await clinic.finds(KEFU, ROBOT, base=office.url)

    assert {one.level for one in found.values()} & {Level.PROBLEM, Level.OUTSIDE}
    assert found["group_robot.staff", "form"].level is Level.OK


async def test_a_door_whose_check_up_breaks_hides_no_other() -> None:
    class Broken:
        async def check_up(self) -> AsyncIterator[Finding]:
            yield Finding("token", "fine")
            raise TypeError("a strange answer with a secret in it")

    found: list[Finding] = []
    await checked(Broken(), found, 1)

    assert [(one.check, one.level) for one in found] == [
        ("token", Level.OK),
        ("platform", Level.OUTSIDE),
    ]
    assert "secret" not in found[1].message


async def test_a_secret_in_clear_is_a_problem_and_loopback_is_not(clinic: Clinic) -> None:
    found = await clinic.finds(APP, base="http://qyapi.weixin.invalid", within_s=0.5)

    assert found["wecom_app", "tls"].key == "api_base"
    assert ("wecom_app", "tls") not in await clinic.finds(APP)


@pytest.mark.parametrize(
    ("ahead_s", "level"),
    [(0, Level.OK), (50, Level.OK), (-90, Level.WARNING), (3_000, Level.WARNING),
     (4_000, Level.PROBLEM), (-4_000, Level.PROBLEM)],
    ids=str,
)  # fmt: skip
async def test_a_clock_that_is_wrong_is_told_by_how_much(ahead_s: int, level: Level) -> None:
    clock = TurnedClock()
    async with FakeOffice() as platform:
        api = WecomApi(api_base=platform.url, corp_id=CORP, secret=SECRET, clock=clock)
        await api.start()
        there = await api.time_there()
        await api.stop()
        assert there is not None
        clock.at = there
        clock.tick(seconds=ahead_s)
        asked = checkup.examine(api, clock, 3_600, checkup.app(api, AGENT))
        token, found, *_ = [one async for one in asked]

    assert token.level is Level.OK
    assert found.level is level
    if level is not Level.OK:
        assert ("fast" if ahead_s > 0 else "slow") in found.message


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Nov 2026 21:40:20 GMT"], ids=str)
async def test_a_platform_without_a_clock_is_no_problem(date: str) -> None:
    async with Elsewhere(headers={"Date": date}) as platform:
        api = WecomApi(api_base=platform.url, corp_id=CORP, secret=SECRET, clock=TurnedClock())
        await api.start()
        assert await api.time_there() is None
        await api.stop()
