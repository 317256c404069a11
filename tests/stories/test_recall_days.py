"""Two members stay away: one gets a coupon on her phone, the other a call by whom she knows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import cases, members, orders, products
from bot.commons.cases import Ending
from bot.commons.content import Shelf
from bot.commons.orders import Item, Order
from bot.commons.products import Product
from bot.commons.profiles import Ref
from bot.features import followups, recall
from bot.features.recall import service
from bot.kernel.work import UnitOfWork
from tests.features.recall.conftest import COUPONS, OFFERS
from tests.kit.bureau import Bureau, open_bureau
from tests.kit.house import PHONE

[RECALL] = recall.feature.jobs


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_bureau(tmp_path, None, recall.feature, followups.feature) as opened:
        opened.writes("coupons.toml", COUPONS)
        opened.writes("recall.toml", OFFERS)
        opened.writes("posts/wool.md", '+++\nkind = "knowledge"\nstage = "purchase"\n+++\n洗。\n')
        opened.house.tools.use(Shelf).look(opened.house.clock.now())
        yield opened


async def does(bureau: Bureau, what: object) -> None:
    await bureau.house.house.writer.do(what)  # type: ignore[arg-type]  # a use case
    await bureau.settle()


async def buys(bureau: Bureau, who: str, number: str, price_fen: int) -> None:
    def buy(uow: UnitOfWork) -> None:
        products.keep(uow, Product("coat", "大衣", "", "", 90_000, None, None, ""))
        item = Item("coat", "大衣", quantity=2, price_fen=price_fen)
        now = uow.clock.now()
        kept = orders.record(uow, Order("pos", number, Ref("till", who), now, 9, items=[item]))
        her = members.find(uow, PHONE, who)
        assert her is not None
        assert orders.claim(uow, [(kept.id, her)]) == 1

    await does(bureau, buy)


async def complains(bureau: Bureau, number: int) -> None:
    """Let 阿美 complain of how she was served, and 李顾问 see to it."""
    await bureau.says("你们客服态度太差了，我要投诉")

    def sees_to_it(uow: UnitOfWork) -> None:
        cases.assign(uow, number, "lisi", who="bot", why="routed")
        cases.accept(uow, number, "lisi")
        cases.answered(uow, number, "lisi", uow.clock.now())
        cases.resolve(uow, number, who="lisi", code=Ending.SOLVED)
        cases.close(uow, number, who="lisi", code=Ending.SOLVED)

    await does(bureau, sees_to_it)


async def morning(bureau: Bureau) -> None:
    tools, writer = bureau.house.tools, bureau.house.house.writer
    look = RECALL.before
    assert look is not None
    await writer.look(lambda uow: look(uow, tools))
    await does(bureau, lambda uow: RECALL.run(uow, tools))


async def test_each_is_asked_back_in_her_own_way(bureau: Bureau) -> None:
    tools = bureau.house.tools
    await bureau.says("帮助", "lily")
    for number in (1, 2):
        await complains(bureau, number)
        await buys(bureau, "amei", f"a{number}", 90_000)
        await buys(bureau, "lily", f"l{number}", 50_000)
        bureau.house.clock.tick(days=10)
    await does(bureau, lambda uow: service.start(uow, tools, who="lin"))
    bureau.house.clock.at += timedelta(days=49)
    await morning(bureau)
    assert await bureau.house.ask("SELECT 1 FROM recalls") == []

    bureau.house.clock.at += timedelta(days=1)
    heard = len(bureau.phone.texts("amei"))
    for _ in range(2):
        await morning(bureau)
    [told] = [words for words in bureau.phone.texts("lily") if "好久不见" in words]
    assert "送你“满 300 减 50”" in told
    assert len(bureau.phone.texts("amei")) == heard
    async with bureau.at("lisi") as lisi:
        assert "问问朋友好不好。" in await lisi.sees("/desk/followups")
    rows = await bureau.house.ask("SELECT kind, why, advisor FROM followups")
    assert rows == [("call", "recall", "lisi")]
