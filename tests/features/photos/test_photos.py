"""Pictures for a challenge: taken near 打卡, known again, asked about, never accused."""

import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageEnhance

from bot.channels.simulator import Simulator
from bot.channels.simulator.intake import read_said
from bot.commons.content import Pen, Shelf
from bot.commons.media import DiskStore, likeness
from bot.features import challenges, checkin, help, media, photos  # noqa: A004 - 帮助
from bot.features.challenges import windows
from bot.features.media.rules import MediaSettings
from bot.kernel.clock import ShiftedClock
from bot.kernel.files import FileStore
from bot.kernel.messages import Media
from bot.kernel.work import UnitOfWork
from tests.features.challenges.conftest import FORMS, GIFT, HEAD, WEEK
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest
from tests.kit.rooms import TurnedClock

PHOTO = WEEK.replace("days_needed = 5", "days_needed = 2") + "photo = true\n" + GIFT
ROOMS = (checkin.feature, challenges.feature, photos.feature, media.feature, help.feature)


def picture(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return a picture of light and dark patches, another one for each seed."""
    chance = Random(seed)  # noqa: S311 - a picture
    small = Image.new("L", (9, 8))
    small.putdata([chance.randrange(256) for _ in range(72)])
    return small.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def saved(image: Image.Image, kind: str = "PNG", **how: int) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **how)
    return written.getvalue()


# ── what looks alike ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_is_known_again_however_it_was_saved(seed: int) -> None:
    shape = likeness.shape_in(saved(picture(seed)))
    again = [
        saved(picture(seed).resize((111, 80)), "JPEG", quality=40),
        saved(ImageEnhance.Brightness(picture(seed)).enhance(1.15), "WEBP"),
        saved(picture(seed, (2000, 1500)), "JPEG", quality=70),
    ]
    for content in again:
        assert likeness.most_alike(likeness.shape_in(content), [(7, shape)]) == 7


def test_other_pictures_are_others() -> None:
    shapes = [(seed, likeness.shape_in(saved(picture(seed)))) for seed in range(40)]
    for seed, shape in shapes:
        others = [each for each in shapes if each[0] != seed]
        assert likeness.most_alike(shape, others) is None


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
def test_what_is_no_picture_looks_like_nothing(content: bytes) -> None:
    assert likeness.shape_in(content) == ""


# ── in the house ────────────────────────────────────────────────────────────────────────


class Street:
    """A running house with the simulator as its door, and a challenge that asks for pictures."""

    def __init__(self, built: HouseUnderTest, simulator: Simulator, clock: TurnedClock) -> None:
        self.built = built
        self.simulator = simulator
        self.clock = clock
        self._keys = count(1)

    async def says(self, who: str, text: str, *images: bytes) -> list[str]:
        """Let somebody write and send pictures; return what she reads, then and a little later."""
        before = len(await self._told(who))
        urls = [f"data:image/png;base64,{base64.b64encode(one).decode()}" for one in images]
        body = {"member": who, "text": text, "key": f"s{next(self._keys)}", "images": urls}
        await self.simulator.hear(
            read_said(body, self.simulator.zone), self.built.house.inbox.accept
        )
        await self._settle()
        return (await self._told(who))[before:]

    async def quotes(self, who: str, text: str, ref: str) -> None:
        """Let somebody answer to a message with a picture."""
        update = self.built.update(who, text, channel=self.simulator.name, quoted=(Media(ref),))
        await self.built.house.inbox.accept([update])
        await self._settle()

    async def _settle(self) -> None:
        await self.built.house.engine.settle()
        await self.look()
        await self.built.house.engine.settle()

    async def look(self) -> None:
        [errand] = photos.feature.errands
        await errand.run(self.built.house.writer, self.built.tools)

    async def _told(self, who: str) -> list[str]:
        rows = await self.built.ask(
            "SELECT text FROM simulator_messages"
            f" WHERE member = '{who}' AND sender = 'bot' ORDER BY id"
        )
        return [str(row[0]) for row in rows]

    async def states(self) -> list[str]:
        rows = await self.built.ask("SELECT state FROM challenge_photos ORDER BY id")
        return [str(row[0]) for row in rows]

    async def days(self, who: str = "amei") -> int:
        rows = await self.built.ask(
            "SELECT m.days FROM challenge_members m JOIN identities i ON i.member_id = m.member_id"
            f" WHERE i.identity = '{who}'"
        )
        return int(str(rows[0][0]))

    def runs(self, uow: UnitOfWork) -> None:
        [job] = [job for job in challenges.feature.jobs if job.name == "challenges.files"]
        job.run(uow, self.built.tools)


@asynccontextmanager
async def open_street(folder: Path) -> AsyncIterator[Street]:
    desk, turned = Desk(folder), TurnedClock()
    desk.post("challenges/a.md", "一起晒。", PHOTO, HEAD)
    built = HouseUnderTest(folder, ROOMS, clock=turned)
    built.tools.add(FileStore, DiskStore(folder / "media"))
    built.tools.add(MediaSettings, MediaSettings())
    built.tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN, forms=FORMS))
    built.tools.add(Pen, Pen(desk.content, FORMS))
    simulator = Simulator(
        built.house.writer, ShiftedClock(turned), [], community="拾光衣橱", timezone="Asia/Shanghai"
    )
    built.house.open_doors([built.phone, simulator])
    async with built:
        street = Street(built, simulator, turned)
        await built.house.writer.do(street.runs)
        windows.forget(built.tools)
        yield street


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with open_street(tmp_path) as opened:
        await opened.says("amei", "参加")
        yield opened


async def test_a_picture_after_the_word_counts(street: Street) -> None:
    await street.says("amei", "打卡")
    assert await street.days() == 0
    answer = await street.says("amei", "", saved(picture(1)))
    assert "照片收到了，看一眼就算进" in answer[0]
    assert (await street.days(), await street.states()) == (1, ["kept"])


async def test_a_picture_before_the_word_counts(street: Street) -> None:
    assert "分钟内发“打卡”" in (await street.says("amei", "", saved(picture(1))))[0]
    street.clock.tick(minutes=9)
    await street.says("amei", "打卡")
    assert await street.days() == 1


async def test_a_picture_hours_later_needs_a_word(street: Street) -> None:
    await street.says("amei", "打卡")
    street.clock.tick(hours=3)
    assert "发“照片打卡”" in (await street.says("amei", "", saved(picture(1))))[0]
    assert await street.days() == 0
    assert "这张算今天的" in (await street.says("amei", "照片打卡"))[0]
    assert await street.days() == 1


async def test_word_and_picture_in_one_message_count(street: Street) -> None:
    await street.says("amei", "打卡", saved(picture(1)))
    assert await street.days() == 1


async def test_an_answer_to_a_picture_with_the_word_counts(street: Street) -> None:
    await street.says("amei", "", saved(picture(1)))
    street.clock.tick(hours=3)
    await street.quotes("amei", "打卡", "simulator:image:1")
    assert (await street.days(), await street.states()) == (1, ["kept", "kept"])


async def test_the_same_picture_is_asked_about_and_hers_if_she_says_so(street: Street) -> None:
    await street.says("amei", "打卡", saved(picture(1)))
    street.clock.tick(days=1)
    told = await street.says("amei", "打卡", saved(picture(1).resize((200, 150)), "JPEG"))
    assert any("很像" in words and "8 月 24 日的那张" in words for words in told)
    assert (await street.days(), await street.states()) == (1, ["kept", "asked"])
    assert "就用这张" in (await street.says("amei", "照片没错"))[0]
    assert (await street.days(), await street.states()) == (2, ["kept", "confirmed"])
    assert "没有等着确认的照片" in (await street.says("amei", "照片没错"))[0]


async def test_another_picture_takes_its_place(street: Street) -> None:
    await street.says("amei", "打卡", saved(picture(1)))
    street.clock.tick(days=1)
    await street.says("amei", "打卡", saved(picture(1)))
    await street.says("amei", "", saved(picture(2)))
    assert (await street.days(), await street.states()) == (2, ["kept", "asked", "kept"])


async def test_whose_the_other_picture_is_nobody_is_told(street: Street) -> None:
    await street.says("bea", "参加")
    await street.says("amei", "打卡", saved(picture(1)))
    told = await street.says("bea", "打卡", saved(picture(1)))
    assert any("以前收到的一张" in words for words in told)
    assert "amei" not in str(told)


async def test_who_takes_no_part_is_answered_as_always(street: Street) -> None:
    told = await street.says("bea", "", saved(picture(1)))
    assert "照片收到了" not in str(told)
    assert await street.states() == []


async def test_what_is_no_picture_is_said(street: Street) -> None:
    told = await street.says("amei", "打卡", b"\x89PNG\r\n\x1a\n" + b"x" * 99)
    assert any("没能打开" in words for words in told)
    assert (await street.days(), await street.states()) == (0, ["failed"])


async def test_an_operator_decides_about_a_picture_that_was_asked_about(street: Street) -> None:
    await street.says("amei", "打卡", saved(picture(1)))
    street.clock.tick(days=1)
    await street.says("amei", "打卡", saved(picture(1)))
    await street.says("amei", "照片没错")
    [page] = photos.feature.pages
    tools = street.built.tools

    shown = await street.built.house.writer.look(lambda uow: page.load(uow, tools, {}))
    words = street.built.words(page.template, csrf_field="", **shown)
    assert "她说没错，算数" in words
    act = page.actions["judge"]
    form = {"photo": "2", "good": "0"}
    await street.built.house.writer.do(lambda uow: act(uow, tools, form, "lin"))
    assert (await street.days(), await street.states()) == (1, ["kept", "refused"])
    assert await street.built.ask("SELECT who, what FROM audit") == [("lin", "photos.judged")]
