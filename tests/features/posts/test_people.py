"""Schedules for people: who is meant is looked up when it is sent; each is written to alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import mailings, members, outreach, salutations
from bot.commons.content import check
from bot.commons.outreach import Hushed
from bot.commons.vetting import WordsTable
from bot.kernel.ids import MemberId
from bot.kernel.ports import LastHeard
from bot.kernel.work import UnitOfWork
from tests.features.posts.conftest import MORNING, PostHouse
from tests.kit.desk import KNOWN, NOW, Desk
from tests.kit.house import PHONE

FOR_TAG = """
[[schedule]]
name = "commute"
cron = "30 8 * * *"
late_at_most_s = 1800
content = "posts"
audience = ["tag:通勤"]
"""


@pytest.fixture
def files(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.schedule(FOR_TAG)
    desk.post("posts/a.md", "风大，带条围巾")
    desk.post("posts/b.md", "今天有雨")
    return desk


@pytest.fixture
async def house(tmp_path: Path, files: Desk) -> AsyncIterator[PostHouse]:
    built = PostHouse(tmp_path, files)
    built.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
    async with built:
        await built.tick()
        yield built


async def has(house: PostHouse, *people: str, tag: str = "通勤") -> list[MemberId]:
    """Let members be there, and have a tag."""

    def add(uow: UnitOfWork) -> list[MemberId]:
        found = [members.resolve(uow, PHONE, who, house.clock.now()) for who in people]
        for member in found:
            members.tag(uow, member, tag, who="lin")
        return found

    return await house.house.writer.do(add)


async def after(house: PostHouse, days: int = 0) -> None:
    """Let it be half past eight of a day, and all go out."""
    for _ in range(4):
        await house.tick(MORNING + timedelta(days=days))


async def test_each_of_them_has_it_once_and_nobody_else(house: PostHouse) -> None:
    await has(house, "amei", "lily")
    await has(house, "nana", tag="新")
    await after(house)
    assert [house.seen(who) for who in ("amei", "lily", "nana")] == [["风大，带条围巾"]] * 2 + [[]]
    assert house.seen("vip-1") == []
    await after(house, days=1)
    assert house.seen("amei") == ["风大，带条围巾", "今天有雨"]
    assert [row[:2] for row in await house.fires()] == [("tag:通勤", "planned")] * 2


async def test_each_reads_what_she_wants_to_be_called_and_a_group_everybody(
    house: PostHouse, files: Desk
) -> None:
    files.post("posts/a.md", "{{ called }}，风大")
    for_all = FOR_TAG.replace("commute", "all").replace("tag:通勤", "group:vip-1")
    files.schedule(FOR_TAG + for_all)
    await house.tick()
    [amei, _] = await has(house, "amei", "lily")

    def agrees(uow: UnitOfWork) -> None:
        salutations.propose(uow, amei, "小满妈妈", WordsTable())
        salutations.agree(uow, amei)

    await house.house.writer.do(agrees)
    await after(house)

    assert house.seen("amei") == ["小满妈妈，风大"]
    assert house.seen("lily") == ["你好，风大"]
    assert house.seen("vip-1") == ["大家好，风大"]


async def test_who_is_meant_is_looked_up_when_it_is_sent(house: PostHouse) -> None:
    [amei, _] = await has(house, "amei", "lily")
    await house.house.writer.do(lambda uow: members.untag(uow, amei, "通勤", who="lin"))
    await has(house, "nana")
    await after(house)
    assert [house.seen(who) for who in ("amei", "lily", "nana")] == [
        [],
        ["风大，带条围巾"],
        ["风大，带条围巾"],
    ]


async def test_a_phone_that_a_schedule_names_is_not_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.schedule(FOR_TAG.replace("tag:通勤", "member:phone:13800138000"))
    desk.post("posts/a.md", "风大，带条围巾")
    async with PostHouse(tmp_path, desk) as house:
        await house.tick()
        await after(house)
        assert [row[:2] for row in await house.fires()] == [("member", "planned")]
        assert await house.ask("SELECT audience FROM mailings") == [("[]",)]


async def test_who_wants_no_offers_has_none_and_nobody_has_to_call_her(house: PostHouse) -> None:
    [amei, lily, _] = await has(house, "amei", "lily", "nana")

    def hush(uow: UnitOfWork) -> None:
        outreach.hush(uow, amei, Hushed.OFFERS)
        outreach.hush(uow, lily, Hushed.QUIET)
        members.add(uow, house.clock.now())  # nobody's phone: no door leads to her
        members.tag(uow, MemberId(4), "通勤", who="lin")

    await house.house.writer.do(hush)
    await after(house)
    assert [house.seen(who) for who in ("amei", "lily", "nana")] == [[], [], ["风大，带条围巾"]]
    [(key,)] = await house.ask("SELECT key FROM mailings")
    one = await house.house.writer.look(lambda uow: mailings.of_key(uow, str(key)))
    assert one is not None
    assert (one.told, one.hushed, one.no_way, one.done_at is not None) == (1, 2, 1, True)
    assert await house.house.writer.look(lambda uow: list(outreach.unreached(uow, most=9))) == []
    assert "发到 1 人，不想收 2 人，现在没有渠道 1 人" in await page(house)


async def page(house: PostHouse) -> str:
    """Return what an operator sees."""
    [shown] = [page for room in house.house.features for page in room.pages if page.name == "posts"]
    data = await house.house.writer.look(lambda uow: shown.load(uow, house.tools, {}))
    return house.words(shown.template, csrf_field="", **data)


async def test_many_people_have_it_in_bites_and_a_late_rest_has_none(house: PostHouse) -> None:
    await has(house, *(f"m{number}" for number in range(mailings.BITE * 2 + 1)))
    await after(house)
    assert all(house.seen(f"m{number}") for number in range(mailings.BITE * 2 + 1))
    await house.house.writer.do(
        lambda uow: mailings.begin(
            uow, "old", "旧", ["tag:通勤"], (), until=house.clock.now() - timedelta(seconds=1)
        )
    )
    await house.tick()
    one = await house.house.writer.look(lambda uow: mailings.of_key(uow, "old"))
    assert one is not None
    assert (one.told, one.done_at is not None) == (0, True)


def test_words_about_a_group_are_a_mistake_where_people_read_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.schedule(FOR_TAG)
    desk.post("posts/a.md", "你好，{{ group }}")
    found = check(desk.content, desk.schedules, KNOWN, now=NOW)
    assert "undefined-variable" in [problem.rule for problem in found]
