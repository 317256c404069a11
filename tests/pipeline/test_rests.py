"""A channel that rests: what operators are told, and how they let it go on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons import notices
from bot.commons.notices import WHY
from bot.kernel.errors import PauseScope, RetryLater, Undeliverable
from bot.kernel.feature import Feature
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import UnitOfWork
from bot.pipeline import outbox, rests
from tests.kit.house import PHONE, HouseUnderTest
from tests.kit.rooms import Store

OFF = Undeliverable("send: errcode 60020", code=60020, channel_off=True)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HouseUnderTest]:
    async with HouseUnderTest(tmp_path, [Feature("silent")]) as opened:
        yield opened


async def send(house: HouseUnderTest, *words: str, why: str = "") -> None:
    def put(uow: UnitOfWork) -> None:
        for word in words:
            uow.send(Outgoing(PHONE, word, Text(word), f"k{word}", why=why))

    await house.house.writer.do(put)
    await house.house.engine.settle()


async def told(house: HouseUnderTest) -> list[str]:
    found = await house.house.writer.look(notices.recent)
    return [notice.text for notice in reversed(found)]


async def resume(house: HouseUnderTest, scope: str = PHONE) -> bool:
    desk = house.house.desk
    done = await house.house.writer.do(lambda uow: desk.resume(uow, scope, "lisi"))
    await house.house.engine.settle()
    return done


async def test_an_operator_lets_a_stopped_channel_go_on(house: HouseUnderTest) -> None:
    house.phone.script.append(OFF)
    await send(house, "a")
    await send(house, "b", "c")
    (rest,) = await house.house.writer.look(house.house.desk.rests)

    assert (rest.scope, rest.channel, rest.until, rest.waiting) == (PHONE, PHONE, None, 2)
    assert rest.because == "send: errcode 60020"
    assert house.phone.sent == []

    assert await resume(house)
    assert [message.recipient for message in house.phone.sent] == ["b", "c"]
    assert await house.ask("SELECT status FROM outbox WHERE recipient = 'a'") == [("parked",)]
    assert await house.ask("SELECT who, what, why FROM audit") == [
        ("lisi", "outbox.resumed", "phone: send: errcode 60020")
    ]
    assert not await resume(house)


async def test_a_short_rest_says_until_when_and_can_be_ended(house: HouseUnderTest) -> None:
    house.phone.script.append(
        RetryLater("limit", after_s=60, code=45009, scope=PauseScope.LANE, uncounted=True)
    )
    await send(house, "amei")
    (rest,) = await house.house.writer.look(house.house.desk.rests)

    assert (rest.scope, rest.channel, rest.waiting) == ("phone:amei", PHONE, 1)
    assert rest.until is not None
    assert await resume(house, "phone:amei")
    assert house.phone.texts("amei") == ["amei"]
    assert await house.ask("SELECT why FROM audit") == [("a lane of phone: limit; retry in 60 s",)]


async def test_a_channel_that_stops_is_told_once_with_what_it_means(house: HouseUnderTest) -> None:
    house.phone.script += [OFF, OFF]
    await send(house, "a", "b")  # both are under way when the platform says it

    (notice,) = await told(house)
    assert notice.startswith("渠道 phone 已停止发送（平台错误码 60020）。")
    assert "恢复发送" in notice
    assert await house.ask("SELECT count(*) FROM outbox WHERE status = 'parked'") == [(2,)]


async def test_a_channel_that_stops_again_is_told_again(house: HouseUnderTest) -> None:
    house.phone.script += [OFF, OFF]
    await send(house, "a")
    house.clock.tick(seconds=30)
    await resume(house)
    await send(house, "b")

    assert len(await told(house)) == 2


async def test_a_message_given_up_for_itself_has_a_notice_of_its_own(house: HouseUnderTest) -> None:
    house.phone.script += [Undeliverable("gone", code=60111), Undeliverable("gone", code=60111)]
    await send(house, "a")
    await send(house, "b", why=WHY)

    assert [text.partition("，")[0] for text in await told(house)] == [
        "一条发往 phone 的消息没有发出去"
    ] * 2


async def test_resuming_works_on_both_databases(store_on_both: Store) -> None:
    def pause(uow: UnitOfWork) -> None:
        outbox.pause(uow, "phone", outbox.UNTIL_RESUMED_S, "off")
        outbox.put(uow, [Outgoing(PHONE, "a", Text("a"), "a")], lambda _message: "phone:a")

    store_on_both.do(pause)
    with store_on_both.unit() as uow:
        assert [(one.scope, one.waiting) for one in rests.resting(uow)] == [("phone", 1)]
        assert rests.resume(uow, "phone", "lisi")
        assert uow.wakes == ["out:phone:a"]
        assert rests.resting(uow) == []
        assert not notices.told_since(uow, "off:", uow.clock.now())
