"""Mass sends to customers: who gets one, from whom, who is left out, and each at most once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count

import pytest
from typing_extensions import override

from bot.app import PERSONAL
from bot.channels.wecom.client import WecomApi
from bot.channels.wecom.customer_groups import CustomerGroups
from bot.channels.wecom.customer_groups.channel import CUSTOMER_GROUPS
from bot.channels.wecom.mass_send import WecomMassSend
from bot.channels.wecom.media import PictureShelf
from bot.commons import cases, members, outreach
from bot.commons import customers as known
from bot.commons.content import Shelf
from bot.commons.mass_send import Matter, tell_customers
from bot.features import customers, hush, mass_send, privacy
from bot.features.mass_send import creating
from bot.features.mass_send.drafting import NothingChosen, NotRendered
from bot.features.mass_send.rules import MassSendSettings
from bot.features.mass_send.to_customers import NobodyLeft
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.abilities import MassSend, MassSendReady, SendQuota
from bot.kernel.customers import Tag, TagGroup
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.persons import KeyKind, PersonKey
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer
from tests.features.mass_send.conftest import Stage, dies_at, notices, statuses
from tests.features.mass_send.test_console import page, press
from tests.features.mass_send.test_once import STEPS, on_both, until_made
from tests.kit.desk import KNOWN, Desk
from tests.kit.friends import customer
from tests.kit.house import PHONE, HouseUnderTest
from tests.kit.platforms import CORP, Fault

__all__ = ["on_both"]

(PAGE,) = mass_send.feature.pages
CALL = "externalcontact/add_msg_template"
FORM = {"file": "posts/a.md", "c:lihua": "1", "c:wangfang": "1", "stamp": "17"}
ROOMS = (privacy.feature, customers.feature, mass_send.feature, hush.feature)
POSTS = {
    "a": "周六徒步开始报名",
    "b": "新品到店",
    "broken": "{{ date.day % (date.day - 24) }}",
    **{str(number): f"第 {number} 条" for number in range(31)},
}
AMEI = customer(1)
WHO_IS = Statement("SELECT channel, member_id FROM identities WHERE identity = :who")


def befriend(stage: Stage, *numbers: int, colleague: str = "lihua", tags: str = "") -> None:
    """Let customers become friends of a colleague, who puts tags on them."""
    for number in numbers:
        stage.platform.befriends(number, colleague)
        marks = [{"tag_id": tag, "type": 1} for tag in tags.split()]
        stage.platform.friends[customer(number)][colleague]["tags"] = marks


@asynccontextmanager
async def open_house(stage: Stage) -> AsyncIterator[HouseUnderTest]:
    """Open a house with a content file, that has read who is whose friend."""
    if not (stage.folder / "content").exists():
        desk = Desk(stage.folder)
        desk.schedule("")
        for name, words in POSTS.items():
            desk.post(f"posts/{name}.md", words)
    async with stage.house(ROOMS) as built:
        looks = count(step=10)
        folders = stage.folder / "content", stage.folder / "schedules"
        built.tools.add(Shelf, Shelf(*folders, KNOWN, monotonic=lambda: float(next(looks))))
        built.tools.add(PersonalRegistry, PERSONAL)
        built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=0))
        await page(built, new="customers")
        await built.house.engine.settle()
        yield built


@pytest.fixture
async def built(stage: Stage) -> AsyncIterator[HouseUnderTest]:
    befriend(stage, 1, 2, 3)
    stage.clock.tick(hours=1)
    befriend(stage, 3, 4, colleague="wangfang")
    async with open_house(stage) as opened:
        yield opened


async def draft(built: HouseUnderTest, form: Mapping[str, str] = FORM) -> str:
    return await press(built, "draft-customers", **form)


async def member(
    built: HouseUnderTest, identity: str, channel: ChannelName = PHONE, *, key: str = ""
) -> MemberId:
    """Let somebody be a member by what a channel calls her, and by her key in 客户联系."""

    def resolve(uow: UnitOfWork) -> MemberId:
        found = members.resolve(uow, channel, identity, uow.clock.now())
        if key:
            keys = [PersonKey(KeyKind.EXTERNAL_USERID, key, CORP)]
            name = (channel, identity)
            members.learn(uow, PERSONAL, found, name, keys, source="message")
        return found

    return await built.house.writer.do(resolve)


def asked(stage: Stage) -> dict[str, list[str]]:
    """Return whom each colleague was asked to send to."""
    return {task.owner: sorted(task.wanted) for task in stage.platform.tasks.values()}


# ── choosing ────────────────────────────────────────────────────────────────────────────────


async def test_who_gets_it_from_whom_is_shown_before_anything_is_written(
    built: HouseUnderTest,
) -> None:
    shown = await page(built, new="customers", **FORM)

    assert "发给 <strong>4</strong> 位客户" in shown
    assert "<bdi>lihua</bdi>（3 位）、<bdi>wangfang</bdi>（1 位）" in shown
    assert "<bdi>名字0004</bdi>" in shown
    assert "不发给" not in shown
    assert await statuses(built) == {}
    assert "勾上至少一位同事" in await page(built, new="customers", file="posts/a.md")
    assert "这一篇排不出来" in await page(
        built, new="customers", **FORM | {"file": "posts/broken.md"}
    )


async def test_a_customer_of_two_gets_it_once_from_whoever_knows_her_longest(
    stage: Stage, built: HouseUnderTest
) -> None:
    said = await draft(built)
    await stage.pass_(built, seconds=16)

    assert said == "写好了，4 位客户的群发很快交给 2 位同事确认。"
    expected = {"lihua": [AMEI, customer(2), customer(3)], "wangfang": [customer(4)]}
    assert asked(stage) == expected
    assert {task.body["chat_type"] for task in stage.platform.tasks.values()} == {"single"}
    assert stage.platform.refused == []
    deeds = await built.ask("SELECT who, why FROM audit WHERE what = 'mass_send.drafted'")
    assert deeds == [("xiaoli", "posts/a.md: 4 customers of 2; left out: nobody")]


async def test_preferred_colleagues_send_first(stage: Stage, built: HouseUnderTest) -> None:
    built.tools.add(MassSendSettings, MassSendSettings(preferred_senders=("WangFang",)))
    await draft(built)
    await stage.pass_(built, seconds=16)

    assert asked(stage)["wangfang"] == [customer(3), customer(4)]


async def test_tags_of_a_group_are_either_and_of_groups_are_both(stage: Stage) -> None:
    groups = [
        TagGroup("", "兴趣", [Tag("et1", "徒步"), Tag("et2", "读书")]),
        TagGroup("", "等级", [Tag("et3", "老友")]),
    ]
    befriend(stage, 1, tags="et1 et3")
    befriend(stage, 2, tags="et2")
    befriend(stage, 3, tags="et3")
    befriend(stage, 4, tags="et2 et3")
    async with open_house(stage) as built:
        await built.house.writer.do(lambda uow: known.keep_tags(uow, groups))
        form = FORM | {"t:et1": "1", "t:et2": "1", "t:et3": "1", "t:unknown": "1"}
        assert "发给 <strong>2</strong> 位客户" in await page(built, new="customers", **form)
        await draft(built, form)
        await stage.pass_(built, seconds=16)

    assert asked(stage) == {"lihua": [AMEI, customer(4)]}
    assert stage.platform.refused == []


# ── leaving out ─────────────────────────────────────────────────────────────────────────────


async def test_who_has_had_as_many_as_allowed_is_named_and_left_out(stage: Stage) -> None:
    befriend(stage, 1, 2, 3)
    befriend(stage, 3, 4, colleague="wangfang")
    async with open_house(stage) as built:
        await draft(built, {"file": "posts/b.md", "c:wangfang": "1", "stamp": "1"})
        await stage.pass_(built, seconds=16)
    stage.quota = SendQuota.ONE_PER_DAY
    async with open_house(stage) as built:
        shown = await page(built, new="customers", **FORM)
        said = await draft(built)
        await stage.pass_(built, seconds=16)

    assert "发给 <strong>2</strong> 位客户" in shown
    assert "本期次数已满 2 位" in shown
    assert "<bdi>名字0003</bdi>、<bdi>名字0004</bdi>" in shown
    assert said.endswith("另有 2 位不能发，没有写下。")
    assert Counter(stage.platform.asked_for()) == Counter(map(customer, (1, 2, 3, 4)))


@pytest.mark.parametrize(
    ("quota", "wait"),
    [
        (SendQuota.ONE_PER_DAY, {"hours": 25}),
        (SendQuota.SEVEN_PER_WEEK, {"days": 7}),
        (SendQuota.DAYS_OF_MONTH, {"days": 8}),
    ],
)
async def test_what_counts_is_counted_over_tasks_and_ends_with_its_time(
    stage: Stage, quota: SendQuota, wait: dict[str, float]
) -> None:
    """31 in August, 7 in a week, 1 a day; the platform counts with us."""
    most = {"1_per_day": 1, "7_per_week": 7, "days_of_month": 31}[quota]
    stage.quota = quota
    befriend(stage, 1)
    async with open_house(stage) as built:
        for number in range(most):
            await draft(built, {"file": f"posts/{number}.md", "c:lihua": "1", "stamp": "1"})
            await stage.pass_(built, seconds=16)
            stage.platform.confirm(list(stage.platform.tasks.values())[-1])
        await stage.pass_(built, minutes=5)
        assert await statuses(built) == {"delivered": most}
        with pytest.raises(NobodyLeft) as refused:
            await draft(built)
        assert refused.value.words["counts"] == {"full": 1}

        stage.clock.tick(**wait)
        await draft(built)


async def test_who_wants_no_mass_sends_gets_none_and_may_have_them_again(
    stage: Stage, built: HouseUnderTest
) -> None:
    assert (await built.hears(AMEI, "退订群发"))[0].startswith("已退订")
    assert "退订了群发 1 位" in await page(built, new="customers", **FORM)
    await draft(built, FORM | {"file": "posts/b.md"})
    await stage.pass_(built, seconds=16)
    assert AMEI not in stage.platform.asked_for()

    await built.hears(AMEI, "恢复群发")
    await draft(built)
    await stage.pass_(built, seconds=16)
    assert stage.platform.asked_for().count(AMEI) == 1
    deeds = await built.ask("SELECT what FROM audit WHERE who = 'member'")
    assert deeds == [("outreach.hush.offers",), ("outreach.unhush.offers",)]


async def test_a_no_on_another_channel_counts_when_her_key_is_known(
    built: HouseUnderTest,
) -> None:
    follower = await member(built, "oFOLLOWER", ChannelName("mp"), key=AMEI)
    await built.house.writer.do(lambda uow: outreach.hush(uow, follower, outreach.Hushed.OFFERS))

    assert "退订了群发 1 位" in await page(built, new="customers", **FORM)


async def test_a_no_that_a_colleague_noted_by_a_tag_counts_before_and_after_the_draft(
    stage: Stage,
) -> None:
    befriend(stage, 1, 2, 3)
    befriend(stage, 1, colleague="wangfang", tags="et9")  # another colleague than who sends
    tags = [TagGroup("", "勿扰", [Tag("et9", "不收群发"), Tag("et1", "徒步")])]
    async with open_house(stage) as built:
        await built.house.writer.do(lambda uow: known.keep_tags(uow, tags))
        form = FORM | {"c:wangfang": ""}
        assert "退订了群发 1 位" in await page(built, new="customers", **form)
        await draft(built, form)
        noted = Statement("UPDATE friendships SET tags = ',et1,et9,' WHERE identity = :who")
        await built.house.writer.do(lambda uow: uow.run(noted, who=customer(2)))
        await stage.pass_(built, seconds=16)

    assert stage.platform.asked_for() == [customer(3)]


async def test_who_complains_gets_none_until_it_is_closed(built: HouseUnderTest) -> None:
    await built.hears(AMEI, "恢复")

    def complain(uow: UnitOfWork) -> int:
        [(channel, member)] = uow.run(WHO_IS, who=AMEI)
        concern = cases.Concern(
            MemberId(integer(member)),
            cases.Kind.COMPLAINT,
            2,
            ["破洞"],
            uow.clock.now(),
            ChannelName(str(channel)),
            "",
            AMEI,
            "1",
        )
        return cases.open_case(uow, concern).case.id

    case = await built.house.writer.do(complain)
    assert "有没处理完的投诉 1 位" in await page(built, new="customers", **FORM)
    code = cases.Ending.SOLVED
    await built.house.writer.do(lambda uow: cases.close(uow, case, who="lihua", code=code))
    assert "有没处理完的投诉" not in await page(built, new="customers", **FORM)


async def test_who_asked_to_be_forgotten_gets_none(built: HouseUnderTest) -> None:
    built.tools.add(PrivacySettings, PrivacySettings(erasure_grace_days=7))
    await built.hears(AMEI, "删除我的数据")
    await built.hears(AMEI, "确认删除")

    assert "要求删除数据 1 位" in await page(built, new="customers", **FORM)


async def test_a_no_while_a_draft_waits_takes_her_out(stage: Stage, built: HouseUnderTest) -> None:
    await draft(built)
    await built.hears(AMEI, "不要群发")
    await stage.pass_(built, seconds=16)

    assert asked(stage)["lihua"] == [customer(2), customer(3)]
    assert await statuses(built) == {"created": 3, "cancelled": 1}
    assert await built.ask("SELECT sum(groups) FROM mass_tasks") == [(3,)]
    assert "退订了群发、有没处理完的投诉，或要求删除数据" in await page(built, task="1")


class Interrupted(WecomMassSend):
    """Something happens between the preparing of a task and the asking for it, once."""

    def __init__(
        self, stage: Stage, api: WecomApi, happens: Callable[[], Awaitable[object]]
    ) -> None:
        super().__init__(api, PictureShelf(stage.folder), stage.clock, stage.quota)
        self._happens = [happens]

    @override
    async def prepare(self, wanted: MassSend) -> MassSendReady:
        ready = await super().prepare(wanted)
        while self._happens:
            await self._happens.pop()()
        return ready


async def test_a_no_between_preparing_and_asking_takes_her_out(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built)
    stage.clock.tick(seconds=16)
    door = built.house.channels[CUSTOMER_GROUPS]
    assert isinstance(door, CustomerGroups)
    amei = await member(built, AMEI)
    opts_out = partial(
        built.house.writer.do, lambda uow: outreach.hush(uow, amei, outreach.Hushed.OFFERS)
    )
    slow = Interrupted(stage, door.api, opts_out)
    await creating.Maker(built.house.writer, built.tools, CUSTOMER_GROUPS, slow).run()
    await stage.pass_(built, seconds=16)

    assert sorted(stage.platform.asked_for()) == [customer(2), customer(3), customer(4)]


async def test_erasure_while_a_draft_waits_takes_her_out_and_leaves_nothing(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built)
    await built.hears(AMEI, "删除我的数据")
    await built.hears(AMEI, "确认删除")
    await stage.pass_(built, seconds=16)
    stage.platform.confirm(*stage.platform.tasks_of("lihua"))
    await stage.pass_(built, hours=25)

    assert AMEI not in stage.platform.asked_for()
    rows = await built.ask(f"SELECT count(*) FROM mass_targets WHERE chat = '{AMEI}'")
    assert rows == [(0,)]


async def test_a_task_from_which_all_took_themselves_out_is_not_made(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built, {"file": "posts/a.md", "c:wangfang": "1", "stamp": "1"})
    for who in (customer(3), customer(4)):
        await built.hears(who, "退订群发")
    await stage.pass_(built, seconds=16)

    assert stage.platform.tasks == {}
    assert await statuses(built, "mass_tasks") == {"cancelled": 1}
    assert await notices(built) == []


async def test_what_came_after_an_erasure_brings_nobody_back(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built)
    await stage.pass_(built, seconds=16)
    await built.hears(AMEI, "删除我的数据")
    await built.hears(AMEI, "确认删除")
    stage.platform.confirm(*stage.platform.tasks_of("lihua"))
    await stage.pass_(built, hours=25)

    assert AMEI not in str(await built.ask("SELECT * FROM mass_targets"))
    assert (await statuses(built))["delivered"] == 2


async def test_what_she_was_sent_is_in_her_export(stage: Stage, built: HouseUnderTest) -> None:
    await draft(built)
    await stage.pass_(built, seconds=16)
    amei = await member(built, AMEI)
    (data,) = mass_send.feature.personal
    (sent,) = await built.house.writer.look(lambda uow: data.export(uow, amei))

    assert (sent["by"], sent["status"], sent["text"]) == ("lihua", "created", "周六徒步开始报名")


# ── once ────────────────────────────────────────────────────────────────────────────────────


async def test_the_same_words_are_not_sent_to_her_twice(
    stage: Stage, built: HouseUnderTest
) -> None:
    """Not by the same form, not by another operator, not by another colleague."""
    await draft(built, {"file": "posts/a.md", "c:lihua": "1", "stamp": "17"})
    with pytest.raises(NobodyLeft) as refused:
        await draft(built, {"file": "posts/a.md", "c:lihua": "1", "stamp": "17"})
    await stage.pass_(built, seconds=16)
    assert await draft(built, FORM | {"stamp": "18"}) == (
        "写好了，1 位客户的群发很快交给 1 位同事确认；另有 3 位不能发，没有写下。"
    )
    await stage.pass_(built, seconds=16)

    assert "已有同样的内容，送达过或在等确认 3 位" in built.words(
        NobodyLeft.template, **refused.value.words
    )
    assert Counter(stage.platform.asked_for()) == Counter(map(customer, (1, 2, 3, 4)))


@pytest.mark.parametrize(
    "change",
    [
        {"file": ""},
        {"file": "../config.toml"},
        {"c:lihua": None, "c:wangfang": None},
        {"c:lihua": None, "c:wangfang": None, "c:nobody": "1"},
        {"stamp": ""},
        {"stamp": "²"},
    ],
)
async def test_a_form_that_means_nothing_writes_nothing(
    built: HouseUnderTest, change: dict[str, str | None]
) -> None:
    form = {name: value for name, value in (FORM | change).items() if value is not None}
    with pytest.raises(NothingChosen):
        await draft(built, form)
    with pytest.raises(NotRendered):
        await draft(built, FORM | {"file": "posts/broken.md"})

    assert await statuses(built) == {}


@pytest.mark.parametrize("step", STEPS)
async def test_a_death_at_any_step_sends_to_nobody_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    befriend(stage, *range(7))
    befriend(stage, *range(7, 12), colleague="wangfang")
    async with open_house(stage) as built:
        await draft(built)
    if step == "mass_send.looked_up":
        stage.platform.faults[CALL].append(Fault(drop=True, taken=True))
    with monkeypatch.context() as patch:
        dies_at(patch, step)
        async with open_house(stage) as built:
            for _ in range(8):
                await stage.pass_(built, seconds=61)
    async with open_house(stage) as built:
        await until_made(stage, built, 12)

    assert Counter(stage.platform.asked_for()) == Counter(map(customer, range(12)))
    assert stage.platform.refused == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(drop=True, taken=True),
        Fault(status=502, raw=b"<html>", taken=True),
        Fault(errcode=-1, taken=True),
        Fault(status=502, raw=b"<html>"),
        Fault(errcode=45009),
    ],
    ids=["lost", "gateway", "busy", "absent", "limit"],
)
async def test_whatever_the_answer_each_customer_is_in_one_task(
    stage: Stage, built: HouseUnderTest, fault: Fault
) -> None:
    stage.platform.faults[CALL].append(fault)
    stage.platform.makes_herself("lihua", ["wr000009"], "周六徒步开始报名")  # to a group
    await draft(built)
    await until_made(stage, built, 4)

    sent = [one for one in stage.platform.asked_for() if one.startswith("wm")]
    assert Counter(sent) == Counter(map(customer, (1, 2, 3, 4)))


async def write_down(built: HouseUnderTest, who: str) -> str:
    act = PAGE.actions["draft-customers"]
    return await built.house.writer.do(lambda uow: act(uow, built.tools, FORM, who))


async def test_two_operators_and_two_replicas_press_at_once(on_both: Stage) -> None:
    stage = on_both
    befriend(stage, 1, 2, 3)
    befriend(stage, 3, 4, colleague="wangfang")
    async with open_house(stage) as one, open_house(stage) as other:
        tries = [
            write_down(each, who)
            for each, who in ((one, "xiaoli"), (other, "xiaoli"), (one, "wang"), (other, "wang"))
        ]
        said = await asyncio.gather(*tries, return_exceptions=True)
        assert [type(each) for each in said if not isinstance(each, str)] == [NobodyLeft] * 3
        stage.clock.tick(seconds=16)
        await asyncio.gather(
            *(creating.run(each.house.writer, each.tools) for each in (one, other, one, other)),
        )
        assert await statuses(one) == {"created": 4}

    assert Counter(stage.platform.asked_for()) == Counter(map(customer, (1, 2, 3, 4)))


# ── watching ────────────────────────────────────────────────────────────────────────────────


async def test_what_became_of_it_is_shown_for_each_customer(
    stage: Stage, built: HouseUnderTest
) -> None:
    stage.platform.page = 1  # each result on a page of its own
    await draft(built)
    await stage.pass_(built, seconds=16)
    (task,) = stage.platform.tasks_of("lihua")
    assert "等确认" in await page(built)
    task.missed = {customer(2): 2, customer(3): 3}
    stage.platform.confirm(task)
    await stage.pass_(built, minutes=5)
    shown = await page(built, task="1")

    assert await statuses(built) == {"delivered": 1, "failed": 2, "created": 1}
    for words in ("名字0001", "不再是客户", "已收满其他群发", "群发 #1 的客户"):
        assert words in shown
    said = await press(built, "retry")
    assert said.startswith("1 个没送达的")  # who is no friend any more is not tried again
    await stage.pass_(built, seconds=16)
    assert stage.platform.tasks_of("lihua")[-1].wanted == [customer(3)]


async def test_what_waits_for_confirmation_is_taken_over_later(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built)
    await stage.pass_(built, seconds=16)
    (task,) = stage.platform.tasks_of("lihua")
    stage.platform.confirm(task, only=1)
    await stage.pass_(built, minutes=5)
    assert (await statuses(built))["confirmed"] == 2
    await stage.pass_(built, hours=25)

    assert await statuses(built) == {"delivered": 1, "failed": 2, "expired": 1}
    told = "\n".join(await notices(built))
    assert "同事 wangfang，1 位客户" in told


async def test_a_colleague_is_reminded_and_her_task_cancelled(
    stage: Stage, built: HouseUnderTest
) -> None:
    await draft(built)
    await stage.pass_(built, seconds=16)
    assert await press(built, "remind", task="1") == "马上提醒同事确认群发 #1。"
    (card,) = {card.title for card in stage.cards("wangfang")}
    assert card == "有 1 位客户的消息等你确认"
    await press(built, "cancel", task="1")

    assert [len(task.reminded) for task in stage.platform.tasks_of("lihua")] == [1]
    assert stage.platform.tasks_of("lihua")[0].cancelled
    assert await statuses(built) == {"cancelled": 3, "created": 1}
    # what was cancelled counts no more, and the same words may go to them again
    assert "发给 <strong>3</strong> 位客户" in await page(built, new="customers", **FORM)


async def test_what_was_cancelled_is_not_tried_again_for_who_has_had_the_same_since(
    on_both: Stage,
) -> None:
    stage = on_both
    befriend(stage, 1, 2, 3)
    befriend(stage, 3, 4, colleague="wangfang")
    async with open_house(stage) as built:
        await draft(built, {"file": "posts/a.md", "c:lihua": "1", "stamp": "1"})
        await stage.pass_(built, seconds=16)
        await press(built, "cancel", task="1")
        await draft(built, {"file": "posts/a.md", "c:wangfang": "1", "stamp": "2"})
        await stage.pass_(built, seconds=16)

        assert "重新安排 2 位客户" in await page(built, task="1", new="customers", **FORM)
        assert (await press(built, "retry", task="1")).startswith("2 个没送达的")
        await stage.pass_(built, seconds=16)
    assert stage.platform.tasks_of("lihua")[-1].wanted == [AMEI, customer(2)]


async def test_one_customer_more_than_a_task_takes_is_another_task(stage: Stage) -> None:
    async with open_house(stage) as built:
        whom = [(customer(number), "lihua") for number in range(10_001)]
        await built.house.writer.do(
            lambda uow: tell_customers(
                uow, CUSTOMER_GROUPS, whom, [Matter("早安")], key="many", why="console"
            )
        )
        await stage.pass_(built, seconds=16)

    sizes = [len(task.wanted) for task in stage.platform.tasks_of("lihua")]
    assert sizes == [10_000, 1]
    assert len(set(stage.platform.asked_for())) == 10_001
    assert stage.platform.refused == []


async def test_who_is_known_by_her_key_alone_is_forgotten_by_it(
    stage: Stage, built: HouseUnderTest
) -> None:
    follower = await member(built, "oFOLLOWER", ChannelName("mp"), key=AMEI)
    await draft(built)
    await built.house.writer.do(lambda uow: PERSONAL.erase(uow, follower))
    await stage.pass_(built, seconds=16)
    await stage.pass_(built, hours=25)

    assert AMEI not in stage.platform.asked_for()
    assert AMEI not in str(await built.ask("SELECT * FROM friendships"))
    assert customer(2) in str(await built.ask("SELECT * FROM friendships"))


async def test_nobody_to_send_to_is_told_as_what_it_is(stage: Stage, built: HouseUnderTest) -> None:
    stage.platform.dead_chats = set(map(customer, range(9)))
    await draft(built)
    await stage.pass_(built, seconds=16)

    assert await statuses(built) == {"failed": 4}
    assert "同事 lihua，3 位客户）平台不收，错误码 41048" in "\n".join(await notices(built))


async def test_hostile_names_are_names(stage: Stage) -> None:
    befriend(stage, 1)
    async with open_house(stage) as built:
        await built.house.writer.do(
            lambda uow: uow.run(Statement("UPDATE friendships SET name = '<script>\u202e=1+1'"))
        )
        shown = await page(built, new="customers", **FORM)

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


async def test_two_sends_at_a_turn_of_the_month_count_where_they_arrive(stage: Stage) -> None:
    """What was delivered in August counts for August; what waits, counts for now."""
    stage.quota = SendQuota.ONE_PER_DAY
    stage.clock.at = datetime(2026, 8, 31, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    befriend(stage, 1)
    async with open_house(stage) as built:
        await draft(built)
        await stage.pass_(built, seconds=16)
        stage.platform.confirm(*stage.platform.tasks_of("lihua"))
        await stage.pass_(built, minutes=5)
        form = FORM | {"file": "posts/b.md"}
        with pytest.raises(NobodyLeft):
            await draft(built, form)
        await stage.pass_(built, minutes=30)
        await draft(built, form)


async def test_who_has_a_human_gets_none_meanwhile(built: HouseUnderTest) -> None:
    await built.hears(AMEI, "恢复")
    taken = (
        "INSERT INTO conversation_owners (member_id, owner, advisor, case_id, at_platform, since)"
        " SELECT member_id, 'human', 'lihua', 1, 0, 0 FROM identities WHERE identity = :who"
    )
    await built.house.writer.do(lambda uow: uow.run(Statement(taken), who=AMEI))
    assert "正由真人接待 1 位" in await page(built, new="customers", **FORM)
    await built.house.writer.do(lambda uow: uow.run(Statement("DELETE FROM conversation_owners")))

    assert "正由真人接待" not in await page(built, new="customers", **FORM)
