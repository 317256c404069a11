"""A member complains, and whoever is to help her hears of it where she is, and acts there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.commons import cases, members, orders, products, views
from bot.commons.cases import Ending, Kind
from bot.commons.orders import Order, Status
from bot.commons.products import Product
from bot.commons.profiles import Ref
from bot.kernel.community import Tiers
from bot.kernel.events import MemberErased
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.advisors import LI, MONDAY, WANG, Counter, Json, open_counter
from tests.kit.amends import AMENDS, COUPONS

ASKED = "那条裙子我想问一下"


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with open_counter(tmp_path) as counter:
        yield counter
    assert counter.platform.refused == []


def facts(card: Json) -> list[str]:
    return [one["value"] for one in card.get("horizontal_content_list", [])]


def buttons(card: Json) -> list[str]:
    return [one["text"] for one in card["button_list"]]


def order(now: datetime, days: int, fen: int, back: int = 0) -> Order:
    """Return an order of hers that was paid so many days ago."""
    paid_at = now - timedelta(days=days)
    return Order("till", f"A{days}", Ref("simulator", "amei"), paid_at, fen, back)


async def knows_her(counter: Counter) -> MemberId:
    """Let her have a tier, orders and views."""
    her = await counter.member()

    def learn(uow: UnitOfWork) -> None:
        now = uow.clock.now()
        tiers = Tiers(("时光挚友",))
        members.set_tier(uow, her, "时光挚友", reason="3 个月 6 单", who="lin", tiers=tiers)
        for number, (fen, back) in enumerate([(42000, 0), (30000, 30000), (9900, 1000), (100, 0)]):
            one = order(now, number, fen, back)
            orders.record(uow, replace(one, delivered_at=None if number else now))
        for sku, name, stock in (("S1", "米白羊绒衫", 3), ("S2", "<b>风衣</b>", None)):
            products.keep(uow, Product(sku, name, "", "", 100, stock, None, ""))
        for minutes, sku in enumerate(["S9", "S2", "S1", "S0"]):
            views.saw(uow, her, sku, now - timedelta(minutes=minutes))

    await counter.do(learn)
    return her


async def test_a_complaint_is_on_its_advisors_phone_at_once(counter: Counter) -> None:
    await knows_her(counter)
    await counter.pass_(hours=2)
    await counter.writes("amei", "在吗")
    await counter.complains("amei", ASKED)

    [card] = counter.cards(LI)
    assert counter.cards(WANG) == []
    assert card["main_title"] == {
        "title": "投诉·重要｜阿美",
        "desc": "时光挚友：3 个月 6 单",
    }
    assert card["sub_title_text"].split("\n") == [
        "今天 12:40 前回复她",
        "为什么找你：商品破损",
        "订单：01-05 ¥99 退了 ¥10；01-04 ¥1 已付；01-07 ¥420 已签收",
    ]
    assert f"12:30 她：{ASKED}" in card["quote_area"]["quote_text"]
    assert facts(card) == [
        "S9 商品表里没有，库存未知",
        "＜b＞风衣＜/b＞ 库存未知·2 小时前的数",
        "米白羊绒衫 余 3·2 小时前的数",
    ]
    assert buttons(card) == ["接手", "转给", "稍后", "打开"]
    assert card["card_action"]["url"] == "https://bot.example/desk/cases/1"


async def test_orders_that_count_no_more_are_shown_where_there_are_no_others(
    counter: Counter,
) -> None:
    await counter.member()

    def learn(uow: UnitOfWork) -> None:
        now = uow.clock.now()
        orders.record(uow, replace(order(now, 0, 42000), status=Status.CANCELLED))
        orders.record(uow, order(now, 1, 30000, 30000))

    await counter.do(learn)
    await counter.complains("amei", ASKED)

    [card] = counter.cards(LI)
    assert "订单：01-07 ¥420 已取消；01-06 ¥300 已退" in card["sub_title_text"]


async def test_what_was_promised_and_what_may_be_given_stand_on_it(tmp_path: Path) -> None:
    files = {"amends.toml": AMENDS, "coupons.toml": COUPONS}
    async with open_counter(tmp_path, content=files) as counter:
        await counter.complains("amei", ASKED)
        assert facts(counter.cards(LI)[0]) == ["自己定 ¥50 内，主管批 ¥200 内"]

        def promise(uow: UnitOfWork) -> None:
            case, due_at = cases.get(uow, 1), uow.clock.now() + timedelta(hours=5)
            assert case is not None
            cases.promise(uow, case, what="寄新扣子", who=LI, due_at=due_at)
            cases.assign(uow, 1, WANG, who=LI, why="transferred")

        await counter.do(promise)
        assert facts(counter.cards(WANG)[0]) == [
            "寄新扣子，今天 15:30 前",
            "自己定 ¥50 内，主管批 ¥200 内",
        ]


async def test_a_shop_tells_what_she_looked_at(counter: Counter) -> None:
    await counter.writes("amei", "打卡")
    assert await counter.tells("views", member="simulator:amei", sku="S7") == 200
    assert await counter.tells("views", member="simulator:nobody", sku="S7") == 409
    assert await counter.tells("views", member="simulator:amei", sku="") == 422
    await counter.complains("amei", ASKED)

    assert facts(counter.cards(LI)[0]) == ["S7 商品表里没有，库存未知"]


async def test_who_takes_it_has_it_and_the_card_says_so(counter: Counter) -> None:
    await counter.complains("amei", ASKED)

    assert await counter.presses(LI, "接手") == "你已接手 10:30 ['转给']"
    assert await counter.presses(LI, "接手") == "你已接手 10:30 ['转给']"
    assert await counter.ask("SELECT state, advisor FROM cases") == [("accepted", "lisi")]
    steps = await counter.ask("SELECT what FROM case_steps WHERE what = 'accepted'")
    assert len(steps) == 1


async def test_a_stranger_who_presses_is_refused(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    [card] = counter.cards(LI)

    for who in (WANG, "zhaoliu"):
        assert await counter.presses(who, "接手", card) == "不是发给你的"
    assert await counter.ask("SELECT state FROM cases") == [("assigned",)]
    assert await counter.presses(LI, "接手", card) == "你已接手 10:30 ['转给']"


async def test_it_is_given_to_a_colleague_once(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    first = counter.cards(LI)[0]
    assert "选同事的卡片已发给你" in await counter.presses(LI, "转给", first)
    await counter.presses(LI, "转给", first)
    _, choice = counter.cards(LI)
    assert buttons(choice) == ["王顾问"]

    assert await counter.presses(LI, "王顾问", choice) == "已转给王顾问 10:30"
    assert await counter.presses(LI, "王顾问", choice) == "已转给王顾问 10:30"

    assert counter.greyed() == [(LI, "已转给王顾问 10:30")]
    assert len(counter.cards(WANG)) == 1
    given = await counter.ask("SELECT who, words FROM case_steps WHERE what = 'transferred'")
    assert given == [("lisi", "transferred wangwu")]
    await counter.pass_(minutes=2)
    await counter.presses(WANG, "接手")
    assert await counter.presses(LI, "接手", first) == "王顾问已接手 10:32"


async def test_somebody_elses_card_says_who_has_taken_it(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.pass_(minutes=2)
    await counter.do(lambda uow: cases.accept(uow, 1, "wangwu"))

    assert counter.greyed() == [(LI, "王顾问已接手 10:32")]
    assert await counter.presses(LI, "稍后") == "王顾问已接手 10:32"


async def test_her_own_card_says_that_she_took_it_at_the_desk(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.do(lambda uow: cases.accept(uow, 1, "lisi"))

    assert counter.greyed() == [(LI, "你已接手 10:30")]


async def test_the_card_of_a_case_that_has_ended_says_so(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.presses(LI, "接手")
    await counter.do(lambda uow: cases.resolve(uow, 1, who="lisi", code=Ending.SOLVED))

    assert counter.greyed() == [(LI, "已结束 10:30")]
    assert await counter.presses(LI, "转给", counter.cards(LI)[0]) == "已结束 10:30"
    assert len(counter.cards(LI)) == 1


def asking(counter: Counter, who: str) -> list[Json]:
    """Return the cards with buttons that an advisor got."""
    return [card for card in counter.cards(who) if "button_list" in card]


async def test_later_rings_again_after_ten_minutes_and_twice_at_most(counter: Counter) -> None:
    await counter.complains("amei", ASKED, severity=1, kind=Kind.HUMAN)
    who = LI if counter.cards(LI) else WANG
    for turn in (1, 2):
        for _again in range(2):
            said = await counter.presses(who, "稍后", asking(counter, who)[turn - 1])
            assert f"（{turn}/2）" in said
        await counter.pass_(minutes=9)
        assert len(asking(counter, who)) == turn
        await counter.pass_(minutes=1.1)
        assert len(asking(counter, who)) == turn + 1

    assert buttons(asking(counter, who)[-1]) == ["接手", "转给", "打开"]
    assert counter.greyed() == [(who, "看新卡片"), (who, "看新卡片")]
    snoozed = await counter.ask("SELECT words FROM case_steps WHERE what = 'snoozed'")
    assert [str(words).partition(" ")[2] for (words,) in snoozed] == ["1/2", "2/2"]
    assert [str(words)[:15] for (words,) in snoozed] == ["2030-01-07T02:4", "2030-01-07T02:5"]
    assert await counter.ask("SELECT state FROM cases") == [("assigned",)]


async def test_before_its_buttons_expire_a_card_is_sent_anew(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.presses(LI, "接手")
    await counter.pass_(hours=70)
    assert len(asking(counter, LI)) == 1
    await counter.pass_(hours=1.5)  # at work again

    _, fresh = asking(counter, LI)
    assert fresh["main_title"]["desc"] == "你已接手 10:30"
    assert counter.greyed() == [(LI, "看新卡片")]
    assert "选同事的卡片" in await counter.presses(LI, "转给", fresh)


async def test_a_card_that_can_be_changed_no_more_is_replaced(tmp_path: Path) -> None:
    async with open_counter(tmp_path) as counter:
        await counter.complains("amei", ASKED)
        counter.platform.expire()
        await counter.do(lambda uow: cases.accept(uow, 1, "lisi"))
        await counter.settle()

        assert [one.code for one in counter.platform.refused] == [60140]
        assert buttons(counter.cards(LI)[-1]) == ["转给", "打开"]
        assert len(counter.cards(LI)) == 2
        assert await counter.ask("SELECT count(*) FROM notices") == [(0,)]


async def test_what_is_graver_rings_once_more_and_what_is_not_does_not(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.complains("amei", "还有那件")
    assert len(counter.cards(LI)) == 1
    await counter.complains("amei", "还有一件事", severity=3, kind=Kind.SAFETY)
    await counter.complains("amei", "在吗", severity=3, kind=Kind.SAFETY)

    assert len(counter.cards(LI)) == 2
    assert counter.cards(LI)[-1]["main_title"]["title"] == "安全·紧急｜阿美"
    assert counter.greyed() == [(LI, "看新卡片")]


async def test_whoever_is_not_at_work_is_rung_in_the_morning(tmp_path: Path) -> None:
    async with open_counter(tmp_path, at=MONDAY + timedelta(hours=12)) as counter:
        await counter.complains("amei", ASKED)
        await counter.complains("xiaoyu", "还有一件事", severity=3, kind=Kind.SAFETY)
        assert counter.cards(LI) + counter.cards(WANG) == []  # nobody is there to be asked

        def give(uow: UnitOfWork) -> None:
            for case in (1, 2):
                cases.assign(uow, case, LI, who="lin", why="transferred")

        await counter.do(give)
        assert [one["main_title"]["title"] for one in counter.cards(LI)] == ["安全·紧急｜小鱼"]
        told = await counter.ask("SELECT text FROM notices WHERE key LIKE 'cards%'")
        assert "现在不在班" in str(told)

        await counter.pass_(hours=10.6)  # 09:06
        assert counter.cards(LI)[1]["main_title"]["title"] == "投诉·重要｜阿美"


async def test_who_has_had_enough_for_today_hears_of_more_in_the_digest(tmp_path: Path) -> None:
    more = "[cards]\nmost_per_day = 1\n"
    async with open_counter(tmp_path, more=more, at=MONDAY + timedelta(minutes=28)) as counter:
        for who in ("amei", "xiaoyu", "wangjie"):
            await counter.complains(who, ASKED)
        assert len(counter.cards(LI)) == 1

        await counter.pass_(minutes=3)
        _, digest = counter.cards(LI)
        assert digest["main_title"]["title"] == "11:00 小结"
        assert digest["sub_title_text"].split("\n") == [
            "等你接手：3 件",
            "2 小时内到期或已超时：3 件",
        ]
        await counter.pass_(minutes=1)
        assert len(counter.cards(LI)) == 2
        await counter.complains("azhen", "还有一件事", severity=3, kind=Kind.SAFETY)
        assert len(counter.cards(LI)) == 3


async def test_time_that_runs_out_is_told_to_her_and_then_to_the_next(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    assert counter.cards(LI)[0]["sub_title_text"].startswith("今天 10:45 前回复她\n")
    await counter.pass_(minutes=8)
    assert counter.cards(LI)[1]["sub_title_text"] == "第一次回复的时间用掉 50% 了，今天 10:45 前。"
    await counter.pass_(minutes=4.5)
    assert counter.cards(LI)[2]["sub_title_text"] == "第一次回复的时间用掉 80% 了，今天 10:45 前。"
    await counter.pass_(minutes=3)

    assert counter.greyed() == [(LI, "已转给王顾问 10:45")]
    assert len(counter.cards(WANG)) == 1


async def test_in_the_demo_the_simulator_shows_her_the_card(tmp_path: Path) -> None:
    async with open_counter(tmp_path, wecom=False) as counter:
        await counter.complains("amei", ASKED)
        chat = f"{counter.url}/simulator/api/messages?member=lisi"
        async with counter.http.get(chat) as answer:
            [card] = await answer.json()
        assert f"10:30 她：{ASKED}" in card["card"]["quote"]

        key = card["card"]["buttons"][0]["key"]
        press = {"member": "lisi", "message_id": card["id"], "button": key}
        async with counter.http.post(f"{counter.url}/simulator/api/taps", json=press) as answer:
            assert answer.status < 300
        await counter.settle()
        assert await counter.ask("SELECT state FROM cases") == [("accepted",)]


async def test_in_a_group_her_words_are_quoted_in_one_line(counter: Counter) -> None:
    her = await counter.member()

    def says_in_a_group(uow: UnitOfWork) -> None:
        concern = cases.Concern(
            her,
            cases.Kind.COMPLAINT,
            2,
            ["商品破损"],
            uow.clock.now(),
            ChannelName("simulator"),
            "",
            "amei",
            "k1",
            words="裙子\n破了，电话 13812345678",
            in_group="wr1",
        )
        case = cases.open_case(uow, concern).case
        cases.assign(uow, case.id, LI, who="bot", why="routed")

    await counter.do(says_in_a_group)

    [card] = counter.cards(LI)
    assert card["quote_area"]["quote_text"] == "10:30 她：裙子 破了，电话 138****5678"
    assert card["sub_title_text"].split("\n")[1].startswith("在群里说的：私下联系她")


async def test_what_cards_said_about_her_is_forgotten_with_her(counter: Counter) -> None:
    her = await knows_her(counter)
    await counter.complains("amei", ASKED)
    await counter.presses(LI, "转给")
    await counter.presses(LI, "接手", counter.cards(LI)[0])
    registry = counter.app.tools.use(PersonalRegistry)
    await counter.do(lambda uow: registry.erase(uow, her))

    left = await counter.ask("SELECT payload FROM outbox WHERE payload <> ''")
    assert not [payload for (payload,) in left if "阿美" in str(payload) or ASKED in str(payload)]
    assert await counter.ask("SELECT * FROM case_cards") == []
    assert await counter.ask("SELECT * FROM product_views") == []


async def test_cards_on_phones_say_only_that_she_deleted_her_data(counter: Counter) -> None:
    her = await knows_her(counter)
    await counter.complains("amei", ASKED)
    await counter.presses(LI, "转给")
    await erases(counter, her)

    shown = [one["template_card"] for one in counter.platform.updated]
    assert [one["main_title"]["title"] for one in shown] == ["这位会员已删除数据"] * 2
    assert "阿美" not in str(shown)
    assert {one["userids"][0] for one in counter.platform.updated} == {LI}
    left = await counter.ask("SELECT payload FROM outbox WHERE payload <> ''")
    assert not [payload for (payload,) in left if "阿美" in str(payload) or ASKED in str(payload)]
    assert await counter.ask("SELECT * FROM case_cards") == []


async def test_a_card_that_nobody_touched_is_changed_by_its_receipt_once(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await erases(counter, await counter.member())
    await counter.pass_(minutes=5)

    [changed] = counter.platform.updated
    assert changed["template_card"]["main_title"] == {"title": "这位会员已删除数据"}


async def test_a_card_that_is_too_old_or_was_greyed_stays_as_it_is(counter: Counter) -> None:
    await counter.complains("amei", ASKED)
    await counter.do(lambda uow: cases.close(uow, 1, who=LI, code=Ending.SOLVED))
    await erases(counter, await counter.member())
    assert [who for who, _ in counter.greyed()] == [LI]

    await counter.complains("linlin", ASKED)
    linlin = await counter.member("linlin")
    counter.app.clock.move_to(counter.app.clock.now() + timedelta(hours=73))
    await erases(counter, linlin)
    assert len(counter.platform.updated) == 1


async def erases(counter: Counter, her: MemberId) -> None:
    """Let a member be forgotten, as she asked."""
    registry = counter.app.tools.use(PersonalRegistry)

    def erase(uow: UnitOfWork) -> None:
        registry.erase(uow, her)
        uow.publish(MemberErased(her))

    await counter.do(erase)
