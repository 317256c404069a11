"""Sessions, servicers, accounts and groups: asked as the pages show, every refusal understood."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import Kefu
from bot.channels.wecom.kefu_accounts import accounts_in
from bot.channels.wecom.xml import read_xml
from bot.kernel.errors import PlatformError, RetryLater, Undeliverable
from bot.kernel.messages import Outgoing, Text
from bot.kernel.reception import (
    Account,
    Conversations,
    Duty,
    FrontDoors,
    Held,
    Holder,
    NotOffered,
    OnDuty,
    Outcome,
    Recommendations,
    Staff,
)
from tests.kit.kefu import WK, WK2, kefu
from tests.kit.platforms import Fault, Json
from tests.kit.reception import STOPPED, FakeReception
from tests.kit.rooms import TurnedClock

SAMPLES = Path(__file__).parent / "samples"
WM = "wmInventedExternalUser0000000001"
WR = "wrInventedCustomerGroup000000001"


def asked(name: str) -> Json:
    body = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["_body"]
    assert isinstance(body, dict)
    return body


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
async def platform(clock: TurnedClock) -> AsyncIterator[FakeReception]:
    async with FakeReception(now=lambda: clock.now().timestamp()) as built:
        built.employs("lihua")
        built.hears(WM, "在吗")
        yield built


@pytest.fixture
async def door(platform: FakeReception, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[Kefu]:
    built = kefu(platform, clock, tmp_path, books=(WK, WK2))
    await built.start()
    yield built
    await built.stop()


def sessions(door: Kefu) -> Conversations:
    found = door.abilities[Conversations]
    assert isinstance(found, type(door.desk))
    return found


def staff(door: Kefu) -> Staff:
    return door.abilities[Staff]  # type: ignore[return-value]  # as the roof offers it


def fronts(door: Kefu) -> FrontDoors:
    return door.abilities[FrontDoors]  # type: ignore[return-value]  # likewise


def groups(door: Kefu) -> Recommendations:
    return door.abilities[Recommendations]  # type: ignore[return-value]  # likewise


async def test_a_session_goes_to_a_human_as_the_page_shows(
    door: Kefu, platform: FakeReception
) -> None:
    moved = await sessions(door).move(WK, WM, Holder.HUMAN, "lihua")

    assert (moved.outcome, moved.ticket) == (Outcome.MOVED, None)
    assert platform.called("kf/service_state/trans") == [asked("req_kf_service_state_trans")]
    assert await sessions(door).held(WK, WM) == Held(Holder.HUMAN, "lihua")


async def test_the_pool_and_the_end_allow_one_line(
    door: Kefu, platform: FakeReception, clock: TurnedClock
) -> None:
    pool = await sessions(door).move(WK, WM, Holder.QUEUE)
    assert pool.ticket is not None
    assert (pool.ticket.until - clock.now()).total_seconds() == 48 * 3600
    await door.send(
        Outgoing(door.name, WM, Text("排上了"), "k", ticket=pool.ticket), doubt_since=None
    )
    end = await sessions(door).move(WK, WM, Holder.NOBODY)
    assert end.ticket is not None
    assert (end.ticket.until - clock.now()).total_seconds() == 20
    assert platform.refused == []


async def test_a_line_for_a_state_that_is_over_is_dropped(
    door: Kefu, platform: FakeReception
) -> None:
    pool = await sessions(door).move(WK, WM, Holder.QUEUE)
    platform.picks(WM, "lihua")

    with pytest.raises(Undeliverable, match="95007") as caught:
        await door.send(
            Outgoing(door.name, WM, Text("排上了"), "k", ticket=pool.ticket), doubt_since=None
        )
    assert caught.value.quiet


@pytest.mark.parametrize(
    ("state", "holder"),
    [(0, Holder.BOT), (1, Holder.BOT), (2, Holder.QUEUE), (3, Holder.HUMAN), (4, Holder.NOBODY)],
)
async def test_five_states_are_four_holders(
    door: Kefu, platform: FakeReception, state: int, holder: Holder
) -> None:
    platform.sessions[WK, WM].state = state

    assert (await sessions(door).held(WK, WM)).by is holder


@pytest.mark.parametrize("said", [b'{"errcode":0}', b'{"errcode":0,"service_state":"3"}'])
async def test_a_state_that_says_nothing_is_nobodys(
    door: Kefu, platform: FakeReception, said: bytes
) -> None:
    platform.faults["kf/service_state/get"].append(Fault(raw=said))

    assert (await sessions(door).held(WK, WM)).by is Holder.NOBODY


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *((code, Outcome.CHANGED) for code in (95013, 95016, 95018)),
        *((code, Outcome.UNAVAILABLE) for code in (95014, 95017, 95019, 60030)),
    ],
)
async def test_a_refusal_says_what_to_decide_again(
    door: Kefu, platform: FakeReception, code: int, outcome: Outcome
) -> None:
    platform.faults["kf/service_state/trans"].append(Fault(errcode=code))

    assert (await sessions(door).move(WK, WM, Holder.HUMAN, "lihua")).outcome is outcome


@pytest.mark.parametrize(
    "fault", [Fault(errcode=45009), Fault(errcode=-1), Fault(drop=True), Fault(raw=b"<html>")]
)
async def test_trouble_with_the_platform_is_patience(
    door: Kefu, platform: FakeReception, fault: Fault
) -> None:
    platform.faults["kf/service_state/trans"].append(fault)

    with pytest.raises(RetryLater):
        await sessions(door).move(WK, WM, Holder.QUEUE)


@pytest.mark.parametrize(("state", "to"), [(2, Holder.QUEUE), (4, Holder.HUMAN), (3, Holder.QUEUE)])
async def test_what_is_not_allowed_there_is_not_allowed_here(
    door: Kefu, platform: FakeReception, state: int, to: Holder
) -> None:
    platform.sessions[WK, WM].state = state

    assert (await sessions(door).move(WK, WM, to, "lihua")).outcome is Outcome.CHANGED
    assert [wrong.code for wrong in platform.refused] == [95013 if state == 4 else 95016]


async def test_whoever_has_stopped_or_is_unknown_can_not_take_it(
    door: Kefu, platform: FakeReception
) -> None:
    platform.employs("anna", status=STOPPED)

    for human, code in (("anna", 95019), ("nobody", 95014)):
        moved = await sessions(door).move(WK, WM, Holder.HUMAN, human)
        assert moved.outcome is Outcome.UNAVAILABLE
        assert platform.refused[-1].code == code


async def test_a_surprise_is_told_once(door: Kefu, platform: FakeReception) -> None:
    platform.reopens(WM, "lihua")
    with pytest.raises(Undeliverable):
        await door.send(Outgoing(door.name, WM, Text("在"), "k"), doubt_since=None)

    assert sessions(door).surprises() == [(WK, WM, Held(Holder.HUMAN, "lihua"))]
    assert sessions(door).surprises() == []


async def test_the_list_counts_from_zero_and_the_event_from_one(
    door: Kefu, platform: FakeReception
) -> None:
    platform.employs("anna", status=STOPPED)
    platform.employs("bella")
    platform.goes("bella", STOPPED, away=True)
    page = await door.fetch(WK, "", "")

    assert await staff(door).listed(WK) == [
        OnDuty("lihua", Duty.ON),
        OnDuty("anna", Duty.OFF),
        OnDuty("bella", Duty.AWAY),
    ]
    [told] = [one for one in page.updates if one.event == "servicer_status_change"]
    assert (told.extra["human"], told.extra["duty"]) == ("bella", "away")
    assert (told.sender, told.about) == (None, "")


async def test_servicers_come_and_go(door: Kefu, platform: FakeReception) -> None:
    platform.in_range = {"anna"}

    assert await staff(door).add(WK, "anna") == ""
    assert await staff(door).add(WK, "anna") == ""  # "ignored"
    assert "60030" in await staff(door).add(WK, "stranger")
    assert await staff(door).remove(WK, "anna") == ""
    assert await staff(door).remove(WK, "anna") == ""
    assert [one.human for one in await staff(door).listed(WK)] == ["lihua"]
    assert staff(door).accounts == (WK, WK2)


async def test_all_pages_of_accounts_are_read(door: Kefu, platform: FakeReception) -> None:
    platform.names = {WK: "客服", **{f"wk{number}": f"{number}" for number in range(230)}}
    listed = await fronts(door).listed()

    assert len(listed) == 231
    assert listed[0] == Account(WK, "客服", is_ours=True)
    assert not listed[-1].is_ours
    assert [body["offset"] for body in platform.called("kf/account/list")] == [0, 100, 200]


async def test_a_link_has_its_scene(door: Kefu, platform: FakeReception) -> None:
    assert (await fronts(door).link(WK, "poster_1")).endswith("ENCposter_1")
    assert platform.called("kf/add_contact_way") == [{"open_kfid": WK, "scene": "poster_1"}]
    with pytest.raises(PlatformError):
        await fronts(door).link(WK, "海报")


async def test_a_group_is_recommended_as_the_page_shows(
    door: Kefu, platform: FakeReception
) -> None:
    platform.groups = [WR]
    assert await groups(door).groups(WK) == [WR]
    await groups(door).recommend(WK, WM, WR, "邀请您加入徒步群")
    await groups(door).withdraw(WK, WM)

    assert platform.recommended == [asked("req_kf_upgrade_service_group")]
    assert platform.called("kf/customer/cancel_upgrade_service") == [
        {"open_kfid": WK, "external_userid": WM}
    ]


async def test_without_a_configuration_nothing_is_offered(door: Kefu) -> None:
    with pytest.raises(NotOffered):
        await groups(door).groups(WK)
    with pytest.raises(NotOffered):
        await groups(door).recommend(WK, WM, WR, "来")


@pytest.mark.parametrize(
    "said",
    [
        "<AuthAddOpenKfId>a</AuthAddOpenKfId><AuthAddOpenKfId>b</AuthAddOpenKfId>",
        "<AuthAddOpenKfIdList><OpenKfId>a</OpenKfId><OpenKfId>b</OpenKfId></AuthAddOpenKfIdList>",
        "<AuthAddOpenKfId><Item>a</Item></AuthAddOpenKfId><AuthAddOpenKfId><Item>b</Item></AuthAddOpenKfId>",
    ],
)
def test_however_deep_accounts_stand_they_are_found(said: str) -> None:
    fields = read_xml(f"<xml>{said}<AuthDelOpenKfId></AuthDelOpenKfId></xml>")

    assert accounts_in(fields, "AuthAdd") == ["a", "b"]
    assert accounts_in(fields, "AuthDel") == []
