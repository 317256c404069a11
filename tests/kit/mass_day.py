"""The whole bot as `bot run` builds it, with customer groups, their owners and an operator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import app as roof
from bot.commons import accounts
from bot.kernel.desk import Role
from tests.kit.mail import AES_KEY, TOKEN
from tests.kit.mass_send import FakeMassSend
from tests.kit.platforms import AGENT, CORP, SECRET
from tests.kit.tables import furnished
from tests.kit.web import PASSWORD

MORNING = datetime(2030, 1, 7, 0, 29, 50, tzinfo=UTC)
"""A Monday, ten seconds before 08:30 in Shanghai."""
OPERATOR = "xiaoli"
_DOOR = """corp_id = "{corp}"
api_base = "{url}"
secret = "env:SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
"""
_CONFIG = (
    """
[community]
name = "拾光衣橱"
[server]
port = 0
[database]
url = "sqlite:///bot.sqlite3"
[mass_send]
quiet_hours = "22:00-08:00"
[channels.wecom_app]
agent_id = {agent}
"""
    + _DOOR
    + """[channels.customer_groups]
"""
    + _DOOR
)
_GROUP = """
[[groups]]
id = "vip-{number}"
name = "拾光衣橱 · 穿搭 {number} 群"
channel = "customer_groups"
chat_id = "wrINVENTED{number:04}"
owner = "{owner}"
"""
_SCHEDULE = """
[[schedule]]
name = "morning"
cron = "30 8 * * *"
content = "posts"
late_at_most_s = 3600
audience = ["all_groups"]
"""
_POST = '+++\ntitle = "周六徒步"\nkind = "interactive"\nstage = "awareness"\n+++\n'


@dataclass
class MassDay:
    """A running bot and its platform."""

    app: roof.App
    platform: FakeMassSend
    url: str

    async def pass_(self, **how_long: float) -> None:
        """Let time pass, and whatever falls due happen at its end."""
        self.app.clock.move_to(self.app.clock.now() + timedelta(**how_long))
        for _ in range(2):
            await self.app.house.clockwork.run_all()
            await self.app.house.engine.settle()


def _write_files(folder: Path, groups: int) -> None:
    for name in ("content/posts", "content/media", "schedules"):
        (folder / name).mkdir(parents=True)
    for number in range(3):
        words = f"第 {number + 1} 天：周六 8:00 在测试塔集合，带水和帽子。报名请看群公告。\n" * 3
        (folder / f"content/posts/{number}.md").write_text(_POST + words, "utf-8")
    (folder / "schedules/morning.toml").write_text(_SCHEDULE, "utf-8")
    owners = ("zhangsan", "lisi")
    entries = [_GROUP.format(number=n, owner=owners[n % 2]) for n in range(groups)]
    (folder / "config.toml").write_text(_CONFIG + "".join(entries), "utf-8")


@asynccontextmanager
async def mass_day(folder: Path, groups: int = 5) -> AsyncIterator[MassDay]:
    """Run the bot on a winter morning."""
    async with FakeMassSend() as platform:
        _write_files(folder, groups)
        path = folder / "config.toml"
        text = path.read_text("utf-8")
        for name, value in (("url", platform.url), ("corp", CORP), ("agent", str(AGENT))):
            text = text.replace(f"{{{name}}}", value)
        path.write_text(text, "utf-8")
        environ = {"SECRET": SECRET, "TOKEN": TOKEN, "AES_KEY": AES_KEY}
        config = roof.read_config(path, environ)
        furnished(folder / "bot.sqlite3")
        app = roof.build(config)
        app.clock.move_to(MORNING)
        platform.now = lambda: app.clock.now().timestamp()
        server = await app.start(frozenset({"web", "worker"}))
        assert server is not None
        await app.house.writer.do(lambda uow: accounts.add(uow, OPERATOR, Role.OPERATOR, PASSWORD))
        day = MassDay(app, platform, f"http://127.0.0.1:{server.port}")
        await day.pass_(seconds=1)
        yield day
        await server.stop()
        await app.stop()
        app.house.database.close()
