"""The registry's source: groups listed page by page, and one read with everybody in it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.customer_groups.book import Groups, read_group
from bot.channels.wecom.customer_groups.pace import Pace
from bot.kernel.customers import (
    GroupBook,
    GroupGone,
    Handover,
    InGroup,
    JoinScene,
    PlaceLost,
    Someone,
)
from bot.kernel.errors import PauseScope, RetryLater, Undeliverable
from bot.kernel.ports import Limit
from tests.kit.customers import FakeCustomers, chat, customer, customer_groups
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def book(door: CustomerGroups) -> Groups:
    found = door.abilities[GroupBook]
    assert isinstance(found, Groups)
    return found


async def everything(groups: Groups) -> list[str]:
    found, place = [], ""
    while True:
        page = await groups.page(place)
        found += [one.chat_id for one in page.groups]
        place = page.place
        if not place:
            return found


def test_a_group_is_read_as_the_platform_writes_it() -> None:
    answer = json.loads(sample("api_groupchat_get"))
    group = read_group(answer["group_chat"])

    assert (group.chat_id, group.name, group.owner) == (chat(1), "周末徒步群", "lihua")
    assert (group.notice, group.admins) == ("请修改群昵称", ["wangfang"])
    assert group.version == "f03af4e6ec9645afd0dab4838bedb673"
    assert group.members[1] == InGroup(
        Someone(customer(1), is_customer=True),
        datetime.fromtimestamp(1_782_000_000, UTC),
        JoinScene.CODE,
        state="chan_hike_01",
        nickname="小明",
        name="明",
        union_id="oInventedUnionId000000000001",
    )
    assert group.members[0].inviter == "lihua"


@pytest.mark.parametrize("page", [1, 2, 7, 1000])
async def test_a_listing_comes_in_pages(
    door: CustomerGroups, platform: FakeCustomers, page: int
) -> None:
    for number in range(7):
        platform.opens(number)
    platform.page = page

    assert await everything(book(door)) == [chat(number) for number in range(7)]
    asked = platform.called("externalcontact/groupchat/list")[0]
    assert asked == {"status_filter": 0, "limit": 1000}


async def test_an_answer_of_the_sample_is_a_page(
    door: CustomerGroups, platform: FakeCustomers
) -> None:
    raw = sample("api_groupchat_list")
    platform.faults["externalcontact/groupchat/list"].append(Fault(raw=raw))

    page = await book(door).page("")
    assert [one.chat_id for one in page.groups] == [chat(1)]
    assert page.place == ""


async def test_a_group_between_two_owners_says_so(
    door: CustomerGroups, platform: FakeCustomers
) -> None:
    for number, status in enumerate((0, 1, 2, 3)):
        platform.opens(number)
        platform.chats[chat(number)].status = status

    page = await book(door).page("")
    assert [one.handover for one in page.groups] == list(Handover)


async def test_too_large_a_corp_is_listed_by_hundreds_of_owners(
    door: CustomerGroups, platform: FakeCustomers
) -> None:
    platform.lists_everybody = False
    platform.followers = [f"u{number:04}" for number in range(250)]
    for number in range(250):
        platform.opens(number, owner=f"u{number:04}")
    platform.page = 30

    assert sorted(await everything(book(door))) == [chat(number) for number in range(250)]


async def test_only_the_configured_owners_are_listed(
    platform: FakeCustomers, clock: TurnedClock
) -> None:
    for number, owner in enumerate(["lihua", "wangfang", "lihua", "zhaolei"]):
        platform.opens(number, owner=owner)
    door = customer_groups(platform, clock, owners=("lihua", "wangfang"))
    await door.start()
    found = await everything(book(door))
    await door.stop()

    assert sorted(found) == [chat(0), chat(1), chat(2)]


async def test_a_lost_place_is_said_so(door: CustomerGroups, platform: FakeCustomers) -> None:
    platform.page = 1
    platform.opens(1)
    platform.opens(2)
    place = (await book(door).page("")).place
    platform.lost_cursors.add("1")

    with pytest.raises(PlaceLost):
        await book(door).page(place)
    with pytest.raises(PlaceLost):
        await book(door).page("written by another version")


async def test_a_cursor_that_does_not_move_is_a_lost_place(
    door: CustomerGroups, platform: FakeCustomers
) -> None:
    raw = b'{"errcode":0,"errmsg":"ok","group_chat_list":[],"next_cursor":"1"}'
    platform.faults["externalcontact/groupchat/list"] += [Fault(raw=raw)] * 2
    place = (await book(door).page("")).place

    with pytest.raises(PlaceLost):
        await book(door).page(place)


@pytest.mark.parametrize("code", [40050, 49008, 90501, 90509])
async def test_a_group_that_is_gone_is_told_from_trouble(
    door: CustomerGroups, platform: FakeCustomers, code: int
) -> None:
    platform.faults["externalcontact/groupchat/get"].append(Fault(errcode=code))

    with pytest.raises(GroupGone):
        await book(door).group(chat(1))


@pytest.mark.parametrize(
    ("fault", "error", "scope"),
    [
        (Fault(errcode=-1), RetryLater, PauseScope.MESSAGE),
        (Fault(raw=sample("api_error_45009")), RetryLater, PauseScope.CHANNEL),
        (Fault(drop=True), RetryLater, PauseScope.MESSAGE),
        (Fault(raw=b"<html>busy</html>", status=502), RetryLater, PauseScope.MESSAGE),
        (Fault(raw=b"moved", status=302), RetryLater, PauseScope.CHANNEL),
        (Fault(errcode=60020), Undeliverable, None),
        (Fault(errcode=60011), Undeliverable, None),
        (Fault(raw=b'{"errcode":0,"errmsg":"ok"}'), RetryLater, PauseScope.MESSAGE),
    ],
    ids=["busy", "limit", "lost", "html", "redirect", "address", "scope", "nothing"],
)
async def test_every_answer_means_something(
    door: CustomerGroups,
    platform: FakeCustomers,
    fault: Fault,
    error: type[Exception],
    scope: PauseScope | None,
) -> None:
    platform.opens(1)
    platform.faults["externalcontact/groupchat/get"].append(fault)

    with pytest.raises(error) as caught:
        await book(door).group(chat(1))
    assert not isinstance(caught.value, GroupGone)
    assert getattr(caught.value, "scope", None) is scope


async def test_a_token_that_ran_out_is_renewed_on_the_way(
    door: CustomerGroups, platform: FakeCustomers
) -> None:
    platform.opens(1)
    platform.joins(1, customer(1), inviter="LiHua", scene=1, state="海报")
    await book(door).group(chat(1))
    platform.withdraw_tokens()
    platform.faults["externalcontact/groupchat/get"].append(Fault(raw=sample("api_error_42001")))

    group = await book(door).group(chat(1))
    assert [one.who.identity for one in group.members] == ["lihua", customer(1)]
    assert (group.members[1].inviter, group.members[1].scene) == ("lihua", JoinScene.INVITED)


def test_a_long_series_of_calls_pauses_by_itself() -> None:
    clock = TurnedClock()
    pace = Pace(clock, (Limit(2, 60), Limit(3, 3600)))
    pace.step()
    pace.step()
    with pytest.raises(RetryLater) as caught:
        pace.step()
    assert (caught.value.after_s, caught.value.uncounted) == (60, True)

    clock.tick(seconds=60)
    pace.step()
    with pytest.raises(RetryLater) as caught:
        pace.step()
    assert caught.value.after_s == 3540

    clock.tick(hours=-5)  # set back: the windows begin anew
    pace.step()
