"""An open page hears what is new, also after its connection broke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from aiohttp import ClientResponse

from tests.kit.bureau import AtDesk, Bureau

WITHIN_S = 5.0


class Line:
    """A connection as a browser holds it."""

    def __init__(self, answer: ClientResponse) -> None:
        self._answer = answer
        self.status = answer.status

    async def mark(self) -> str:
        """Wait for the next event; return its id."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                said = (await self._answer.content.readuntil(b"\n\n")).decode()
                if said.startswith("id: "):
                    return said.partition("\n")[0].removeprefix("id: ")

    async def is_quiet(self) -> bool:
        """Return True when nothing comes for a while."""
        try:
            async with asyncio.timeout(0.4):
                await self.mark()
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def line(lisi: AtDesk, last: str = "", **query: str) -> AsyncIterator[Line]:
    headers = {"Last-Event-ID": last} if last else {}
    address = f"/desk/news?{urlencode(query)}"
    async with lisi.browser.client.get(address, headers=headers) as answer:
        yield Line(answer)


def mark_in(text: str) -> str:
    return text.partition('data-mark="')[2].partition('"')[0]


async def test_a_page_hears_of_each_message(complaint: Bureau, lisi: AtDesk) -> None:
    seen = mark_in(await lisi.sees("/desk/cases/1"))
    async with line(lisi, page="cases", number="1", seen=seen) as news:
        assert await news.is_quiet()
        await complaint.says("还在吗")
        shown = mark_in(await lisi.sees("/desk/cases/1"))
        assert shown != seen
        while await news.mark() != shown:  # written down first, heard a moment later
            pass


async def test_nothing_is_lost_between_the_page_and_the_line(
    complaint: Bureau, lisi: AtDesk
) -> None:
    seen = mark_in(await lisi.sees("/desk/cases/1"))
    await complaint.says("还在吗")
    async with line(lisi, page="cases", number="1", seen=seen) as news:
        assert await news.mark() != seen


async def test_a_line_that_broke_goes_on_where_it_was(complaint: Bureau, lisi: AtDesk) -> None:
    seen = mark_in(await lisi.sees("/desk/cases/1"))
    async with line(lisi, page="cases", number="1", seen=seen) as news:
        await complaint.says("一")
        await news.mark()
    first = mark_in(await lisi.sees("/desk/cases/1"))
    await complaint.says("二")
    async with line(lisi, last=first, page="cases", number="1", seen=seen) as news:
        second = await news.mark()
        assert second not in {first, seen}
    async with line(lisi, last=second, page="cases", number="1", seen=seen) as news:
        assert await news.is_quiet()


async def test_the_inbox_hears_of_a_new_case(complaint: Bureau, lisi: AtDesk) -> None:
    seen = mark_in(await lisi.sees())
    async with line(lisi, page="", number="0", seen=seen) as news:
        await complaint.says("转人工", "beibei")
        assert await news.mark() != seen


async def test_what_became_of_a_reply_is_news(complaint: Bureau, lisi: AtDesk) -> None:
    complaint.phone.slow = asyncio.Event()
    await lisi.does("reply", words="在的")
    text = await lisi.sees("/desk/cases/1")
    assert "正在发" in text
    async with line(lisi, page="cases", number="1", seen=mark_in(text)) as news:
        complaint.phone.slow.set()
        await news.mark()
    await complaint.settle()
    assert "已送达平台" in await lisi.sees("/desk/cases/1")


async def test_a_line_to_nowhere_is_refused(lisi: AtDesk) -> None:
    async with line(lisi, page="nothing") as news:
        assert news.status == 404


async def test_an_open_line_does_not_hold_up_the_end(complaint: Bureau, lisi: AtDesk) -> None:
    async with line(lisi, page="cases", number="1") as news:
        await news.mark()
        async with asyncio.timeout(WITHIN_S):
            await complaint.server.stop()
