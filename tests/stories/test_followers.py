"""Followers of an account over some days, on both databases: codes, menu, consents, notes."""

import json
import re
from pathlib import Path

import pytest

from bot import app as roof
from bot.channels.wecom.mp import MP
from bot.commons import members, origins
from bot.features import checkin, menus, privacy, scenes, subscriptions
from bot.features import help as help_room
from bot.features.privacy.service import erase, export
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.feature import Feature
from bot.kernel.following import NoteAnswer, NoteBox
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.followers import Followers
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, account
from tests.kit.platforms import Fault
from tests.kit.rooms import TurnedClock

ROOMS = [
    privacy.feature,
    checkin.feature,
    menus.feature,
    subscriptions.feature,
    scenes.feature,
    help_room.feature,
]
SETTINGS = {
    "service_account": True,
    "templates": {
        "hike": {"template_id": "TPL_INVENTED", "title": "徒步提醒", "kind": "service"},
        "sale": {"template_id": "TPL_INVENTED_1", "title": "到货提醒"},
    },
}
BY_CODE = "<EventKey><![CDATA[qrscene_hike42]]></EventKey>"
YES = (
    "<SubscribeMsgPopupEvent><List><TemplateId>TPL_INVENTED_1</TemplateId>"
    "<SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>"
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


class Days(Followers):
    """Followers, an operator at the console, and a room with something to tell."""

    async def page(self, room: Feature) -> str:
        (page,) = room.pages
        tools = self.built.tools
        data = await self.built.house.writer.look(lambda uow: page.load(uow, tools, {}))
        return self.built.words(page.template, csrf_field="", **data)

    async def acts(self, room: Feature, action: str, **form: str) -> None:
        act, tools = room.pages[0].actions[action], self.built.tools
        await self.built.house.writer.do(lambda uow: act(uow, tools, form, "lin"))
        await self.built.house.engine.settle()

    async def tells(self, use: str, key: str) -> NoteAnswer:
        box = self.built.tools.use(NoteBox)

        def put(uow: UnitOfWork) -> NoteAnswer:
            return box.put(uow, she(uow), use, {"thing1": "周六徒步"}, key=key)

        answer = await self.built.house.writer.do(put)
        await self.built.house.engine.settle()
        return answer

    async def passes(self, **how_long: float) -> None:
        self.built.clock.tick(**how_long)
        await self.built.house.engine.settle()

    async def statuses(self) -> list[object]:
        rows = await self.built.ask("SELECT status FROM notes ORDER BY id")
        return [status for (status,) in rows]


def she(uow: UnitOfWork) -> MemberId:
    found = members.find(uow, MP, FOLLOWER)
    assert found is not None
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "menu.toml"
    path.write_text('[[entries]]\nname = "打卡"\nkey = "打卡"\n', encoding="utf-8")
    return path


async def test_some_days_of_a_follower(tmp_path: Path, file: Path, url: str) -> None:
    clock = TurnedClock()
    async with FakeMp(now=lambda: clock.now().timestamp()) as platform:
        door = account(platform, clock, tmp_path)
        under_test = HouseUnderTest(tmp_path, ROOMS, clock=clock, doors=[door], url=url)
        under_test.tools.add(menus.MenuFile, menus.MenuFile(file))
        settings = SubscriptionSettings.model_validate_json(json.dumps(SETTINGS))
        under_test.tools.add(SubscriptionSettings, settings)
        under_test.tools.add(NoteBox, subscriptions.Box(under_test.tools))
        async with under_test as built:
            await built.house.engine.settle()
            days = Days(built, platform)
            await the_menu(days)
            await the_code(days)
            await the_notes(days)
            await the_end(days)


async def the_menu(days: Days) -> None:
    [digest] = re.findall(r'name="digest" value="(\w+)"', await days.page(menus.feature))
    await days.acts(menus.feature, "publish", digest=digest)
    [version] = re.findall(r'name="version" value="(\d+)"', await days.page(menus.feature))
    await days.acts(menus.feature, "undo", version=version)
    assert days.platform.menu == []
    [digest] = re.findall(r'name="digest" value="(\w+)"', await days.page(menus.feature))
    await days.acts(menus.feature, "publish", digest=digest)
    assert [one["name"] for one in days.platform.menu] == ["打卡"]


async def the_code(days: Days) -> None:
    form = {"scene": "hike42", "title": "海报", "greeting": "欢迎来徒步", "days": "1"}
    await days.acts(scenes.feature, "make", **form)
    await days.acts(scenes.feature, "greet", code="1", greeting="欢迎！")
    [words] = await days.does("subscribe", BY_CODE, allows="follow")
    assert words.startswith("欢迎！")
    press = await days.does("CLICK", "<EventKey><![CDATA[打卡]]></EventKey>", allows="menu")
    assert "已连续 1 天" in press[0]
    await days.passes(days=2)
    await days.acts(scenes.feature, "again", code="1")
    await days.does("SCAN", BY_CODE.replace("qrscene_", ""), allows="scan")
    assert await days.built.ask("SELECT times, followed FROM origins") == [(2, 1)]
    assert await days.built.house.writer.look(origins.count_last_24h) == 0


async def the_notes(days: Days) -> None:
    assert await days.tells("sale", "a") is NoteAnswer.NO_CONSENT
    days.platform.agreed[FOLLOWER, "TPL_INVENTED_1"] = 2
    await days.does("subscribe_msg_popup_event", YES)
    assert await days.tells("sale", "a") is NoteAnswer.QUEUED
    lost = Fault(drop=True, taken=True)
    days.platform.faults["message/template/send"].append(lost)
    await days.tells("hike", "b")
    await days.passes(seconds=90)
    await days.does(
        "TEMPLATESENDJOBFINISH",
        f"<MsgID>{days.platform.delivered[-1].msgid}</MsgID><Status>success</Status>",
    )
    await days.does("subscribe_msg_popup_event", YES)
    days.platform.faults["message/subscribe/bizsend"].append(lost)
    await days.tells("sale", "c")
    assert await days.statuses() == ["sent", "delivered", "maybe"]
    [note] = re.findall(r'name="note" value="(\d+)"', await days.page(subscriptions.feature))
    await days.acts(subscriptions.feature, "settle", note=note)
    shown = await days.page(subscriptions.feature)
    assert "已送达" in shown
    await days.does("subscribe_msg_popup_event", YES)
    await days.does("subscribe_msg_change_event", YES.replace("Popup", "Change"))
    days.platform.faults["message/template/send"].append(Fault(errcode=43004))
    await days.tells("hike", "left")
    assert await days.tells("hike", "d") is NoteAnswer.NOT_THERE
    await days.does("subscribe", allows="follow")
    days.platform.faults["message/template/send"].append(Fault(errcode=45009))
    await days.tells("hike", "d")
    await days.does("unsubscribe")
    assert await days.tells("hike", "e") is NoteAnswer.NOT_THERE
    assert await days.gets("late") == "dropped"
    await days.passes(hours=2)
    assert await days.statuses() == ["sent", "delivered", "dropped", "failed", "dropped"]
    figures = [await days.built.house.writer.look(m.read) for m in subscriptions.feature.metrics]
    assert figures == [3.0]


async def the_end(days: Days) -> None:
    writer = days.built.house.writer
    told = await writer.look(lambda uow: export(uow, roof.PERSONAL, she(uow)))
    assert "hike42" in str(told)
    assert "周六徒步" in str(told)
    await writer.do(lambda uow: erase(uow, roof.PERSONAL, she(uow)))
    await days.does("unsubscribe")
    for table in ("consents", "notes", "gone_followers", "identities"):
        assert await days.built.ask(f"SELECT count(*) FROM {table}") == [(0,)], table
    await days.does("subscribe", BY_CODE, allows="follow")
    assert await days.built.ask("SELECT count(*) FROM origins") == [(1,)], "somebody new"
