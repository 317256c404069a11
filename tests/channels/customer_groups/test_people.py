"""Customers and tags: lists without end, people without friends, tags that are there already."""

from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.customer_groups.people import Customers, Tags
from bot.kernel.customers import CustomerBook, CustomerTags, PlaceLost
from bot.kernel.errors import Undeliverable
from tests.kit.customers import FakeCustomers, customer
from tests.kit.platforms import Fault
from tests.kit.rooms import NOON

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def people(door: CustomerGroups) -> Customers:
    found = door.abilities[CustomerBook]
    assert isinstance(found, Customers)
    return found


@pytest.fixture
def tags(door: CustomerGroups) -> Tags:
    found = door.abilities[CustomerTags]
    assert isinstance(found, Tags)
    return found


async def test_customers_of_a_colleague(people: Customers, platform: FakeCustomers) -> None:
    platform.befriends(1)
    platform.befriends(2, "wangfang")

    assert await people.colleagues() == ["lihua", "wangfang"]
    assert await people.of("lihua") == [customer(1)]
    assert await people.of("zhaolei") == []


async def test_a_customer_with_more_than_a_page_of_friends(
    people: Customers, platform: FakeCustomers
) -> None:
    for number in range(1001):
        platform.befriends(1, f"u{number}")

    found = await people.customer(customer(1))
    assert len(found.followers) == 1001
    assert (found.name, found.followers[0].since) == ("名字0001", NOON)


async def test_a_customer_as_the_platform_writes_her(
    people: Customers, platform: FakeCustomers
) -> None:
    raw = (SAMPLES / "api_externalcontact_get.json").read_bytes()
    platform.faults["externalcontact/get"].append(Fault(raw=raw))

    found = await people.customer(customer(1))
    (lihua,) = found.followers
    assert found.union_id == "oInventedUnionId000000000001"
    assert (lihua.remark, lihua.state) == ("小明-徒步", "chan_hike_01")
    assert lihua.tag_ids == ["etInventedTag000000000000000001"]


async def test_a_stranger_is_refused(people: Customers) -> None:
    with pytest.raises(Undeliverable) as caught:
        await people.customer(customer(9))
    assert caught.value.code == 84061


async def test_many_customers_come_in_pages(people: Customers, platform: FakeCustomers) -> None:
    for number in range(250):
        platform.befriends(number)
    found, place = [], ""
    while True:
        page = await people.page(["lihua"], place)
        found += [one.identity for one in page.customers]
        place = page.place
        if not place:
            break

    assert found == [customer(number) for number in range(250)]
    platform.faults["externalcontact/batch/get_by_user"].append(Fault(errcode=50100))
    with pytest.raises(PlaceLost):
        await people.page(["lihua"], "100")


async def test_tags_are_made_once_and_put_on_customers(tags: Tags, platform: FakeCustomers) -> None:
    platform.befriends(1)
    made = await tags.add("兴趣", ["徒步", "徒步", "桌游"])
    again = await tags.add("兴趣", ["桌游", "读书"])
    assert [tag.name for tag in made.tags] == ["徒步", "桌游"]
    assert sorted(tag.name for tag in again.tags) == ["徒步", "桌游", "读书"]
    assert await tags.add("兴趣", ["读书"]) == (await tags.groups())[0]

    await tags.mark("lihua", customer(1), add=[made.tags[0].id])
    await tags.mark("lihua", customer(1))
    assert [one["add_tag"] for one in platform.marks] == [[made.tags[0].id]]


async def test_deleted_tags_are_not_listed(tags: Tags, platform: FakeCustomers) -> None:
    gone = {"id": "et1", "name": "旧", "deleted": True}
    platform.tags = [
        {"group_id": "g1", "group_name": "兴趣", "tag": [gone, {"id": "et2", "name": "新"}]},
        {"group_id": "g2", "group_name": "旧组", "deleted": True, "tag": []},
    ]

    (group,) = await tags.groups()
    assert [tag.name for tag in group.tags] == ["新"]
