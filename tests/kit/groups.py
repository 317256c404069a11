"""A house that keeps the registry of customer groups, and whether it is equal to the platform."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.commons.content import MediaFolder
from bot.commons.media import DiskStore
from bot.features import customer_groups
from bot.features.customer_groups import service
from bot.kernel.abilities import Errands
from bot.kernel.feature import Feature
from bot.kernel.files import FileStore
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.house import MakeEngine
from bot.storage.columns import instant
from tests.kit.customers import Chat, FakeCustomers
from tests.kit.customers import customer_groups as make_door
from tests.kit.house import HouseUnderTest
from tests.kit.mail import Mail
from tests.kit.rooms import TurnedClock

GROUPS = Statement(
    "SELECT chat_id, name, owner, notice, admins, version FROM customer_groups"
    " WHERE status = 'open' ORDER BY chat_id"
)
PEOPLE = Statement(
    "SELECT identity, kind, joined_at, scene, inviter, state, nickname, name, union_id"
    " FROM group_members WHERE chat_id = :chat AND left_at IS NULL ORDER BY identity"
)
_SCENES = {1: "invited", 2: "link", 3: "code"}

Truth = dict[str, tuple[object, ...]]


class Stage:
    """A platform, its clock, and houses that come and go on one database."""

    def __init__(
        self, folder: Path, platform: FakeCustomers, clock: TurnedClock, url: str = ""
    ) -> None:
        self.folder, self.platform, self.clock, self.url = folder, platform, clock, url

    @asynccontextmanager
    async def house(
        self,
        *,
        rooms: Iterable[Feature] = (customer_groups.feature,),
        make_engine: MakeEngine = EmbeddedEngine,
        configured: bool = True,
    ) -> AsyncIterator[HouseUnderTest]:
        """Run a house; without the channel when it is not configured."""
        (self.folder / "pictures").mkdir(exist_ok=True)
        self.door = make_door(self.platform, self.clock, self.folder / "pictures")
        async with HouseUnderTest(
            self.folder,
            list(rooms),
            url=self.url,
            make_engine=make_engine,
            clock=self.clock,
            doors=[self.door] if configured else [],
        ) as built:
            built.tools.add(FileStore, DiskStore(self.folder / "store"))
            built.tools.add(MediaFolder, MediaFolder(self.folder / "pictures"))
            yield built

    async def hears(self, built: HouseUnderTest, *callbacks: str) -> None:
        """Let callbacks arrive, proved and parsed, and everything that is due happen."""
        for plaintext in callbacks:
            raw = Mail().post(plaintext, self.clock.now().timestamp())
            received = await self.door.receive(raw)
            await built.house.inbox.accept(received.updates)
        await built.house.engine.settle()

    async def reconcile(self, built: HouseUnderTest) -> None:
        """Have everything read anew."""

        def ask(uow: UnitOfWork) -> None:
            service.begin_round(uow, "xiaoli")
            built.tools.use(Errands).soon(uow, service.RECONCILE)

        await built.house.writer.do(ask)
        await built.house.engine.settle()

    async def passes(self, built: HouseUnderTest, **how_long: float) -> None:
        """Let time pass and everything that is due happen."""
        self.clock.tick(**how_long)
        await built.house.engine.settle()


def truth(platform: FakeCustomers) -> Truth:
    """Return every group as the platform has it, with everybody in it."""
    there = [one for one in platform.chats.values() if one.dismissed_at is None]
    return {one.chat_id: truth_of(one) for one in there}


def truth_of(group: Chat) -> tuple[object, ...]:
    """Return one group as the platform has it."""
    people = tuple(sorted(_person(who) for who in group.people.values()))
    return (
        group.name,
        group.owner,
        group.notice,
        ",".join(group.admins),
        group.version,
        people,
    )


def _person(who: dict[str, object]) -> tuple[object, ...]:
    kind, identity = who["type"], str(who["userid"])
    inviter = who.get("invitor", {})
    assert isinstance(inviter, dict)
    return (
        identity if kind == 2 else identity.lower(),
        kind,
        datetime.fromtimestamp(float(str(who["join_time"])), UTC),
        _SCENES[int(str(who["join_scene"]))],
        str(inviter.get("userid", "")),
        who.get("state", ""),
        who["group_nickname"],
        who["name"],
        who.get("unionid", ""),
    )


def kept(uow: UnitOfWork) -> Truth:
    """Return every group as our rows have it."""
    return {
        str(chat): (*rest, tuple(kept_person(row) for row in uow.run(PEOPLE, chat=chat)))
        for chat, *rest in uow.run(GROUPS)
    }


def kept_person(row: Row) -> tuple[object, ...]:
    """Return somebody in a group as our rows have her."""
    identity, kind, joined_at, *rest = row
    return (identity, kind, instant(joined_at), *rest)


async def ours(built: HouseUnderTest) -> Truth:
    """Return what the running house has."""
    return await built.house.writer.look(kept)
