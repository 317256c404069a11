"""A submission through the whole house: pictures from the simulator, a restart, a verdict."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.channels.simulator import Simulator
from bot.channels.simulator.intake import read_said
from bot.commons import submissions
from bot.commons.content import Pen, Shelf
from bot.commons.media import DiskStore
from bot.commons.submissions import State, Verdict, View
from bot.features import help as help_room
from bot.features import media, ugc
from bot.features.media.rules import SWEEP, MediaSettings
from bot.features.ugc.arriving import LOOK
from bot.features.ugc.jobs import jobs
from bot.features.ugc.rules import UgcSettings
from bot.kernel.abilities import Errands
from bot.kernel.clock import ShiftedClock
from bot.kernel.files import FileStore
from bot.kernel.work import UnitOfWork
from tests.features.ugc.conftest import photo
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest
from tests.kit.rooms import TurnedClock

ROOMS = [ugc.feature, media.feature, help_room.feature]


class Shop:
    """Houses that come and go on one database and one disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = TurnedClock()
        self.desk = Desk(folder)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Shop"]:
        """Open the house."""
        built = HouseUnderTest(self.folder, ROOMS, clock=self.clock)
        built.tools.add(FileStore, DiskStore(self.folder / "media"))
        built.tools.add(MediaSettings, MediaSettings())
        built.tools.add(UgcSettings, UgcSettings())
        built.tools.add(Shelf, Shelf(self.desk.content, self.desk.schedules, KNOWN))
        built.tools.add(Pen, Pen(self.desk.content))
        clock = ShiftedClock(self.clock)
        self.simulator = Simulator(
            built.house.writer, clock, [], community="拾光衣橱", timezone="Asia/Shanghai"
        )
        built.house.open_doors([built.phone, self.simulator])
        self.built = built
        async with built:
            yield self

    async def hears(self, text: str, *images: bytes) -> list[str]:
        """Let 阿美 write to the bot in the simulator; return what she reads."""
        urls = [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in images]
        before = len(await self.reads())
        said = read_said({"member": "amei", "text": text, "images": urls}, self.simulator.zone)
        await self.simulator.hear(said, self.built.house.inbox.accept)
        await self.built.house.engine.settle()
        return (await self.reads())[before:]

    async def reads(self) -> list[str]:
        """Return everything that the bot has said to her."""
        rows = await self.built.ask(
            "SELECT text FROM simulator_messages WHERE sender = 'bot' ORDER BY id"
        )
        return [str(text) for (text,) in rows]

    async def sends_for(self, *errands: str) -> None:
        """Send somebody on errands, one after another."""
        for name in errands:
            self.clock.tick(seconds=3)
            await self.built.house.writer.do(lambda uow: self._soon(uow, name))  # noqa: B023 - awaited here
            await self.built.house.engine.settle()

    def _soon(self, uow: UnitOfWork, name: str) -> None:
        self.built.tools.use(Errands).soon(uow, name)

    async def waits(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.clock.tick(**how_long)
        for job in jobs:
            await self.built.house.writer.do(lambda uow: job.run(uow, self.built.tools))  # noqa: B023 - awaited here
        await self.built.house.engine.settle()

    async def one(self) -> View:
        found = await self.built.house.writer.look(lambda uow: submissions.one(uow, 1))
        assert found is not None
        return found


async def test_a_submission_from_the_first_word_to_the_letter(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    async with shop.open():
        assert (await shop.hears("投稿"))[0].startswith("开始投稿")
        assert "0 个字、2 张图" in (await shop.hears("", photo(1), photo(2)))[0]
        assert "投稿 · " in (await shop.hears("帮助"))[0]  # a command stays a command
    async with shop.open():  # what was begun outlives a restart
        assert "6 个字、2 张图" in (await shop.hears("驼色配灰围巾"))[0]
        await shop.sends_for(LOOK)
        (done,) = await shop.hears("完成")
        assert "投稿 1 收到了" in done
        assert len((await shop.one()).pictures) == 2
        assert (await shop.hears("公开投稿 1 昵称"))[0].startswith("记下了：投稿 1")

        verdict = Verdict("lin", accepted=True)
        after = timedelta(seconds=120)
        await shop.built.house.writer.do(
            lambda uow: submissions.decide(uow, [1], verdict, told_after=after)
        )
        await shop.waits(minutes=3)
        assert (await shop.reads())[-1] == "你的投稿 1 采用了，谢谢你！"
        assert (await shop.one()).state is State.ACCEPTED


async def test_words_and_pictures_come_in_one_message(tmp_path: Path) -> None:
    async with Shop(tmp_path).open() as shop:
        (taken,) = await shop.hears("投稿 围巾的三种系法", photo(1))
        assert "7 个字、1 张图" in taken
        await shop.sends_for(LOOK)
        assert "投稿 1 收到了" in (await shop.hears("完成"))[0]
        assert [one.state.value for one in (await shop.one()).all_pictures] == ["kept"]


async def test_a_picture_that_can_not_be_taken_is_said(tmp_path: Path) -> None:
    async with Shop(tmp_path).open() as shop:
        await shop.hears("投稿 大衣")
        await shop.hears("", photo(1)[:3000])
        await shop.sends_for(LOOK)
        assert "这张图打不开，可能没传完，请再发一次。其他内容都在。" in await shop.reads()


async def test_withdrawn_the_disk_forgets(tmp_path: Path) -> None:
    async with Shop(tmp_path).open() as shop:
        await shop.hears("投稿 大衣", photo(1))
        await shop.sends_for(LOOK)
        await shop.hears("完成")
        kept = [file for file in (tmp_path / "media").rglob("*") if file.is_file()]
        assert len(kept) == 2  # hers, and the copy
        assert (await shop.hears("撤回投稿 1"))[0].startswith("投稿 1 撤回了")
        await shop.sends_for(SWEEP)
        assert [file for file in (tmp_path / "media").rglob("*") if file.is_file()] == []


async def test_nobody_who_writes_nothing_of_a_submission_is_disturbed(tmp_path: Path) -> None:
    async with Shop(tmp_path).open() as shop:
        assert "没看懂" in (await shop.hears("今天真冷"))[0]
        assert len(await shop.hears("", photo(1))) == 1  # 帮助 answers: it can't see pictures
        assert await shop.built.ask("SELECT COUNT(*) FROM submissions") == [(0,)]
