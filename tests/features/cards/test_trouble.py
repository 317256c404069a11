"""What goes wrong or happens elsewhere: nobody waits unseen, and no card says what is not so."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import cases, duty
from bot.features.cards import digest
from bot.kernel.events import CaseEscalated, ClockWarned, HumanCame
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import CardUpdate, Tap, UpdateKind
from bot.kernel.ports import Words
from bot.kernel.reception import Duty
from bot.kernel.work import Statement, UnitOfWork
from tests.features.cards.conftest import Floor
from tests.kit.house import CAPABILITY, PHONE, Phone


async def test_where_no_channel_shows_colleagues_a_card(tmp_path: Path) -> None:
    phone = Phone(capability=replace(CAPABILITY, cards=frozenset()))
    async with Floor(tmp_path, phone=phone) as floor:
        await floor.opens()

        [notice] = await floor.notices()
        assert "个案 1 派给了李顾问" in notice
        assert "https://bot.example/desk/cases/1" in notice
        assert await floor.ask("SELECT * FROM case_cards") == []


async def test_when_a_card_can_not_be_made_the_handing_over_goes_on(floor: Floor) -> None:
    floor.tools.add(Words, Broken(floor.tools.use(Words)))
    await floor.opens()

    assert await floor.ask("SELECT state, advisor FROM cases") == [("assigned", "lisi")]
    assert any("卡片没做出来" in one for one in await floor.notices())


class Broken:
    """Renders all words but those of a card's body."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def __call__(self, template: str, **data: object) -> str:
        if template == "cards/body.txt.j2":
            raise ValueError("no body")
        return self.words(template, **data)


async def test_a_card_on_its_way_is_changed_when_it_has_arrived(floor: Floor) -> None:
    await floor.opens()
    await _as_if(floor, "UPDATE outbox SET status = 'sending' WHERE why = 'cards'")
    await floor.house.writer.do(lambda uow: cases.accept(uow, 1, "wang"))
    assert await floor.ask("SELECT state FROM case_cards") == [("changing",)]

    await _as_if(floor, "UPDATE outbox SET status = 'sent', handle = 'h9' WHERE why = 'cards'")
    await floor.sweeps()
    await floor.sweeps()

    [update] = [one.part for one in floor.phone.sent if isinstance(one.part, CardUpdate)]
    assert (update.handle, update.replace_text) == ("h9", "王顾问已接手 12:00")
    assert await floor.ask("SELECT state FROM case_cards") == [("over",)]


async def _as_if(floor: Floor, sql: str) -> None:
    await floor.house.writer.do(lambda uow: uow.run(Statement(sql)))


async def test_the_digest_counts_what_is_doubtful(floor: Floor) -> None:
    for _ in range(3):
        await floor.house.writer.do(digest.doubt)
    floor.clock.tick(hours=4, minutes=31)
    await floor.sweeps()
    await floor.sweeps()

    for who in ("lisi", "wang"):
        [card] = floor.cards(who)
        assert (card.title, card.body) == ("16:30 小结", "拿不准、要复核的消息：3 条")


async def test_who_has_gone_home_gets_no_digest(floor: Floor) -> None:
    await floor.house.writer.do(digest.doubt)
    floor.clock.tick(hours=4, minutes=31)
    await floor.house.writer.do(lambda uow: duty.say(uow, "lisi", Duty.OFF, who="lisi"))
    await floor.sweeps()

    assert floor.cards("lisi") == []
    assert len(floor.cards("wang")) == 1


@pytest.mark.parametrize(
    "button",
    [
        "cards",
        "cards:",
        "cards:take",
        "cards:take:x",
        "cards:take:99999999999999999999",
        "cards:give:1:nobody",
        "cards:take:-1",
        "cards:take:77",
        "cards:take:1",
        "cards:take:1-0",
        "cards:take:1-1",
    ],
)
async def test_a_made_up_button_does_nothing(floor: Floor, button: str) -> None:
    await floor.opens()
    await floor.hears("wang", "", kind=UpdateKind.TAP, tap=Tap(button, "x", handle="h"))

    assert await floor.ask("SELECT state, advisor FROM cases") == [("assigned", "lisi")]
    assert await floor.ask("SELECT state FROM case_cards") == [("live",)]
    assert await floor.ask("SELECT count(*) FROM inbox WHERE status = 'parked'") == [(0,)]


async def test_a_card_that_asks_in_vain_says_so(floor: Floor) -> None:
    await floor.opens()
    await _as_if(floor, "UPDATE cases SET state = 'accepted', accepted_at = assigned_at")
    await _as_if(floor, "UPDATE outbox SET handle = 'h7' WHERE why = 'cards'")
    await floor.sweeps()

    [update] = [one.part for one in floor.phone.sent if isinstance(one.part, CardUpdate)]
    assert (update.handle, update.replace_text) == ("h7", "你已接手 12:00")


async def test_where_a_press_brings_no_handle_she_is_told_in_words(floor: Floor) -> None:
    await floor.opens()
    tap = Tap(floor.cards("lisi")[0].buttons[0].key, "x")
    assert await floor.hears("lisi", "", kind=UpdateKind.TAP, tap=tap) == ["你已接手 12:00"]
    assert await floor.hears("wang", "", kind=UpdateKind.TAP, tap=tap) == ["不是发给你的"]


async def test_a_supervisor_is_told_whose_time_is_over(floor: Floor) -> None:
    number = await floor.opens()
    now = floor.clock.now()
    over = CaseEscalated(
        MemberId(1), number, "first", "supervisor", "Wang", is_asked=False, due_at=now
    )
    await floor.house.writer.do(lambda uow: uow.publish(over))
    await floor.house.engine.settle()

    [card] = floor.cards("wang")
    assert card.title == "投诉·重要｜阿美"
    assert card.body == "第一次回复已超时（今天 12:00 到期）。现在是李顾问在跟。"
    assert card.url == "https://bot.example/desk/cases/1"
    assert await floor.ask("SELECT state, advisor FROM case_cards ORDER BY id") == [
        ("live", "lisi"),
        ("over", "wang"),
    ]


async def test_whoever_is_not_at_work_is_not_warned(floor: Floor) -> None:
    number = await floor.opens()
    floor.clock.tick(hours=10)  # 22:00
    warned = ClockWarned(MemberId(1), number, "resolve", 50, "lisi", floor.clock.now())
    await floor.house.writer.do(lambda uow: uow.publish(warned))
    await floor.house.engine.settle()

    assert len(floor.cards("lisi")) == 1


@pytest.mark.parametrize("is_over", [False, True])
async def test_danger_wakes_her_until_it_is_over(floor: Floor, *, is_over: bool) -> None:
    number = await floor.opens(severity=3)
    floor.clock.tick(hours=10)  # 22:00

    def ends_and_warns(uow: UnitOfWork) -> None:
        if is_over:
            cases.accept(uow, number, "lisi")
            cases.resolve(uow, number, who="lisi", code=cases.Ending.SOLVED)
        uow.publish(ClockWarned(MemberId(1), number, "promise", 50, "lisi", uow.clock.now()))

    await floor.house.writer.do(ends_and_warns)
    await floor.house.engine.settle()

    assert len(floor.cards("lisi")) == (1 if is_over else 2)


async def test_her_name_on_another_channel_is_not_she(floor: Floor) -> None:
    await floor.opens()
    tap, channel = Tap(floor.cards("lisi")[0].buttons[0].key, "x", handle="h"), ChannelName("kefu")
    await floor.hears("lisi", "", kind=UpdateKind.TAP, tap=tap, channel=channel)
    await floor.hears("lisi", "", kind=UpdateKind.TAP, tap=tap, group="g1")

    assert await floor.ask("SELECT state FROM cases") == [("assigned",)]


@pytest.mark.parametrize(
    ("human", "shown"), [("lisi", "你已接手 12:00"), ("wang", "王顾问已接手 12:00")]
)
async def test_whoever_answers_in_the_platforms_own_app_is_not_rung(
    floor: Floor, human: str, shown: str
) -> None:
    await floor.opens()
    await _as_if(floor, "UPDATE outbox SET handle = 'h7' WHERE why = 'cards'")
    came = HumanCame(MemberId(1), human, PHONE, "", "amei")
    await floor.house.writer.do(lambda uow: uow.publish(came))
    await floor.house.engine.settle()

    changed = [one.part for one in floor.phone.sent if isinstance(one.part, CardUpdate)]
    assert [part.replace_text for part in changed] == [shown]
    assert (len(floor.cards("lisi")), len(floor.cards("wang"))) == (1, 0)
