"""What is kept of mini surveys leaves with her, and moves with her; operators see it all."""

import json

import pytest

from bot.app import PERSONAL
from bot.commons import ratings
from bot.features import minisurveys
from bot.kernel.community import Community
from bot.kernel.exporting import Asked
from bot.kernel.privacy import PersonalData
from bot.kernel.work import Statement, UnitOfWork
from tests.features.minisurveys.conftest import DAY, DELIVERED, TWO, USED, Shop
from tests.kit.lives import join, part

MINE = Statement("SELECT count(*) FROM mini_surveys WHERE member_id = :member")


def personal() -> PersonalData:
    """Return what says how mini surveys leave."""
    [found] = [data for data in ratings.personal if "mini_surveys" in data.tables]
    return found


async def test_her_answers_leave_with_her(shop: Shop) -> None:
    shop.writes(TWO)
    member = await shop.joins()
    await shop.asked()
    await shop.says("包装很用心")

    [record] = await shop.do(lambda uow: personal().export(uow, member))
    assert json.loads(str(record["answers"])) == ["包装很用心"]
    await shop.do(lambda uow: PERSONAL.erase(uow, member))
    assert await shop.kept() == []
    assert "包装很用心" not in await shop.page()


async def test_who_was_deleted_is_not_asked_any_more(shop: Shop) -> None:
    shop.writes(TWO)
    member = await shop.joins()
    await shop.orders()
    await shop.do(lambda uow: PERSONAL.erase(uow, member))

    assert await shop.waits(hours=2) == []


async def test_two_members_who_are_one_are_left_alone_as_one(shop: Shop) -> None:
    shop.writes(TWO)
    amei, lily = await shop.joins(), await shop.joins("lily")
    await shop.orders("lily")
    await shop.asked()
    merge = await shop.do(lambda uow: join(uow, amei, lily))
    assert await shop.do(lambda uow: uow.run(MINE, member=merge.stayed)) == [(2,)]
    await shop.waits(days=7)
    await shop.orders("lily")

    assert await shop.waits("lily", hours=2) == []
    await shop.do(lambda uow: part(uow, merge))
    rows = await shop.house.ask(
        "SELECT member_id, count(*) FROM mini_surveys GROUP BY member_id ORDER BY count(*)"
    )
    assert [many for _, many in rows] == [1, 2]
    assert {who for who, _ in rows} == {amei, lily}


async def test_an_answer_is_exported_a_line_each(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.asked()
    await shop.says("包装很用心")
    await shop.says("多进些小码")

    [export] = minisurveys.feature.exports

    def rows(uow: UnitOfWork) -> list[tuple[object, ...]]:
        return [*export.rows(uow, Asked(shop.house.tools.use(Community)))]

    one, two = await shop.do(rows)
    assert len(one) == len(export.columns)
    assert one[1:5] == ("phone:amei", "pos", "A-1", "paid")
    assert one[-3:] == ("surprise", "最大惊喜？", "包装很用心")
    assert two[-3:] == ("improve", "希望改进？", "多进些小码")


async def test_the_page_counts_by_node_with_n_and_says_why_not(shop: Shop) -> None:
    shop.writes(TWO, DELIVERED)
    await shop.joins()
    await shop.orders(delivered_at=shop.now)
    await shop.waits(hours=2)
    await shop.says("包装很用心")
    await shop.waits(days=1)

    page = await shop.page()
    assert "发出 <strong>1</strong>，回答 <strong>1</strong>" in page
    assert "样本不足（n = 1，满 30 才算）" in page
    assert "没问：近期问过她 1。" in page
    assert "包装很用心" in page
    assert "A-1" in page
    assert "没有签收时间" not in page


async def test_the_page_says_when_there_is_nothing(shop: Shop) -> None:
    page = await shop.page()

    assert "还没有 content/minisurveys.toml" in page
    assert "还没有人回答。" in page
    assert "没有轮到的订单。" in page
    shop.writes(TWO)
    await shop.jobs()
    assert "还没有问过。" in await shop.page()


async def test_a_rehearsal_says_who_would_be_asked_and_asks_nobody(shop: Shop) -> None:
    shop.writes(TWO, DELIVERED, USED)
    await shop.joins()
    await shop.joins("lily")
    await shop.orders(delivered_at=shop.now)
    number = await shop.orders("lily")

    page = await shop.page()
    assert "轮到 4 次，会问 <strong>2</strong> 次。" in page
    assert page.count("近期问过她") == 2
    assert number in page
    assert await shop.house.ask("SELECT count(*) FROM letters") == [(0,)]


async def test_a_rehearsal_comes_true(shop: Shop) -> None:
    shop.writes(TWO, DELIVERED, USED)
    await shop.joins()
    await shop.orders(delivered_at=shop.now)
    assert "轮到 3 次，会问 <strong>1</strong> 次。" in await shop.page()
    for _ in range(9):
        await shop.waits(days=1)

    assert [state for _, state, _ in await shop.kept()] == ["asked", "skipped", "skipped"]


async def test_a_rehearsal_may_take_in_what_is_off(shop: Shop) -> None:
    shop.writes(TWO.replace("on = true", "on = false"))
    await shop.joins()
    await shop.orders()

    assert "没有轮到的订单。" in await shop.page()
    assert "会问 <strong>1</strong> 次。" in await shop.page(off="1")


@pytest.mark.parametrize("words", ["安静", "我要投诉你们，东西是坏的"])
async def test_a_rehearsal_knows_who_wants_none_of_it(shop: Shop, words: str) -> None:
    shop.writes(TWO)
    await shop.joins()
    await shop.orders()
    await shop.says(words)

    assert "会问 <strong>0</strong> 次。" in await shop.page()


async def test_a_rehearsal_moves_the_night_to_the_morning(shop: Shop) -> None:
    shop.writes(TWO)
    await shop.joins()
    shop.house.clock.tick(hours=8)
    await shop.orders()

    assert f"{(shop.now + DAY).strftime('%m-%d')} 09:00" in await shop.page()
