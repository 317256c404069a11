"""She agrees on her page to a reminder, gets one when she has not checked in, takes it back."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.commons import members
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin, privacy, subscriptions
from bot.features.checkin.jobs import jobs
from bot.features.subscriptions import service
from bot.features.subscriptions.mine import NothingToTakeBack
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.following import NoteBox
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork
from tests.features.subscriptions.conftest import SETTINGS, Desk
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, account
from tests.kit.rooms import Store, TurnedClock

OTHER = "oInventedOpenId0000000000002"
TEMPLATES = {"checkin": {"template_id": "TPL_INVENTED_1", "title": "打卡提醒"}}
FIELDS = {"thing1": "还没打卡", "thing2": "已连续 {days} 天" + "，加油" * 9}
(PAGE,) = subscriptions.feature.member_pages


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = TurnedClock()
    rooms = [privacy.feature, checkin.feature, subscriptions.feature]
    async with FakeMp(now=lambda: clock.now().timestamp()) as platform:
        door = account(platform, clock, tmp_path)
        built = HouseUnderTest(tmp_path, rooms, clock=clock, doors=[door])
        read = json.dumps(SETTINGS | {"templates": TEMPLATES})
        built.tools.add(SubscriptionSettings, SubscriptionSettings.model_validate_json(read))
        built.tools.add(NoteBox, subscriptions.Box(built.tools))
        reminds = CheckinSettings.model_validate({"remind_at": "20:00", "remind_fields": FIELDS})
        built.tools.add(CheckinSettings, reminds)
        async with built:
            await built.house.engine.settle()
            yield Desk(built, platform, tmp_path)


async def remind(desk: Desk) -> None:
    job = jobs[0]
    await desk.built.house.writer.do(lambda uow: job.run(uow, desk.built.tools))
    await desk.built.house.engine.settle()


async def shown(desk: Desk, *, in_wechat: bool = True) -> str:
    member, tools = await desk.member(), desk.built.tools
    data = await desk.built.house.writer.look(lambda uow: PAGE.load(uow, tools, member, {}))
    about = {"csrf_field": "", "here": "/m/subscriptions/mine", "in_wechat": in_wechat}
    return desk.built.words(PAGE.template, **data, **about)


async def test_one_consent_is_one_reminder_on_an_evening_without_a_check_in(desk: Desk) -> None:
    await desk.agrees(2)
    desk.built.clock.tick(hours=7, minutes=59)  # 19:59
    await remind(desk)
    assert desk.notes == []

    desk.built.clock.tick(minutes=1)
    for _ in range(3):
        await remind(desk)
    assert desk.notes == ["TPL_INVENTED_1"], "one a day, however often the clock looks"
    ((body,),) = await desk.built.ask("SELECT body FROM notes")
    assert json.loads(str(body)) == {
        "thing1": "还没打卡",
        "thing2": ("已连续 0 天" + "，加油" * 9)[:20],
    }
    desk.built.clock.tick(days=1)
    await remind(desk)
    desk.built.clock.tick(days=1)
    await remind(desk)
    assert len(desk.notes) == 2, "both consents are used up"
    assert desk.platform.refused == []


async def test_who_has_checked_in_or_never_agreed_is_left_alone(desk: Desk) -> None:
    await desk.agrees()
    await desk.member(OTHER)
    member = await desk.member()
    check_in = checkin.feature.member_pages[0].acts["check-in"]
    await desk.built.house.writer.do(lambda uow: check_in(uow, desk.built.tools, member, {}))
    desk.built.clock.tick(hours=8)
    await remind(desk)
    desk.built.clock.tick(hours=1)  # 21:00: too late for today
    await remind(desk)
    assert desk.notes == []


async def test_her_page_says_what_she_agreed_to_and_takes_it_back(desk: Desk) -> None:
    assert '<wx-open-subscribe template="TPL_INVENTED_1">' in await shown(desk)
    assert "你还没有同意" in await shown(desk)
    assert "wx-open" not in await shown(desk, in_wechat=False)
    assert "请在微信里打开" in await shown(desk, in_wechat=False)

    await desk.agrees(2)
    assert "还会给你发 2 条" in await shown(desk)
    member, act = await desk.member(), PAGE.acts["take-back"]
    with pytest.raises(NothingToTakeBack):
        await desk.built.house.writer.do(lambda uow: act(uow, desk.built.tools, member, {}))
    form = {"use": "checkin"}
    await desk.built.house.writer.do(lambda uow: act(uow, desk.built.tools, member, form))
    with pytest.raises(NothingToTakeBack):
        await desk.built.house.writer.do(lambda uow: act(uow, desk.built.tools, member, form))
    assert "你还没有同意" in await shown(desk)
    desk.built.clock.tick(hours=8)
    await remind(desk)
    assert desk.notes == []
    told = await desk.built.ask("SELECT who, what, why FROM audit")
    assert told == [("member", "subscriptions.taken_back", "checkin")]


async def test_who_left_is_not_reminded(desk: Desk) -> None:
    await desk.agrees()
    await desk.does("unsubscribe")
    desk.built.clock.tick(hours=8)
    await remind(desk)
    assert desk.notes == []


def test_a_reminder_needs_its_words() -> None:
    with pytest.raises(ValidationError):
        CheckinSettings.model_validate({"remind_at": "20:00"})


def test_who_agreed_is_found_on_both_databases(store_on_both: Store) -> None:
    store, mp = store_on_both, ChannelName("mp")

    def agree(uow: UnitOfWork) -> MemberId:
        member = members.resolve(uow, mp, FOLLOWER, uow.clock.now())
        for source in "ab":
            service.agree(uow, member, mp, "T", source=source, at=uow.clock.now())
        return member

    member = store.do(agree)
    assert store.do(lambda uow: service.who_agreed(uow, mp, "T", most=9)) == [member]
    assert store.do(lambda uow: service.open_of(uow, member, mp)) == {"T": 2}
    store.do(lambda uow: service.withdraw(uow, member, mp, "T"))
    assert store.do(lambda uow: service.who_agreed(uow, mp, "T", most=9)) == []
