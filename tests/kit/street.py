"""The whole bot as `bot run` builds it, with members' pages and the platforms behind them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from bot import app as roof
from bot.app.tools import forms_of_rooms, known_to_schedules
from bot.commons.content import Shelf
from bot.kernel.work import Statement
from tests.kit.mail import AES_KEY, TOKEN, Mail, text_message
from tests.kit.oauth import FakeWecomPages
from tests.kit.platforms import AGENT, CORP, SECRET
from tests.kit.tables import furnished

PUBLIC = "http://127.0.0.1"
_CONFIG = """
[community]
name = "拾光衣橱"
contact = "到店或拨 021-5555 0000"
[server]
port = 0
public_url = "{public}"
[database]
url = "sqlite:///bot.sqlite3"
[channels.wecom_app]
api_base = "{url}"
corp_id = "{corp}"
agent_id = {agent}
secret = "env:SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
[privacy]
erasure_grace_days = 0
"""


@dataclass
class Town:
    """A running bot, its platform, and members who write and open pages."""

    app: roof.App
    platform: FakeWecomPages
    http: aiohttp.ClientSession
    port: int
    numbers: "count[int]" = field(default_factory=lambda: count(7_300_000_000_000_000_001))

    async def hears(self, who: str, text: str) -> list[str]:
        """Let a member write to the app; return what she reads."""
        before, now = len(self.platform.to(who)), self.app.clock.now().timestamp()
        plaintext = text_message(who, text, next(self.numbers), now)
        query, body = Mail().http(Mail().post(plaintext, now))
        address = f"http://127.0.0.1:{self.port}/callback/wecom_app?{query}"
        async with self.http.post(address, data=body) as answer:
            assert answer.status == 200
        await self.app.house.engine.settle()
        return [one.words for one in self.platform.to(who)[before:]]

    async def link(self, who: str, ask: str = "我的打卡") -> str:
        """Let a member ask for a link of her own; return it without the host."""
        answer, *_ = await self.hears(who, ask)  # a picture may follow
        return answer.rpartition(PUBLIC)[2]

    async def writes(self, path: str, text: str) -> None:
        """Let an operator write a file of a room, and the clock find it at once."""
        config, tools = self.app.config, self.app.tools
        file = config.paths.content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        known, forms = known_to_schedules(config), forms_of_rooms()
        tools.add(Shelf, Shelf(config.paths.content, config.paths.schedules, known, forms=forms))
        job = f"{path.partition('/')[0]}.files"
        if any(one.name == job for room in roof.FEATURES for one in room.jobs):
            await self.due(job)

    async def due(self, name: str) -> None:
        """Let the clock run one job now, and what it queued leave."""
        [job] = [job for room in roof.FEATURES for job in room.jobs if job.name == name]
        tools, house = self.app.tools, self.app.house
        if (look := job.before) is not None:
            await house.writer.look(lambda uow: look(uow, tools))
        await house.writer.do(lambda uow: job.run(uow, tools))
        await house.engine.settle()

    async def ask(self, sql: str) -> Sequence[tuple[object, ...]]:
        """Read the database."""
        statement = Statement(sql)
        rows = await self.app.house.writer.look(lambda uow: uow.run(statement))
        return [tuple(row) for row in rows]


@asynccontextmanager
async def open_town(folder: Path, more: str = "") -> AsyncIterator[Town]:
    """Build and start everything; `more` is added to the configuration."""
    async with FakeWecomPages() as platform, aiohttp.ClientSession() as http:
        (folder / "content").mkdir()
        (folder / "schedules").mkdir()
        path = folder / "config.toml"
        words = _CONFIG.format(url=platform.url, corp=CORP, agent=AGENT, public=PUBLIC)
        path.write_text(words + more, encoding="utf-8")
        environ = {"SECRET": SECRET, "TOKEN": TOKEN, "AES_KEY": AES_KEY}
        config = roof.read_config(path, environ)
        furnished(folder / "bot.sqlite3")
        app = roof.build(config)
        server = await app.start(frozenset({"web", "worker", "scheduler"}))
        assert server is not None
        yield Town(app, platform, http, server.port)
        await server.stop()
        await app.stop()
        app.house.database.close()
