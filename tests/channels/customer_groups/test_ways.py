"""Join ways and greetings: made, read, changed, taken back; lost answers are in doubt."""

import json
from pathlib import Path

import pytest

from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.customer_groups.ways import Greetings, Ways
from bot.kernel.customers import Greeting, GroupGreetings, JoinWayDraft, JoinWays
from bot.kernel.errors import Ambiguous, RetryLater, Undeliverable
from bot.kernel.messages import Link
from tests.kit.customers import FakeCustomers, chat
from tests.kit.customers_rules import GREETING_ADD, WAY, one_attachment
from tests.kit.platforms import Fault

SAMPLES = Path(__file__).parent / "samples"
RULES = Link("群规", "https://example.invalid/rules", "请先阅读", "https://example.invalid/g.jpg")
HELLO = Greeting("亲爱的%NICKNAME%,欢迎进群", RULES)


@pytest.fixture
def ways(door: CustomerGroups, platform: FakeCustomers) -> Ways:
    platform.opens(1)
    found = door.abilities[JoinWays]
    assert isinstance(found, Ways)
    return found


@pytest.fixture
def greetings(door: CustomerGroups) -> Greetings:
    found = door.abilities[GroupGreetings]
    assert isinstance(found, Greetings)
    return found


def body_of(name: str) -> dict[str, object]:
    found = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))["_body"]
    assert isinstance(found, dict)
    return found


def test_the_samples_are_what_the_fake_takes() -> None:
    WAY.check(body_of("req_groupchat_add_join_way"), "way")
    greeting = body_of("req_group_welcome_template_add")
    GREETING_ADD.check(greeting, "greeting")
    one_attachment(greeting)


async def test_a_join_way_lives_and_ends(ways: Ways, platform: FakeCustomers) -> None:
    draft = JoinWayDraft([chat(1)], state="chan_hike_01", remark="海报", new_group_name="徒步群")
    way_id = await ways.add(draft)
    way = await ways.get(way_id)
    assert way.draft == draft
    assert "/wwpic/" in way.picture_url
    sent = platform.called("externalcontact/groupchat/add_join_way")[0]
    beside = {"room_base_id": 1, "mark_source": True}
    assert sent | beside == body_of("req_groupchat_add_join_way")

    await ways.update(way_id, JoinWayDraft([chat(1)], state="other"))
    assert (await ways.get(way_id)).draft.state == "other"
    await ways.remove(way_id)
    assert platform.ways == {}


async def test_without_a_name_no_further_groups_are_opened(
    ways: Ways, platform: FakeCustomers
) -> None:
    await ways.add(JoinWayDraft([chat(1)]))

    assert platform.called("externalcontact/groupchat/add_join_way") == [
        {"scene": 2, "auto_create_room": 0, "chat_id_list": [chat(1)]}
    ]


@pytest.mark.parametrize("count", [0, 6])
async def test_a_join_way_leads_to_one_to_five_groups(ways: Ways, count: int) -> None:
    with pytest.raises(Undeliverable):
        await ways.add(JoinWayDraft([chat(1)] * count))


async def test_a_greeting_lives_and_changes(greetings: Greetings, platform: FakeCustomers) -> None:
    number = await greetings.add(HELLO)
    assert await greetings.get(number) == HELLO
    sent = platform.called("externalcontact/group_welcome_template/add")[0]
    assert sent | {"agentid": 1000002} == body_of("req_group_welcome_template_add")

    await greetings.edit(number, Greeting("欢迎", RULES))
    assert (await greetings.get(number)).text == "欢迎"


async def test_over_long_words_are_cut(greetings: Greetings, platform: FakeCustomers) -> None:
    link = Link("题" * 100, RULES.url, "说" * 300)
    await greetings.add(Greeting("好" * 2000, link))

    assert len(platform.greetings) == 1


@pytest.mark.parametrize(
    "link", [Link("", RULES.url), Link("群规", "javascript:alert(1)")], ids=["title", "address"]
)
async def test_a_link_that_is_none_is_refused_here(greetings: Greetings, link: Link) -> None:
    with pytest.raises(Undeliverable):
        await greetings.add(Greeting("欢迎", link))


async def test_an_answer_that_is_lost_busy_or_without_its_id_is_in_doubt(
    ways: Ways, greetings: Greetings, platform: FakeCustomers
) -> None:
    for call in ("groupchat/add_join_way", "group_welcome_template/add"):
        platform.faults[f"externalcontact/{call}"] += [
            Fault(drop=True, taken=True),
            Fault(errcode=-1),
            Fault(raw=b'{"errcode": 0}', taken=True),
        ]
    with pytest.raises(Ambiguous):
        await ways.add(JoinWayDraft([chat(1)]))
    with pytest.raises(Ambiguous):
        await greetings.add(HELLO)
    way = JoinWayDraft([chat(1)])
    for asked in (ways.add(way), greetings.add(HELLO), ways.add(way), greetings.add(HELLO)):
        with pytest.raises(RetryLater) as caught:
            await asked
        assert caught.value.doubtful
