"""The whole house on a real SQLite file; only the platform is ours."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Self

from bot.commons import cases
from bot.commons.content import MediaFolder, Shelf
from bot.commons.coupons import CouponSettings
from bot.commons.duty import OpenCases
from bot.commons.learning.versions import Models
from bot.commons.notices import Notices
from bot.commons.points import PointsSettings
from bot.features import makeups
from bot.kernel.capability import ALL_CARDS, Capability, Chat
from bot.kernel.community import Advisors, Community, Tiers
from bot.kernel.errors import BadCallback
from bot.kernel.feature import Feature, Job, Rooms
from bot.kernel.ids import ChannelName
from bot.kernel.messages import (
    Outgoing,
    RawCallback,
    Receipt,
    Received,
    Text,
    Update,
    UpdateKind,
    update_json,
)
from bot.kernel.ports import (
    Channel,
    CheckinDays,
    Groups,
    Limit,
    Links,
    Meaning,
    Receiver,
    Sender,
    Words,
    nothing_to_add,
)
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.reception import LastWord, nothing_to_ask
from bot.kernel.work import Statement, Toolbox
from bot.pipeline.engine.embedded import EmbeddedEngine
from bot.pipeline.house import House, MakeEngine
from bot.pipeline.render import Renderer
from bot.storage.db import Database
from tests.kit.desk import KNOWN
from tests.kit.rooms import TurnedClock
from tests.kit.tables import furnished
from tests.kit.talk import PlainLinks

ROOT = Path(__file__).parents[2]
PHONE = ChannelName("phone")
CAPABILITY = Capability(
    chats=(Chat.COLLEAGUE, Chat.INTERNAL_GROUP),
    source="the phone itself",
    text_bytes=20_000,
    markdown_bytes=20_000,
    cards=ALL_CARDS,
    links=True,
    articles=8,
    images=True,
    recall=True,
)


@dataclass
class Phone:
    """A platform in memory: hears updates as JSON, keeps what was sent, fails as scripted."""

    name: ChannelName = PHONE
    capability: Capability = CAPABILITY
    drops_twins_s: float = math.inf
    concurrency: int = 8
    channel_limits: tuple[Limit, ...] = ()
    limits: tuple[Limit, ...] = ()
    sent: list[Outgoing] = field(default_factory=list)
    again: dict[str, datetime] = field(default_factory=dict)
    """By key, since when it was in doubt whether what was sent again had arrived."""
    script: list[Exception] = field(default_factory=list)
    slow: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.receiver: Receiver | None = self
        self.sender: Sender | None = self

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def receive(self, raw: RawCallback) -> Received:
        try:
            return Received([update_json.validate_json(raw.body)])
        except ValueError as exc:
            raise BadCallback("phone: garbled") from exc

    def lane(self, outgoing: Outgoing) -> str:
        return outgoing.recipient

    def lane_limits(self, _lane: str) -> tuple[Limit, ...]:
        return self.limits

    async def send(self, outgoing: Outgoing, *, doubt_since: datetime | None) -> Receipt:
        if self.slow:
            await self.slow.wait()
        if self.script:
            raise self.script.pop(0)
        if doubt_since:
            self.again[outgoing.key] = doubt_since
        self.sent.append(outgoing)
        return Receipt(platform_id=f"p{len(self.sent)}")

    def texts(self, recipient: str) -> list[str]:
        """Return the words that one recipient has seen."""
        return [
            message.part.text
            for message in self.sent
            if message.recipient == recipient and isinstance(message.part, Text)
        ]


def template_folders(features: Sequence[Feature]) -> dict[str, Path]:
    """Return where each room keeps its templates."""
    shared = {
        "console": ROOT / "bot" / "web" / "templates" / "rooms",
        "care": ROOT / "bot" / "features" / "care" / "templates",
    }
    rooms = {room.name: ROOT / "bot" / "features" / room.name / "templates" for room in features}
    return shared | rooms


def plain_tools(features: Sequence[Feature]) -> Toolbox:
    """Return a toolbox with what most rooms ask for, and default settings."""
    tools = Toolbox(
        Rooms(features),
        PersonalRegistry(data for room in features for data in room.personal),
        Notices(),
        Groups(),
        *(room.settings() for room in features),
        PointsSettings(),
        CouponSettings(),
    )
    tools.add(Links, PlainLinks())
    tools.add(CheckinDays, makeups.days_of)
    tools.add(LastWord, nothing_to_ask)
    tools.add(Community, Community("拾光衣橱", "Asia/Shanghai", "到店或拨 021-5555 0000"))
    tools.add(Advisors, Advisors())
    tools.add(Tiers, Tiers())
    tools.add(Models, Models(None))
    tools.add(OpenCases, OpenCases(cases.load))
    tools.add(Meaning, nothing_to_add)
    tools.add(MediaFolder, MediaFolder(Path("/nowhere")))
    tools.add(Shelf, Shelf(Path("/nowhere"), Path("/nowhere"), KNOWN))
    return tools


class HouseUnderTest:
    """A running house; `hears` is a member writing and reading what comes back."""

    def __init__(
        self,
        folder: Path,
        features: Sequence[Feature],
        phone: Phone | None = None,
        *,
        url: str = "",
        make_engine: MakeEngine = EmbeddedEngine,
        clock: TurnedClock | None = None,
        doors: Sequence[Channel] = (),
        jobs: Sequence[Job] = (),
    ) -> None:
        self.clock = clock or TurnedClock()
        self.phone = phone or Phone()
        self.database = Database(url or furnished(folder / "bot.sqlite3"))
        self.words = Renderer(template_folders(features))
        self.tools = plain_tools(features)
        self.tools.add(Words, self.words)
        self.house = House(
            self.database, features, self.tools, self.words, self.clock, make_engine, jobs
        )
        self.house.open_doors([self.phone, *doors])
        self._keys = count(1)

    async def __aenter__(self) -> Self:
        await self.house.start(scheduler=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.house.stop()
        self.database.close()

    def update(self, who: str, text: str, **changes: object) -> Update:
        """Return what the phone makes of a member's words."""
        key = f"m{next(self._keys)}"
        words: dict[str, object] = {
            "channel": PHONE,
            "key": key,
            "kind": UpdateKind.TEXT,
            "conversation": f"phone:{who}",
            "at": self.clock.now(),
            "sender": who,
            "text": text,
        }
        return Update(**(words | changes))  # type: ignore[arg-type]  # a builder for tests

    async def hears(self, who: str, text: str, **changes: object) -> list[str]:
        """Let a member write; return what she reads in answer."""
        before = len(self.phone.texts(who))
        await self.house.inbox.accept([self.update(who, text, **changes)])
        await self.house.engine.settle()
        return self.phone.texts(who)[before:]

    async def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Read the database."""
        rows = await self.house.writer.look(
            lambda uow: uow.run(
                Statement(sql),
            )
        )
        return [tuple(row) for row in rows]
