"""She is asked at a node of an order: once, by day, not often, not when it would be wrong."""

from datetime import timedelta

import pytest

from bot.commons.orders import Status
from bot.kernel.work import Statement
from tests.features.minisurveys.conftest import DAY, DELIVERED, TWO, USED, Shop, served

PARKED = Statement("UPDATE outbox SET status = 'parked' WHERE key LIKE 'minisurveys:%'")
FIRST = (
    "谢谢你的订单。想问两个小问题，先问第一个：\n最大惊喜？\n"
    "直接回复就行，不想答发“跳过”。不想再收到这样的问题，发“退订”。"
)


async def test_she_is_asked_some_hours_after_she_has_paid_once(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    number = await shop.orders()

    assert await shop.waits(hours=1) == []
    assert await shop.waits(hours=1) == [FIRST]
    await shop.orders(number=number)
    assert await shop.waits(days=20) == []
    assert await shop.kept() == [("paid", "asked", "")]


async def test_without_the_file_nobody_is_asked(shop: Shop) -> None:
    await shop.joins()
    await shop.orders()

    assert await shop.waits(hours=3) == []


async def test_a_node_that_is_off_asks_nobody_and_is_forgotten(shop: Shop) -> None:
    shop.writes(TWO.replace("true", "false"))
    await shop.joins()
    await shop.orders()

    assert await shop.waits(hours=3) == []
    await shop.waits(days=11)
    assert await shop.kept() == []


async def test_a_node_that_is_switched_on_asks_about_the_orders_there_are(shop: Shop) -> None:
    shop.writes(TWO.replace("true", "false"))
    await shop.joins()
    await shop.orders()
    await shop.waits(hours=3)
    shop.writes(TWO)

    assert await shop.waits(minutes=1) == [FIRST]


async def test_each_node_has_its_own_time_and_questions(shop: Shop) -> None:
    shop.writes(DELIVERED)
    await shop.joins()
    number = await shop.orders()
    shop.house.clock.tick(days=2)
    await shop.orders(number=number, paid_at=shop.now - 2 * DAY, delivered_at=shop.now)

    assert await shop.waits(hours=23) == []
    [asked] = await shop.waits(hours=1)
    assert asked.startswith("东西到你手里了吧？只问一个小问题：\n拆开时惊喜吗？")


async def test_without_the_time_of_delivery_nobody_is_asked_about_it(shop: Shop) -> None:
    shop.writes(DELIVERED, USED)
    await shop.joins()
    await shop.orders()

    assert await shop.waits(days=9) == []
    assert "没有签收时间" in await shop.page()


async def test_after_a_week_of_use_is_within_what_is_news(shop: Shop) -> None:
    shop.writes(USED)
    await shop.joins()
    await shop.orders(delivered_at=shop.now)

    assert await shop.waits(days=6) == []
    [asked] = await shop.waits(days=1)
    assert "用了几天了，还顺手吗？" in asked


async def test_other_nodes_within_fourteen_days_are_skipped_not_put_off(shop: Shop) -> None:
    shop.writes(TWO, DELIVERED, USED)
    await shop.joins()
    await shop.orders(delivered_at=shop.now)

    assert len(await shop.waits(hours=2)) == 1
    assert await shop.waits(days=1) == []
    assert await shop.waits(days=6) == []
    assert await shop.waits(days=14) == []
    assert await shop.kept() == [
        ("paid", "asked", ""),
        ("delivered", "skipped", "lately"),
        ("used", "skipped", "lately"),
    ]


async def test_after_fourteen_days_she_may_be_asked_again(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.asked()
    await shop.waits(days=13, hours=21)
    await shop.orders()

    assert await shop.waits(hours=2) == []
    shop.house.clock.tick(hours=2)
    await shop.orders()
    assert await shop.waits(hours=2) == [FIRST]


async def test_the_file_may_ask_for_a_longer_rest(shop: Shop) -> None:
    shop.writes("fatigue_days = 30\n", TWO)
    await shop.joins()
    await shop.asked()
    await shop.waits(days=20)
    await shop.orders()

    assert await shop.waits(hours=2) == []


async def test_nobody_is_asked_at_night_but_in_the_morning(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.waits(hours=7)  # 19:00
    await shop.orders()

    assert await shop.waits(hours=3) == []  # 22:00
    assert await shop.waits(hours=10, minutes=59) == []
    assert await shop.waits(minutes=1) == [FIRST]


async def test_what_was_known_too_late_lapses(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.orders(paid_at=shop.now - 2 * DAY)

    assert await shop.waits(minutes=1) == []
    assert await shop.kept() == [("paid", "skipped", "late")]


async def test_a_past_that_is_imported_is_no_news(shop: Shop) -> None:
    shop.writes(TWO, DELIVERED, USED)
    await shop.joins()
    for months in range(1, 6):
        paid_at = shop.now - timedelta(days=30 * months)
        await shop.orders(paid_at=paid_at, delivered_at=paid_at + DAY)

    assert await shop.waits(days=1) == []
    assert await shop.kept() == []


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REFUNDED])
async def test_what_she_gave_back_is_not_asked_about(shop: Shop, status: Status) -> None:
    shop.writes(TWO)
    await shop.joins()
    number = await shop.orders()
    await shop.orders(number=number, status=status)

    assert await shop.waits(hours=2) == []
    assert await shop.kept() == [("paid", "skipped", "returned")]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("安静", "quiet"),
        ("退订", "quiet"),
        ("我要投诉你们，东西是坏的", "human"),
        ("转人工", "human"),
    ],
)
async def test_who_wants_none_of_it_is_not_asked(shop: Shop, words: str, why: str) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.says(words)
    await shop.orders()

    assert await shop.waits(hours=2) == []
    assert await shop.kept() == [("paid", "skipped", why)]


async def test_who_is_to_be_deleted_is_not_asked(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.orders()
    await shop.says("删除我的数据")
    await shop.says("确认删除")

    assert await shop.waits(hours=2) == []


async def test_who_is_talking_with_us_is_asked_afterwards(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.orders()
    await shop.waits(hours=1, minutes=50)
    await shop.says("打卡")

    assert await shop.waits(minutes=15) == []
    assert await shop.waits(minutes=15) == [FIRST]


async def test_a_rating_is_not_asked_for_soon_after(shop: Shop) -> None:
    shop.writes(TWO)
    member = await shop.joins()
    await shop.asked()
    await shop.do(lambda uow: served(shop, uow, member))

    assert await shop.waits(minutes=2) == []
    assert await shop.house.ask("SELECT state FROM case_ratings") == [("not_asked",)]


async def test_nor_is_she_asked_soon_after_a_rating(shop: Shop) -> None:
    shop.writes(TWO)
    member = await shop.joins()
    await shop.do(lambda uow: served(shop, uow, member))
    await shop.waits(minutes=2)
    assert await shop.house.ask("SELECT state FROM case_ratings") == [("asked",)]
    await shop.orders()

    assert await shop.waits(hours=2) == []
    assert await shop.kept() == [("paid", "skipped", "lately")]


async def test_a_letter_that_never_left_does_not_count(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.asked()
    await shop.do(lambda uow: uow.run(PARKED))
    await shop.waits(minutes=10)

    assert await shop.kept() == [("paid", "skipped", "unsaid")]
    await shop.asked()
