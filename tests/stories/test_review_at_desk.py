"""An advisor reads, from her desk, what the detector was not sure of."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.kernel.events import Judged
from bot.kernel.ids import ChannelName
from bot.kernel.work import UnitOfWork
from tests.kit.advisors import Counter, open_counter
from tests.kit.oauth import Person
from tests.kit.visits import WECOM, Opened, Phone, phone

_ROLES = """
[console]
wecom_login = true
[[console.roles]]
role = "advisor"
userids = ["lisi"]
[[console.roles]]
role = "supervisor"
userids = ["chen"]
"""


@asynccontextmanager
async def at_desk(shop: Counter, userid: str) -> AsyncIterator[Phone]:
    port, person = int(shop.url.rpartition(":")[2]), Person(userid=userid)
    async with phone(port, shop.platform, person, agent=WECOM, area="/") as opened:
        yield opened


async def doubts(shop: Counter, words: str) -> None:
    """Let the detector be unsure of a member's words."""
    await shop.writes("amei", "打卡")
    her = await shop.member()

    def tell(uow: UnitOfWork) -> None:
        where, now = ChannelName("simulator"), uow.clock.now()
        uow.publish(
            Judged(
                her, where, "", "amei", words, now, words, 0.3, "complaint", 1, ("像在抱怨",), ""
            )
        )

    await shop.do(tell)


def tab(page: Opened) -> str:
    """Return what the tab says that leads to what waits to be read."""
    [found] = re.findall(r'<a href="/console/review">(.*?)</a>', page.text)
    return re.sub(r"<[^>]*>", "", found)


async def test_a_tab_counts_what_waits_and_leads_to_the_page(tmp_path: Path) -> None:
    async with (
        open_counter(tmp_path, more=_ROLES, public="http://127.0.0.1") as shop,
        at_desk(shop, "lisi") as her,
        at_desk(shop, "chen") as boss,
    ):
        assert tab(await her.open("/desk/")) == "待复核"
        await doubts(shop, "这个有点旧吧")
        page = await her.open("/desk/")
        assert tab(page) == tab(await boss.open("/desk/followups")) == "待复核 1 件等着"
        assert "<title>收件箱" in page.text  # it can wait: neither title nor sound tells of it

        review = await her.open("/console/review")
        told = await her.send(review.form("/console/review/human"))
        assert told.status == 200
        assert tab(await boss.open("/desk/")) == "待复核"
        written = await shop.ask("SELECT who, why FROM audit WHERE what = 'verdicts.human'")
        assert [tuple(row) for row in written] == [("wecom:lisi", "doubt 1")]
