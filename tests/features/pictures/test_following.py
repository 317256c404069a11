"""A picture follows the answer: drawn beside the writer, sent once, gone with whom it shows."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from typing_extensions import override

from bot.commons import media as kept_media
from bot.commons import members, pictures
from bot.features import checkin, media
from bot.features import pictures as room
from bot.features.media.rules import SWEEP
from bot.features.pictures.jobs import jobs
from bot.features.privacy import service as privacy
from bot.kernel import crash
from bot.kernel.abilities import Errands
from bot.kernel.capability import Capability
from bot.kernel.files import FileStore, Intake
from bot.kernel.ids import GroupId, MemberId
from bot.kernel.messages import Image, Link, Outgoing, Text
from bot.kernel.ports import Group, Groups
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.house import MakeEngine
from bot.pipeline.personal import personal as pipeline_personal
from bot.storage.db import Database
from tests.kit.house import CAPABILITY, PHONE, HouseUnderTest, Phone
from tests.kit.rooms import TurnedClock
from tests.kit.workshop import QUICK

REGISTRY = PersonalRegistry(
    (*members.personal, *kept_media.personal, *pictures.personal, *pipeline_personal)
)
POSTER = pictures.StreakPoster("拾光衣橱", 100, date(2026, 8, 24), "一百天", "阿梅")


class WatchedStore(kept_media.DiskStore):
    """Counts what is put into it, and lets something happen just then."""

    taken = 0
    meanwhile: Callable[[], Awaitable[None]] | None = None

    @override
    @asynccontextmanager
    async def receive(self) -> AsyncIterator[Intake]:
        self.taken += 1
        async with super().receive() as intake:
            yield intake
        if self.meanwhile is not None:
            await self.meanwhile()


@dataclass
class Stage:
    """A house with the room that draws, and the chat in which its pictures arrive."""

    folder: Path
    url: str = ""
    clock: TurnedClock = field(default_factory=TurnedClock)
    phone: Phone = field(default_factory=Phone)

    def __post_init__(self) -> None:
        self.store = WatchedStore(self.folder / "media")

    @asynccontextmanager
    async def house(self, capability: Capability = CAPABILITY) -> AsyncIterator[HouseUnderTest]:
        self.phone.capability = capability
        engine: MakeEngine = EmbeddedEngine
        if self.url:
            engine = ProcrastinateEngine.on(Database(self.url), QUICK)
        rooms = [checkin.feature, room.feature, media.feature]
        built = HouseUnderTest(
            self.folder, rooms, self.phone, url=self.url, make_engine=engine, clock=self.clock
        )
        built.tools.add(FileStore, self.store)
        async with built:
            await built.house.engine.settle()
            yield built

    @property
    def files(self) -> list[str]:
        """The names of all files in the store."""
        found = (self.folder / "media").rglob("*")
        return sorted(file.name for file in found if file.is_file())

    @property
    def images(self) -> list[Outgoing]:
        """The pictures that have arrived."""
        return [one for one in self.phone.sent if isinstance(one.part, Image)]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stage_on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    url = request.getfixturevalue("postgres") if request.param == "postgres" else ""
    return Stage(tmp_path, url)


async def member_of(built: HouseUnderTest, who: str) -> MemberId:
    return await built.house.writer.do(
        lambda uow: members.resolve(uow, PHONE, who, built.clock.now())
    )


async def ask(
    built: HouseUnderTest,
    drawing: pictures.Drawing = POSTER,
    *,
    who: str = "amei",
    key: str = "k1",
    people: Sequence[str] = ("amei",),
    page: str = "",
    settle: bool = True,
) -> bool:
    shown = [await member_of(built, name) for name in people]
    coming = await built.house.writer.do(
        lambda uow: pictures.soon(
            uow,
            built.tools,
            drawing,
            pictures.To(PHONE, who),
            key=key,
            alt="海报",
            why="test",
            people=shown,
            page=page,
        )
    )
    if settle:
        await built.house.engine.settle()
    return coming


async def erase(built: HouseUnderTest, who: str) -> None:
    member = await member_of(built, who)
    await built.house.writer.do(lambda uow: privacy.erase(uow, REGISTRY, member))
    await built.house.engine.settle()


async def errand(built: HouseUnderTest, name: str) -> None:
    await built.house.writer.do(lambda uow: built.tools.use(Errands).soon(uow, name))
    await built.house.engine.settle()


def digest(drawing: pictures.Drawing = POSTER) -> str:
    return hashlib.sha256(pictures.draw(drawing)).hexdigest()


async def test_a_picture_follows_and_is_in_the_store(stage_on_both: Stage) -> None:
    stage = stage_on_both
    async with stage.house() as built:
        assert await ask(built)
        (sent,) = stage.images

        assert sent.part == Image(digest=digest(), alt="海报")
        assert (sent.recipient, sent.key, sent.why) == ("amei", "picture:k1", "test")
        assert stage.files == [digest()]
        assert await built.ask("SELECT status, tries FROM pictures") == [("sent", 1)]


async def test_the_words_come_first_and_the_month_after_them(stage: Stage) -> None:
    async with stage.house() as built:
        await built.hears("amei", "打卡")
        (words,) = await built.hears("amei", "我的打卡")

        *_, text, image = stage.phone.sent
        assert isinstance(text.part, Text)
        assert text.part.text == words
        assert isinstance(image.part, Image)
        assert image.part.alt == "2026 年 8 月打卡日历"


async def test_in_a_group_nothing_is_drawn(stage: Stage) -> None:
    async with stage.house() as built:
        await built.hears("amei", "我的打卡", group="vip-1", conversation="phone:vip-1")

        assert await built.ask("SELECT count(*) FROM pictures") == [(0,)]


async def test_the_same_key_is_one_picture(stage_on_both: Stage) -> None:
    async with stage_on_both.house() as built:
        for _ in range(3):
            await ask(built)

        assert len(stage_on_both.images) == 1


async def test_the_same_picture_for_many_is_drawn_once(stage: Stage) -> None:
    async with stage.house() as built:
        for number in range(5):
            await ask(built, who=f"m{number}", key=f"k{number}", people=())

        assert len(stage.images) == 5
        assert {one.part for one in stage.images} == {Image(digest=digest(), alt="海报")}
    assert stage.store.taken == 1


@pytest.mark.parametrize("at", ["pictures.drawn", "media.placed", "pictures.kept", "pictures.sent"])
async def test_a_death_anywhere_means_drawn_again_and_sent_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    deaths = [at]

    def die(step: str) -> None:
        if deaths and step == deaths[0]:
            deaths.clear()
            raise RuntimeError("killed")

    monkeypatch.setattr(crash, "step", die)
    async with stage.house() as built:
        await ask(built)
    async with stage.house() as built:
        stage.clock.tick(seconds=31)
        await errand(built, pictures.DRAW)

        assert deaths == []
        assert len(stage.images) == 1
        assert stage.files == [digest()]


async def test_erased_between_asking_and_sending_nothing_comes_and_nothing_stays(
    stage: Stage,
) -> None:
    async with stage.house() as built:
        member = await member_of(built, "amei")

        async def leave() -> None:
            await built.house.writer.do(lambda uow: privacy.erase(uow, REGISTRY, member))

        stage.store.meanwhile = leave
        await ask(built)
        assert stage.store.taken == 1
        await errand(built, SWEEP)

        assert stage.images == []
        assert stage.files == []
        assert await built.ask("SELECT count(*) FROM pictures") == [(0,)]


async def test_a_picture_leaves_with_each_of_those_it_shows(stage_on_both: Stage) -> None:
    stage = stage_on_both
    async with stage.house() as built:
        await ask(built, who="chat", people=("amei", "lily"))
        shared = replace(POSTER, name="")
        await ask(built, shared, who="lily", key="k2", people=("lily",))
        await ask(built, shared, who="nana", key="k3", people=("nana",))
        await erase(built, "lily")

        assert stage.files == [digest(shared)]  # nana's is the same
        assert await built.ask("SELECT key FROM pictures") == [("k3",)]
        await erase(built, "nana")
        assert stage.files == []
        assert await built.ask("SELECT count(*) FROM media_files") == [(0,)]


async def test_who_turns_out_to_be_one_is_in_all_her_pictures_and_apart_again_in_her_own(
    stage_on_both: Stage,
) -> None:
    async with stage_on_both.house() as built:
        await ask(built, people=("amei", "lily"))
        await ask(built, who="lily", key="k2", people=("lily",))
        amei, lily = [await member_of(built, name) for name in ("amei", "lily")]
        people = "SELECT picture_id, member_id FROM picture_people ORDER BY picture_id, member_id"
        before = await built.ask(people)
        how = members.How.OPERATOR
        merge = await built.house.writer.do(
            lambda uow: members.merge(uow, REGISTRY, amei, lily, how=how, who="lisi", why="x")
        )
        assert [member for _, member in await built.ask(people)] == [merge.stayed] * 2

        await built.house.writer.do(
            lambda uow: members.undo(uow, REGISTRY, merge.id, who="lisi", why="x")
        )
        assert await built.ask(people) == before


async def test_an_export_lists_what_shows_her(stage: Stage) -> None:
    async with stage.house() as built:
        await ask(built)
        await ask(built, who="nana", key="k2", people=("nana",))
        member = await member_of(built, "amei")
        records = await built.house.writer.look(
            lambda uow: [one for data in pictures.personal for one in data.export(uow, member)]
        )

    assert records == [
        {
            "at": "2026-08-24T04:00:00+00:00",
            "shows": "海报",
            "status": "sent",
            "sha256": digest(),
        }
    ]


async def test_pictures_are_forgotten_with_their_files_after_their_days(stage: Stage) -> None:
    async with stage.house() as built:
        await ask(built)
        stage.clock.tick(days=29)
        await ask(built, replace(POSTER, days=129), key="k2")
        stage.clock.tick(days=2)
        await built.house.writer.do(lambda uow: jobs[0].run(uow, built.tools))
        await errand(built, SWEEP)

        assert stage.files == [digest(replace(POSTER, days=129))]
        assert await built.ask("SELECT key FROM pictures") == [("k2",)]


async def test_what_cannot_be_drawn_is_tried_three_times_then_the_page_is_linked(
    stage: Stage,
) -> None:
    sheet = pictures.QrSheet("拾光衣橱", "茶会", "x" * 5000)
    async with stage.house() as built:
        assert await ask(built, sheet, page="checkin/mine")
        for _ in range(3):
            stage.clock.tick(seconds=31)
            await errand(built, pictures.DRAW)

        (sent,) = stage.phone.sent
        assert isinstance(sent.part, Link)
        assert sent.part.title == "海报"
        assert sent.part.url.startswith("https://bot.example/m/checkin/mine/")
        assert await built.ask("SELECT status, tries FROM pictures") == [("failed", 3)]
        assert await built.house.writer.look(pictures.count_failed) == 1


@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_group_gets_its_picture_by_whatever_way_leads_there(
    stage: Stage, *, by_hand: bool
) -> None:
    group = Group(GroupId("vip-1"), "穿搭一群", PHONE, "chat-1", owner="lisi")
    door = replace(CAPABILITY, needs_human_confirm=by_hand)
    async with stage.house(door) as built:
        built.tools.add(Groups, Groups.of([group]))
        to = pictures.To.group_of(group)
        await built.house.writer.do(
            lambda uow: pictures.soon(
                uow, built.tools, POSTER, to, key="k1", alt="海报", why="test"
            )
        )
        await built.house.engine.settle()
        drafted = await built.ask(
            "SELECT t.chat, m.body FROM mass_targets t JOIN mass_matters m ON m.digest = t.digest"
        )

    if by_hand:
        assert stage.phone.sent == []
        [(chat, body)] = drafted
        assert chat == "chat-1"
        assert digest() in str(body)
    else:
        (sent,) = stage.images
        assert (sent.recipient, sent.to_group, sent.key) == ("chat-1", True, "picture:k1")
        assert drafted == []


async def test_what_another_version_wrote_holds_nobody_up(stage: Stage) -> None:
    async with stage.house() as built:
        odd = Statement("UPDATE pictures SET drawing = :words, status = 'waiting' WHERE key = 'k1'")
        await ask(built)
        await built.house.writer.do(lambda uow: uow.run(odd, words='{"kind":"hologram"}'))
        stage.clock.tick(seconds=31)
        await ask(built, replace(POSTER, days=7), key="k2")

        assert [one.key for one in stage.images] == ["picture:k1", "picture:k2"]
        states = "SELECT key, status FROM pictures ORDER BY key"
        assert await built.ask(states) == [("k1", "failed"), ("k2", "sent")]


async def test_a_door_without_pictures_gets_the_link_at_once(stage: Stage) -> None:
    async with stage.house(replace(CAPABILITY, images=False)) as built:
        assert not await ask(built, page="checkin/mine")
        (sent,) = stage.phone.sent

        assert isinstance(sent.part, Link)
        assert await built.ask("SELECT count(*) FROM pictures") == [(0,)]


async def test_where_answers_travel_together_nothing_follows(stage: Stage) -> None:
    door = replace(CAPABILITY, can_push=False, together=True)
    async with stage.house(door) as built:
        assert not await ask(built, page="checkin/mine")

        assert stage.phone.sent == []


async def test_a_full_disk_leaves_the_picture_for_later(stage: Stage) -> None:
    blocked = stage.folder / "media"
    blocked.write_text("no folder")
    async with stage.house() as built:
        await ask(built)
        assert stage.images == []
        blocked.unlink()
        stage.clock.tick(seconds=31)
        await errand(built, pictures.DRAW)

        assert len(stage.images) == 1
