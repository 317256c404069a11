"""All platforms as one, and the whole bot in front of it with every door open.

The fakes of a corp know one another's tokens, uploads and messages here, as the departments of
the real platform do; the account and the bot's connection have addresses of their own below the
same port.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any, Self

import aiohttp
from aiohttp import web
from typing_extensions import override

from bot import app as roof
from bot.commons import accounts
from bot.kernel.desk import Role
from bot.kernel.work import Row, Statement
from tests.kit import aibot_ws, mp
from tests.kit.aibot import GROUP
from tests.kit.aibot_ws import BOT_ID, FakeSocket, until
from tests.kit.customers import FakeCustomers, chat, customer
from tests.kit.doctor import FakeOffice
from tests.kit.kefu import WK
from tests.kit.kefu_customers import FakeKefuWithCustomers
from tests.kit.loopback import Loopback
from tests.kit.mail import AES_KEY, TOKEN, Mail, text_message
from tests.kit.mass_send import FakeMassSend
from tests.kit.mp import APP_ID, FOLLOWER, FakeMp, Post
from tests.kit.oauth import FakeMpPages, FakeWecomPages
from tests.kit.platforms import AGENT, CORP, SECRET, FakeWecom
from tests.kit.reception import FakeReception
from tests.kit.tables import furnished
from tests.kit.web import PASSWORD
from tests.kit.wecom_rules import Wrong

MORNING = datetime(2030, 1, 7, 0, 20, tzinfo=UTC)
"""A Monday, 08:20 in Shanghai."""
OPERATOR, OWNER, HUMAN = "xiaoli", "lihua", "wangfang"
SHE, OPENID = customer(1), FOLLOWER
_OURS = Path(__file__).parents[2] / "content"


@dataclass
class FakeFrontDesk(FakeReception, FakeKefuWithCustomers):
    """微信客服 with humans, and with customers whom it knows."""


@dataclass
class FakeMpBesideAibot(FakeMpPages):
    """The account below `/mp`, since both platforms call their API `/cgi-bin`."""

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        for one in super().routes():
            yield web.RouteDef(one.method, f"/mp{one.path}", one.handler, one.kwargs)


_SHARED = ["faults", "calls", "refused", "delivered", "twins", "dropped", "updated", "files"]
_SHARED += ["_numbers", "_tokens", "_uploads", "_handles", "_task_ids", "_windows"]


@dataclass
class Platforms(Loopback):
    """Everything outside: `front`, `groups`, `sends`, `logins` are one corp, then the others."""

    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        def now() -> float:
            return self.clock()

        self.front = FakeFrontDesk(now=now)
        self.groups = FakeCustomers(now=now, followers=[OWNER, HUMAN])
        self.sends = FakeMassSend(now=now)
        self.logins = FakeWecomPages(now=now)
        self.office = FakeOffice(now=now, servers=(OWNER, HUMAN))
        self.mp = FakeMpBesideAibot(now=now)
        self.socket = FakeSocket()
        first, *others = self.corp
        for part in others:
            vars(part).update({name: vars(first)[name] for name in _SHARED})

    @property
    def corp(self) -> tuple[FakeWecom, ...]:
        """The parts of the corp's platform; the first that knows a call answers it."""
        return (self.front, self.groups, self.sends, self.logins, self.office)

    @property
    def refused(self) -> list[Wrong]:
        """Everything that anybody's strict checks refused."""
        return [*self.front.refused, *self.mp.refused, *self.socket.refused]

    @override
    def routes(self) -> Iterable[web.RouteDef]:
        yield web.route("*", "/cgi-bin/{call:.+}", self._serve)
        yield web.get("/wwpic/{number}", self.groups.give_code)
        yield from self.mp.routes()
        yield from self.socket.routes()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = request.match_info["call"]
        knows = [part for part in self.corp if call in part._calls()]  # noqa: SLF001 - its twin
        return await (knows or [self.front])[0]._serve(request)  # noqa: SLF001 - as above

    @override
    async def __aenter__(self) -> Self:
        await super().__aenter__()
        for part in (*self.corp, self.socket):
            part.url = self.url
        self.mp.url = f"{self.url}/mp"
        return self


_APP = """corp_id = "{corp}"
api_base = "{url}"
secret = "env:SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
"""
_CONFIG = f"""[community]
name = "拾光衣橱"
contact = "到店或拨 021-5555 0000"
[server]
port = {{port}}
public_url = "http://127.0.0.1:{{port}}"
[database]
url = "sqlite:///bot.sqlite3"
[channels.wecom_app]
agent_id = {{agent}}
{_APP}[channels.customer_groups]
agent_id = {{agent}}
{_APP}[channels.kefu]
open_kfids = ["{WK}"]
{_APP}[channels.aibot]
mode = "websocket"
ws_url = "{{ws_url}}"
bot_id = "{BOT_ID}"
secret = "env:BOT_SECRET"
[channels.mp]
api_base = "{{url}}/mp"
app_id = "{APP_ID}"
secret = "env:MP_SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
[channels.group_robot.staff]
webhook_url = "env:ROBOT_URL"
[channels.simulator]
enabled = true
[[groups]]
id = "hike"
name = "周末徒步群"
channel = "customer_groups"
chat_id = "{chat(1)}"
owner = "{OWNER}"
[[groups]]
id = "shop"
name = "店长群"
channel = "aibot"
chat_id = "{GROUP}"
internal = true
[[groups]]
id = "staff"
name = "运营群"
channel = "group_robot.staff"
internal = true
[[advisors]]
userid = "{HUMAN}"
name = "王芳"
[alerts]
to = ["group:staff"]
[mass_send]
quiet_hours = "22:00-08:00"
[arrivals]
groups = {{{{ default = "hike" }}}}
[privacy]
erasure_grace_days = 0
[subscriptions]
service_account = true
[subscriptions.templates.hike]
template_id = "TPL_INVENTED"
title = "徒步提醒"
kind = "service"
"""
_SCHEDULE = """[[schedule]]
name = "morning"
cron = "30 8 * * *"
content = "city"
late_at_most_s = 3600
audience = ["group:hike"]
"""
_POST = """+++
title = "今天打卡了吗"
kind = "interactive"
stage = "awareness"
+++
早上好！今天穿了哪一件？点这里打卡：{public}/m/checkin/mine
"""


@dataclass
class City:
    """A running bot with every door open, and what people do in front of it."""

    app: roof.App
    out: Platforms
    http: aiohttp.ClientSession
    folder: Path
    numbers: "count[int]" = field(default_factory=lambda: count(7_300_000_000_000_001))

    @property
    def port(self) -> int:
        return self.app.config.server.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def now(self) -> float:
        return self.app.clock.now().timestamp()

    async def settle(self) -> None:
        """Let everything that is due happen."""
        for _ in range(3):
            await self.app.house.clockwork.run_all()
            await self.app.house.engine.settle()
            self.app.clock.move_to(self.app.clock.now() + timedelta(seconds=1.5))

    async def pass_(self, **how_long: float) -> None:
        """Let time pass, and whatever falls due happen at its end."""
        self.app.clock.move_to(self.app.clock.now() + timedelta(**how_long))
        await self.settle()

    async def tells(self, channel: str, plaintext: str) -> bytes:
        """Deliver a callback; return the response."""
        seal = Post().letter if channel == "mp" else Mail().post
        query, body = Mail().http(seal(plaintext, self.now))
        async with self.http.post(f"{self.url}/callback/{channel}?{query}", data=body) as answer:
            assert answer.status == 200, await answer.text()
            said = await answer.read()
        await self.settle()
        return said

    async def at_work(self, text: str, who: str = OWNER) -> list[str]:
        """Let a colleague write to the app; return what she reads."""
        plaintext = text_message(who, text, next(self.numbers), self.now)
        return await self._reads(self.out.front, who, lambda: self.tells("wecom_app", plaintext))

    async def customer_writes(self, text: str, who: str = SHE, **how: Any) -> list[str]:
        """Let a customer write to 微信客服; return what she reads."""
        self.out.front.hears(who, text, **how)
        return await self.front_desk(who)

    async def front_desk(self, who: str = SHE) -> list[str]:
        """Tell that 微信客服 has something; return what a customer reads."""
        hint = self.out.front.hint()
        return await self._reads(self.out.front, who, lambda: self.tells("kefu", hint))

    async def follower_writes(self, text: str, who: str = OPENID) -> list[str]:
        """Let a follower write to the account; return what she reads, by either way."""
        self.out.mp.acts(who)
        return await self.account(mp.said(text, next(self.numbers), self.now, who), who)

    async def account(self, plaintext: str, who: str = OPENID) -> list[str]:
        """Tell what a follower did; return what she reads, by either way."""
        said = b""

        async def told() -> bytes:
            nonlocal said
            said = await self.tells("mp", plaintext)
            return said

        late = await self._reads(self.out.mp, who, told)
        now = [] if said == b"success" else [str(Post().reply(said)["Content"][0])]
        return now + late

    async def in_the_group(self, text: str) -> str:
        """Let a colleague mention the bot; return what the group reads."""
        socket = self.out.socket
        before = len(socket.seen)
        await socket.says(socket.message(text, group=GROUP))
        await until(lambda: len(socket.seen) > before)
        return socket.words()[before]

    async def _reads(
        self, where: FakeWecom | FakeMp, who: str, does: Callable[[], Awaitable[bytes]]
    ) -> list[str]:
        def read() -> list[str]:
            return [one.words for one in where.delivered if one.to == who and one.kind == "text"]

        before = len(read())
        await does()
        return read()[before:]

    async def ask(self, sql: str) -> list[Row]:
        """Read the database."""
        return list(await self.app.house.writer.look(lambda uow: uow.run(Statement(sql))))


def environ(platforms: Platforms) -> dict[str, str]:
    """Return the secrets, as the environment has them."""
    robot = f"{platforms.url}/cgi-bin/webhook/send?key={min(platforms.front.robot_keys)}"
    return {
        "SECRET": SECRET,
        "TOKEN": TOKEN,
        "AES_KEY": AES_KEY,
        "BOT_SECRET": aibot_ws.SECRET,
        "MP_SECRET": mp.SECRET,
        "ROBOT_URL": robot,
    }


def write_files(folder: Path, platforms: Platforms, port: int) -> Path:
    """Write content, schedules and a configuration with every door; return its path."""
    copytree(_OURS, folder / "content")
    for name in ("content/city", "schedules"):
        (folder / name).mkdir()
    post = _POST.format(public=f"http://127.0.0.1:{port}")
    (folder / "content/city/01-morning.md").write_text(post, "utf-8")
    (folder / "schedules/morning.toml").write_text(_SCHEDULE, "utf-8")
    words = _CONFIG.format(
        url=platforms.url, ws_url=platforms.socket.ws_url, corp=CORP, agent=AGENT, port=port
    )
    (folder / "config.toml").write_text(words, "utf-8")
    return folder / "config.toml"


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def rehearse(folder: Path, port: int = 8080) -> None:
    """Run the real program against the platforms, until it is stopped."""
    async with Platforms() as out:
        path = write_files(folder, out, port)
        secrets = [f"export {name}='{value}'\n" for name, value in environ(out).items()]
        (folder / "environment").write_text("".join(secrets), "utf-8")
        out.front.employs(HUMAN)
        out.front.groups = [chat(1)]
        out.groups.opens(1, owner=OWNER)
        words = ["-m", "bot", "run", "--config", str(path)]
        program = await asyncio.create_subprocess_exec(
            sys.executable, *words, env={**os.environ, **environ(out)}
        )
        await program.wait()


@asynccontextmanager
async def open_city(folder: Path, at: datetime = MORNING) -> AsyncIterator[City]:
    """Build and start everything, on a winter morning unless said otherwise."""
    async with Platforms() as out, aiohttp.ClientSession() as http:
        config = roof.read_config(write_files(folder, out, free_port()), environ(out))
        furnished(folder / "bot.sqlite3")
        app = roof.build(config)
        app.clock.move_to(at)
        out.clock = lambda: app.clock.now().timestamp()
        out.front.employs(HUMAN)
        out.front.groups = [chat(1)]
        out.front.knows(SHE, nickname="阿梅")
        out.groups.opens(1, owner=OWNER)
        out.mp.menu = [{"type": "click", "name": "打卡", "key": "打卡"}]
        server = await app.start(frozenset({"web", "worker"}))
        assert server is not None
        await app.house.writer.do(lambda uow: accounts.add(uow, OPERATOR, Role.OPERATOR, PASSWORD))
        await until(lambda: out.socket.subscribed > 0)
        city = City(app, out, http, folder)
        await city.settle()
        yield city
        await server.stop()
        await app.stop()
        app.house.database.close()


if __name__ == "__main__":  # python -m tests.kit.city FOLDER
    with suppress(KeyboardInterrupt):
        asyncio.run(rehearse(Path(sys.argv[1])))
