"""A vote from its file to the picture of its result, by chat and by a card, in one whole house."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.commons.content import Pen, Shelf
from bot.commons.media import DiskStore
from bot.features import pictures, polls
from bot.kernel.files import FileStore
from bot.kernel.messages import Card, Image, Tap, UpdateKind
from tests.kit.desk import KNOWN, Desk
from tests.kit.house import HouseUnderTest

MATTER = (
    'title = "明年春天进什么"\noptions = ["新中式", "极简"]\n'
    "closes_at = 2026-08-25T22:00:00+08:00\n"
)
HEAD = 'kind = "interactive"\nstage = "consideration"\n'


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[HouseUnderTest]:
    desk = Desk(tmp_path)
    desk.post("polls/a.md", "选一个。", MATTER, HEAD)
    house = HouseUnderTest(tmp_path, [polls.feature, pictures.feature])
    house.tools.add(Shelf, Shelf(desk.content, desk.schedules, KNOWN))
    house.tools.add(Pen, Pen(desk.content))
    house.tools.add(FileStore, DiskStore(tmp_path / "files"))
    async with house:
        await runs(house, "polls.files")
        yield house


async def runs(built: HouseUnderTest, name: str) -> None:
    """Let the clock run a job."""
    [job] = [job for job in polls.feature.jobs if job.name == name]
    if (before := job.before) is not None:
        await built.house.writer.look(lambda uow: before(uow, built.tools))
    while await built.house.writer.do(lambda uow: job.run(uow, built.tools)):
        pass
    await built.house.engine.settle()


async def test_members_vote_and_see_what_came_of_it(built: HouseUnderTest) -> None:
    await built.hears("amei", "投票")
    card = built.phone.sent[-1].part
    assert isinstance(card, Card)
    assert [choice.text for choice in card.questions[0].choices] == ["新中式", "极简"]

    assert card.submit is not None
    tap = Tap(card.submit.key, card.id, ("1",))
    for _ in range(3):
        await built.hears("amei", "", kind=UpdateKind.TAP, tap=tap)
    assert await built.hears("bea", "投票 新中式") == ["投好了：新中式。截止前都可以改。"]
    assert await built.hears("cleo", "投票 2") == ["投好了：极简。截止前都可以改。"]

    built.clock.tick(hours=35)
    await runs(built, "polls.count")
    (words,) = await built.hears("amei", "投票结果 101")
    await built.house.engine.settle()
    assert "胜出：新中式" in words
    assert "1. 新中式　2 票（67%） 🏆" in words
    picture = built.phone.sent[-1].part
    assert isinstance(picture, Image)
    assert picture.digest
    assert picture.alt == "“明年春天进什么”的投票结果"
