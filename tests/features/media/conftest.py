"""Members who send files by two doors: 微信客服 keeps them for days, a bot's for minutes."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.wecom.aibot import AIBOT
from bot.channels.wecom.kefu import KEFU
from bot.channels.wecom.sources import Hosts
from bot.commons.media import DiskStore
from bot.features import media, privacy
from bot.features.media.rules import FETCH, SWEEP, MediaSettings
from bot.kernel.abilities import Errands
from bot.kernel.files import FileStore
from bot.kernel.messages import Media, Update, UpdateKind
from bot.kernel.ports import Channel
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.engine.procrastinate import ProcrastinateEngine
from bot.pipeline.house import MakeEngine
from bot.storage.db import Database
from tests.kit.aibot import aibot
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK, FakeKefu, kefu
from tests.kit.mail import AES_KEY
from tests.kit.media import SealedFiles
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.workshop import QUICK


@dataclass
class Stage:
    """The two platforms, their clock, and houses that come and go on one database."""

    folder: Path
    platform: FakeKefu
    host: SealedFiles
    clock: TurnedClock
    url: str = ""
    settings: MediaSettings = field(default_factory=MediaSettings)

    @property
    def root(self) -> Path:
        """Where files lie."""
        return self.folder / "media"

    @property
    def files(self) -> list[str]:
        """The names of all files, those on their way too."""
        return sorted(file.name for file in self.root.rglob("*") if file.is_file())

    @asynccontextmanager
    async def house(
        self, doors: Sequence[Channel] | None = None, *, waits: bool = True
    ) -> AsyncIterator[HouseUnderTest]:
        """Open a house with the room; what was sent before is fetched at its start."""
        hosts = Hosts.named("127.0.0.1", scheme="http")
        usual: Sequence[Channel] = (
            kefu(self.platform, self.clock, self.folder),
            aibot(self.clock, self.folder, media_hosts=hosts),
        )
        engine: MakeEngine = EmbeddedEngine
        if self.url:
            engine = ProcrastinateEngine.on(Database(self.url), QUICK)
        built = HouseUnderTest(
            self.folder,
            [privacy.feature, media.feature],
            url=self.url,
            make_engine=engine,
            clock=self.clock,
            doors=usual if doors is None else doors,
        )
        built.tools.add(FileStore, DiskStore(self.root))
        built.tools.add(MediaSettings, self.settings)
        async with built:
            if waits:
                await built.house.engine.settle()
            yield built

    def sends(self, content: bytes, who: str = "wm1", kind: str = "image", name: str = "") -> str:
        """Let a customer send a file; return its media id."""
        media_id = self.platform.files.puts(content, name)
        body: dict[str, object] = {"msgtype": kind, kind: {"media_id": media_id}}
        self.platform.hears(who, "", WK, **body)
        return media_id

    async def hint(self, built: HouseUnderTest) -> None:
        """Let a callback say that there is something, and let all be done."""
        await built.house.fetching.poke(KEFU, {WK: ""})
        await built.house.engine.settle()

    async def shows(self, built: HouseUnderTest, *addresses: str, who: str = "lihua") -> None:
        """Let a colleague show something to the bot, and let all be done."""
        update = built.update(
            who,
            "",
            channel=AIBOT,
            kind=UpdateKind.IMAGE,
            conversation=f"aibot:{who}",
            media=tuple(Media(address) for address in addresses),
        )
        await built.house.inbox.accept([update])
        await built.house.engine.settle()

    async def later(self, built: HouseUnderTest, **how_long: float) -> None:
        """Let time pass and what is due be done."""
        self.clock.tick(**how_long)
        await built.house.engine.settle()

    async def sweep(self, built: HouseUnderTest, errand: str = SWEEP) -> None:
        """Send somebody on an errand."""
        await built.house.writer.do(lambda uow: built.tools.use(Errands).soon(uow, errand))
        await built.house.engine.settle()

    async def fetch(self, built: HouseUnderTest) -> None:
        """Send somebody to fetch."""
        await self.sweep(built, FETCH)

    async def refs(self, built: HouseUnderTest) -> list[tuple[object, ...]]:
        """Return where everything stands: status and reason."""
        return await built.ask("SELECT status, reason FROM media_refs ORDER BY id")

    async def notices(self, built: HouseUnderTest) -> list[str]:
        """Return what operators were told, the first line of each."""
        told = await built.ask("SELECT text FROM notices ORDER BY id")
        return [str(text).splitlines()[0] for (text,) in told]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Offer the two platforms."""
    clock = TurnedClock()

    def now() -> float:
        return clock.now().timestamp()

    async with FakeKefu(now=now) as platform, SealedFiles(now, AES_KEY) as host:
        yield Stage(tmp_path, platform, host, clock)


def update_of(built: HouseUnderTest, **changes: object) -> Update:
    """Return an update of the bot's door."""
    return built.update("lihua", "", channel=AIBOT, conversation="aibot:lihua", **changes)


def picture_of(ref: str, key: str = "k1", name: str = "") -> Update:
    """Return a picture that somebody sent, of which only its name is known."""
    media = (Media(ref, name),)
    return Update(AIBOT, key, UpdateKind.IMAGE, "aibot:amei", NOON, "amei", media=media)
