"""What a platform only hints at is fetched to its end, each once, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from typing_extensions import override

from bot.channels.wecom.kefu import KEFU
from bot.commons.notices import Notices
from bot.kernel import crash
from bot.kernel.errors import Undeliverable
from bot.kernel.events import MediaArrived
from bot.kernel.feature import Feature
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Outgoing, Text
from bot.kernel.ports import Fetcher, Page
from bot.kernel.router import Router
from bot.kernel.work import Context, Statement, Toolbox, UnitOfWork
from bot.pipeline.alarm import Alarm
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.fetching import MOST_IDLE_PAGES, Fetching
from bot.pipeline.house import MakeEngine
from bot.pipeline.render import Renderer
from bot.storage.db import Database
from bot.storage.writer import Writer
from tests.kit.house import PHONE, HouseUnderTest, Phone
from tests.kit.kefu import WK, WK2, FakeKefu, kefu
from tests.kit.platforms import Fault
from tests.kit.rooms import Store, TurnedClock
from tests.kit.workshop import QUICK

router = Router()
tries = count()


@router.otherwise
def report(ctx: Context) -> None:
    """Tell the phone each time that a message is handled, under a key of its own."""
    key = f"heard:{next(tries)}"
    ctx.uow.send(Outgoing(PHONE, str(ctx.update.sender), Text(ctx.update.text), key))


REPORT = Feature("help", router)


class Stage:
    """A platform, its clock, and houses that come and go on one database."""

    def __init__(self, folder: Path, platform: FakeKefu, clock: TurnedClock, url: str = "") -> None:
        self.folder, self.platform, self.clock, self.url = folder, platform, clock, url
        self.phone = Phone()

    @asynccontextmanager
    async def house(self, *books: str) -> AsyncIterator[HouseUnderTest]:
        door = kefu(self.platform, self.clock, self.folder, books=books or (WK,))
        engine: MakeEngine = EmbeddedEngine
        if self.url:
            engine = ProcrastinateEngine.on(Database(self.url), QUICK)
        async with HouseUnderTest(
            self.folder,
            [REPORT],
            self.phone,
            url=self.url,
            make_engine=engine,
            clock=self.clock,
            doors=[door],
        ) as built:
            yield built

    async def hint(self, built: HouseUnderTest, book: str = WK) -> None:
        """Let a callback come."""
        token = self.platform.hint(book).partition("<Token><![CDATA[")[2].partition("]")[0]
        await built.house.fetching.poke(KEFU, {book: token})
        await built.house.engine.settle()

    def heard(self, who: str) -> list[str]:
        return self.phone.texts(who)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = TurnedClock()
    async with FakeKefu(now=lambda: clock.now().timestamp()) as platform:
        yield Stage(tmp_path, platform, clock)


def burst(platform: FakeKefu, people: int = 10, each: int = 50) -> dict[str, list[str]]:
    """Let people write all at once; return what each wrote, in order."""
    wrote: dict[str, list[str]] = {f"wm{one}": [] for one in range(people)}
    for number in range(each):
        for who, words in wrote.items():
            words.append(f"{who} {number}")
            platform.hears(who, words[-1])
    platform.page = people * each // 3 + 1
    return wrote


async def test_a_burst_in_three_pages_is_handled_once_and_in_order(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        wrote = burst(stage.platform)
        before = len(stage.platform.called("kf/sync_msg"))
        await stage.hint(built)

        assert {who: stage.heard(who) for who in wrote} == wrote
        calls = stage.platform.called("kf/sync_msg")[before:]
        assert len(calls) == 3
        assert all("token" in call for call in calls)


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize(
    "step", ["fetch.asked", "fetch.written", "fetch.recorded", "inbox.written", "inbox.handling"]
)
async def test_a_death_at_any_step_loses_nothing_and_doubles_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    wrote = burst(stage.platform, people=5, each=30)
    left = times

    def dies(name: str) -> None:
        nonlocal left
        left -= name == step
        if name == step and left <= 0:
            raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(crash, "step", dies)
        async with stage.house() as built:
            await built.house.engine.settle()
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.clock.tick(seconds=30)  # an update that failed waits a little
        await built.house.engine.settle()
        keys = await built.ask("SELECT count(*), count(DISTINCT key) FROM inbox")

    assert keys == [(150, 150)]
    assert {who: stage.heard(who) for who in wrote} == wrote


async def test_operators_hear_of_a_page_that_can_not_be_written_and_nothing_is_lost(
    stage: Stage,
) -> None:
    broken = [True]

    def note(_uow: UnitOfWork, _arrived: MediaArrived, _tools: Toolbox) -> None:
        if broken:
            raise ValueError("a bug of a room")

    room = Feature("help", router, listeners={MediaArrived: [note]})
    door = kefu(stage.platform, stage.clock, stage.folder)
    async with HouseUnderTest(
        stage.folder, [room], stage.phone, clock=stage.clock, doors=[door]
    ) as built:
        stage.platform.hears("wm1", "", WK, msgtype="image", image={"media_id": "m"})
        stage.platform.hears("wm1", "在吗")
        for _ in range(8):
            stage.clock.tick(seconds=301)
            await built.house.engine.settle()
        assert stage.heard("wm1") == []
        assert await built.ask("SELECT count(*) FROM notices") == [(1,)]
        broken.clear()
        stage.clock.tick(seconds=301)
        await built.house.engine.settle()

        assert stage.heard("wm1") == ["在吗"]


async def test_a_hint_that_could_not_be_written_down_is_refused(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(name: str) -> None:
        if name == "fetch.poked":
            raise RuntimeError("died")

    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.hears("wm1", "在吗")
        with monkeypatch.context() as patch:
            patch.setattr(crash, "step", dies)
            with pytest.raises(RuntimeError, match="died"):
                await built.house.fetching.poke(KEFU, {WK: ""})
        assert await built.ask("SELECT hints FROM fetches") == [(0,)]
        await stage.hint(built)

    assert stage.heard("wm1") == ["在吗"]


async def test_what_happened_while_we_were_away_is_found_at_the_start(stage: Stage) -> None:
    stage.platform.hears("wm1", "在吗")
    async with stage.house() as built:
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]


async def test_a_lost_callback_is_found_by_the_poll(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.hears("wm1", "在吗")
        await built.house.engine.settle()
        assert stage.heard("wm1") == []
        stage.clock.tick(seconds=61)
        await built.house.engine.settle()

        assert stage.heard("wm1") == ["在吗"]
        assert "token" not in stage.platform.called("kf/sync_msg")[-1]


@pytest.mark.parametrize("moves", [False, True])
async def test_more_without_progress_ends(stage: Stage, *, moves: bool) -> None:
    stage.platform.hears("wm1", "在吗")
    stage.platform.says_more, stage.platform.moves_cursor = True, moves
    stage.platform.tokenless_per_minute = 10_000
    async with stage.house() as built:
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]
    assert len(stage.platform.called("kf/sync_msg")) <= MOST_IDLE_PAGES + 1


async def test_an_empty_page_with_more_behind_it_is_not_the_end(stage: Stage) -> None:
    old = stage.clock.now().timestamp() - 4 * 86_400
    stage.platform.page = 1
    for number in range(3):
        stage.platform.hears("wm1", f"{number}")
    async with stage.house() as built:
        stage.platform.hears("wm1", "later", send_time=int(old))  # never listed
        stage.platform.hears("wm1", "last")
        await stage.hint(built)

    assert stage.heard("wm1") == ["0", "1", "2", "last"]


async def test_each_account_has_a_cursor_of_its_own(stage: Stage) -> None:
    stage.platform.hears("wm1", "一号", WK)
    stage.platform.hears("wm1", "二号", WK2)
    async with stage.house(WK, WK2) as built:
        await built.house.engine.settle()
        rows = await built.ask("SELECT book, cursor FROM fetches ORDER BY book")

    assert sorted(stage.heard("wm1")) == ["一号", "二号"]
    assert len({cursor for _, cursor in rows}) == 2


async def test_an_error_rests_and_a_hint_does_not_hurry_it(stage: Stage) -> None:
    stage.platform.faults["kf/sync_msg"].append(Fault(errcode=45009))
    stage.platform.hears("wm1", "在吗")
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.hint(built)
        assert len(stage.platform.called("kf/sync_msg")) == 0  # scripted: it never got there
        assert stage.heard("wm1") == []
        stage.clock.tick(seconds=61)
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]


async def test_operators_hear_once_of_what_they_must_mend(stage: Stage) -> None:
    stage.platform.faults["kf/sync_msg"].extend([Fault(errcode=48007)] * 2)
    stage.platform.hears("wm1", "在吗")
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.clock.tick(seconds=301)
        await built.house.engine.settle()
        stage.clock.tick(seconds=301)
        await built.house.engine.settle()
        notices = await built.ask("SELECT text FROM notices")

    assert len(notices) == 1
    assert "收不到消息" in str(notices[0][0])
    assert stage.heard("wm1") == ["在吗"]


async def test_an_account_taken_out_of_the_configuration_is_left_alone(stage: Stage) -> None:
    async with stage.house(WK, WK2) as built:
        await built.house.engine.settle()
    stage.clock.tick(hours=1)
    async with stage.house(WK) as built:
        await built.house.engine.settle()
        assert await built.ask("SELECT due_at FROM fetches WHERE due_at IS NULL") == [(None,)]
    async with stage.house(WK, WK2) as built:
        await built.house.engine.settle()
        assert await built.ask("SELECT due_at FROM fetches WHERE due_at IS NULL") == []


@pytest.mark.postgres
@pytest.mark.timeout(60)
async def test_two_replicas_share_the_books(stage: Stage, postgres: str) -> None:
    stage.url = postgres
    wrote = burst(stage.platform, people=3, each=20)
    async with stage.house() as one, stage.house() as other:
        for built in (one, other, one, other):
            await stage.hint(built)
        stage.platform.hears("wm0", "last")
        await stage.hint(other)
        rows = await one.ask("SELECT count(*), count(DISTINCT key) FROM inbox")

    wrote["wm0"].append("last")
    assert rows == [(61, 61)]
    assert {who: stage.heard(who) for who in wrote} == wrote


async def test_an_account_that_was_taken_away_rests_everywhere_until_it_is_given_back(
    stage: Stage,
) -> None:
    async with stage.house(WK, WK2) as one, stage.house(WK, WK2) as other:
        for built in (one, other):
            await built.house.engine.settle()
        await one.house.fetching.poke(KEFU, {WK: "", WK2: None})
        before = len(stage.platform.called("kf/sync_msg"))
        for _ in range(3):
            stage.clock.tick(seconds=61)
            await one.house.engine.settle()
            await other.house.engine.settle()
    async with stage.house(WK, WK2) as built:
        await built.house.engine.settle()
        later = stage.platform.called("kf/sync_msg")[before:]
        assert {call["open_kfid"] for call in later} == {WK}

        stage.platform.hears("wm0", "又来了", book=WK2)
        await built.house.fetching.poke(KEFU, {WK2: ""})
        await built.house.engine.settle()
        assert stage.heard("wm0") == ["又来了"]


async def test_two_who_read_one_page_write_it_once(stage: Stage) -> None:
    wrote = burst(stage.platform, people=3, each=20)
    async with stage.house() as one, stage.house() as other:
        await one.house.engine.settle()
        await other.house.engine.settle()
        rows = await one.ask("SELECT count(*), count(DISTINCT key) FROM inbox")

    assert rows == [(60, 60)]
    assert {who: stage.heard(who) for who in wrote} == wrote


async def test_a_start_is_a_new_beginning_and_operators_hear_again(stage: Stage) -> None:
    told: list[tuple[object, ...]] = []
    for _ in range(2):
        stage.platform.faults["kf/sync_msg"].append(Fault(errcode=48007))
        async with stage.house() as built:
            await built.house.engine.settle()
            told = await built.ask("SELECT count(*) FROM notices")
            stage.clock.tick(seconds=5)

    assert told == [(2,)]


async def test_a_hint_is_used_for_its_round_only(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        await stage.hint(built)
        stage.clock.tick(seconds=61)
        await built.house.engine.settle()

    assert ["token" in call for call in stage.platform.called("kf/sync_msg")] == [
        False,
        True,
        False,
    ]


async def test_a_hint_that_the_platform_does_not_take_is_left_out_next_time(stage: Stage) -> None:
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.hears("wm1", "在吗")
        await built.house.fetching.poke(KEFU, {WK: "unknown"})
        await built.house.engine.settle()
        assert stage.heard("wm1") == []
        stage.clock.tick(seconds=301)
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]
    assert len(stage.platform.refused) == 1


async def test_a_hint_that_has_grown_old_is_not_used(stage: Stage) -> None:
    stage.platform.faults["kf/sync_msg"].append(Fault(errcode=48007))
    async with stage.house() as built:
        await built.house.engine.settle()
        stage.platform.hears("wm1", "在吗")
        await stage.hint(built)  # while the book rests
        stage.clock.tick(minutes=10)
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]
    assert stage.platform.refused == []


async def test_a_page_that_brings_nothing_and_leads_nowhere_ends_at_once(stage: Stage) -> None:
    stage.platform.says_more = True
    async with stage.house() as built:
        await built.house.engine.settle()

    assert len(stage.platform.called("kf/sync_msg")) <= 2


async def test_a_limit_rests_a_minute_each_time(stage: Stage) -> None:
    stage.platform.faults["kf/sync_msg"].extend([Fault(errcode=45009)] * 2)
    stage.platform.hears("wm1", "在吗")
    async with stage.house() as built:
        for _ in range(2):
            await built.house.engine.settle()
            stage.clock.tick(seconds=61)
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]


class Slow(Fetcher):
    """A book of two pages whose first readers wait for each other."""

    books = ("b",)
    poll_every_s = 600.0
    hint_lives_s = 60.0
    refused = False

    def __init__(self, readers: int) -> None:
        self.gates = [asyncio.Event() for _ in range(readers)]
        self.reached = asyncio.Barrier(readers + 1)
        self._next = iter(self.gates)

    @override
    async def fetch(self, book: str, cursor: str, hint: str) -> Page:
        if not cursor:
            gate = next(self._next)
            await self.reached.wait()
            await gate.wait()
        if self.refused:
            raise Undeliverable("no such book", code=95000)
        return Page((), cursor=f"{cursor}+", more=not cursor)


async def test_who_was_overtaken_turns_no_page_back(tmp_path: Path) -> None:
    slow, store, name = Slow(2), Store(tmp_path), ChannelName("slow")
    writer, alarm = Writer(store.database, store.clock), Alarm(Notices(), Renderer({}))
    await writer.start()
    readers = [Fetching({name: slow}, writer, lambda _: True, alarm) for _ in range(2)]
    await writer.do(readers[0].open)
    draining = [asyncio.create_task(reader.drain("slow:b")) for reader in readers]
    await slow.reached.wait()
    slow.gates[0].set()
    await asyncio.wait(draining, return_when=asyncio.FIRST_COMPLETED)
    slow.gates[1].set()
    await asyncio.gather(*draining)
    rows = await writer.look(lambda uow: uow.run(Statement("SELECT cursor FROM fetches")))
    await writer.stop()
    store.close()

    assert [tuple(row) for row in rows] == [("++",)]


@pytest.mark.parametrize("refused", [False, True])
async def test_a_book_that_is_taken_away_during_a_round_rests(
    tmp_path: Path, *, refused: bool
) -> None:
    slow, store, name = Slow(1), Store(tmp_path), ChannelName("slow")
    slow.refused = refused
    writer, alarm = Writer(store.database, store.clock), Alarm(Notices(), Renderer({}))
    await writer.start()
    reader = Fetching({name: slow}, writer, lambda _: True, alarm)
    await writer.do(reader.open)
    draining = asyncio.create_task(reader.drain("slow:b"))
    await slow.reached.wait()
    await reader.poke(name, {"b": None})
    slow.gates[0].set()
    await draining
    [[due]] = await writer.look(lambda uow: uow.run(Statement("SELECT due_at FROM fetches")))
    await writer.stop()
    store.close()

    assert due is None


class Busy(Fetcher):
    """A book that something comes into while its last page is on its way to us."""

    books = ("b",)
    poll_every_s = 600.0
    hint_lives_s = 60.0

    def __init__(self) -> None:
        self.poke: Callable[[], Awaitable[None]] | None = None
        self.hints: list[str] = []

    @override
    async def fetch(self, book: str, cursor: str, hint: str) -> Page:
        self.hints.append(hint)
        poke, self.poke = self.poke, None
        if poke is not None:
            await poke()
        return Page((), cursor=f"{cursor}+", more=False)


async def test_a_hint_during_the_last_page_begins_another_round(tmp_path: Path) -> None:
    busy, store, name = Busy(), Store(tmp_path), ChannelName("busy")
    writer, alarm = Writer(store.database, store.clock), Alarm(Notices(), Renderer({}))
    await writer.start()
    fetching = Fetching({name: busy}, writer, lambda _: True, alarm)
    busy.poke = lambda: fetching.poke(name, {"b": "later"})
    await writer.do(fetching.open)
    rest_s = await fetching.drain("busy:b")
    await writer.stop()
    store.close()

    assert busy.hints == ["", "later"]
    assert rest_s == busy.poll_every_s


@pytest.mark.parametrize(
    "changes",
    [
        {"text": {"content": "半个表情 \ud83d"}},
        {"text": {"content": "空 \u0000 字"}},
        {"msgid": "m\ud83d\u0000"},
        {"msgid": "m" * 9000, "external_userid": "w" * 9000, "open_kfid": "k" * 9000},
        {"send_time": 253_402_300_799, "external_userid": "wm2\u0000"},
        {
            "msgtype": "event",
            "send_time": 253_402_300_799,
            "event": {"event_type": "enter_session", "external_userid": "wm2", "welcome_code": "c"},
        },
        {"msgtype": "link", "link": {"title": "t", "deep": {"er": ["\udc00"]}}},
    ],
)
async def test_no_item_can_block_the_book_for_those_behind_it(
    stage: Stage, changes: dict[str, object]
) -> None:
    stage.platform.hears("wm2", "在").update(changes)
    stage.platform.hears("wm1", "在吗")
    async with stage.house() as built:
        await built.house.engine.settle()

    assert stage.heard("wm1") == ["在吗"]
