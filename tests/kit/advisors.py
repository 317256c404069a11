"""A shop with advisors at their phones: members write by the simulator, cards come by WeCom."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from wechatpy.work.crypto import WeChatCrypto

from bot import app as roof
from bot.channels.wecom.xml import Fields, first, read_xml, within
from bot.commons import cases, members, reception
from bot.commons.cases import Kind
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import Row, Statement, UnitOfWork
from tests.kit.mail import AES_KEY, TOKEN, Mail
from tests.kit.oauth import FakeWecomPages
from tests.kit.platforms import AGENT, CORP, SECRET
from tests.kit.tables import furnished

T = TypeVar("T")
Json = dict[str, Any]
MONDAY = datetime(2030, 1, 7, 2, 30, tzinfo=UTC)
"""10:30 in Shanghai."""
LI, WANG = "lisi", "wangwu"
_WECOM = """
[channels.wecom_app]
api_base = "{url}"
corp_id = "{corp}"
agent_id = {agent}
secret = "env:SECRET"
token = "env:TOKEN"
encoding_aes_key = "env:AES_KEY"
"""
_CONFIG = """
[community]
name = "拾光衣橱"
[server]
port = 0
public_url = "{public}"
[database]
url = "sqlite:///bot.sqlite3"
[channels.simulator]
enabled = true
[[advisors]]
userid = "lisi"
name = "李顾问"
skills = ["complaint", "group_purchase"]
[[advisors]]
userid = "wangwu"
name = "王顾问"
[api]
tokens = {{ shop = "env:AES_KEY" }}
"""
_PRESS = (
    "<xml><ToUserName><![CDATA[{corp}]]></ToUserName>"
    "<FromUserName><![CDATA[{who}]]></FromUserName><CreateTime>{at}</CreateTime>"
    "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event>"
    "<EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[{task}]]></TaskId>"
    "<CardType><![CDATA[button_interaction]]></CardType>"
    "<ResponseCode><![CDATA[{code}]]></ResponseCode><AgentID>{agent}</AgentID></xml>"
)


@dataclass
class Counter:
    """A running bot, its platform, and people on both sides."""

    app: roof.App
    platform: FakeWecomPages
    http: aiohttp.ClientSession
    url: str
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def settle(self) -> None:
        """Let everything that is due happen."""
        for _ in range(3):
            await self.app.house.clockwork.run_all()
            await self.app.house.engine.settle()

    async def pass_(self, **how_long: float) -> None:
        """Let time pass, and whatever falls due happen at its end."""
        self.app.clock.move_to(self.app.clock.now() + timedelta(**how_long))
        await self.settle()

    async def writes(self, who: str, text: str) -> None:
        """Let a member write to the bot."""
        said = {"member": who, "group": None, "text": text}
        async with self.http.post(f"{self.url}/simulator/api/messages", json=said) as answer:
            assert answer.status == 202, await answer.text()
        await self.settle()

    async def complains(
        self, who: str, text: str, *, severity: int = 2, kind: Kind = Kind.COMPLAINT
    ) -> None:
        """Let a member write something, and let it be found that she needs a human."""
        await self.writes(who, text)
        her, key = await self.member(who), f"k{next(self.numbers)}"

        def hand_over(uow: UnitOfWork) -> None:
            where, now = ChannelName("simulator"), uow.clock.now()
            reasons = ["商品破损"]
            concern = cases.Concern(her, kind, severity, reasons, now, where, "", who, key, text)
            reception.hand_over(uow, self.app.tools, concern)

        await self.do(hand_over)

    async def tells(self, path: str, **body: object) -> int:
        """Let another system tell something; return the status."""
        headers = {"Authorization": f"Bearer {AES_KEY}"}
        async with self.http.post(
            f"{self.url}/api/v1/{path}", json=body, headers=headers
        ) as answer:
            return answer.status

    def cards(self, who: str) -> list[Json]:
        """Return the cards that an advisor got, as they came."""
        delivered = [one for one in self.platform.to(who) if one.kind == "template_card"]
        return [one.body["template_card"] for one in delivered]

    def greyed(self) -> list[tuple[str, str]]:
        """Return whose cards were changed afterwards, and into what."""
        return [(one["userids"][0], one["button"]["replace_name"]) for one in self.platform.updated]

    async def presses(self, who: str, button: str, card: Json | None = None) -> str:
        """Let somebody press a button of a card, her last one by default; return what it shows."""
        card = card or self.cards(who)[-1]
        key = next(one["key"] for one in card["button_list"] if one["text"] == button)
        return shown(await self.press(who, key, card["task_id"]))

    async def press(self, who: str, key: str, task: str) -> Fields:
        """Deliver a press as the platform does; return what the response changes."""
        values = {"who": who, "key": key, "task": task, "corp": CORP, "agent": AGENT}
        at, code = int(self.app.clock.now().timestamp()) + next(self.numbers), self.platform.press()
        plaintext = _PRESS.format(at=at, code=code, **values)
        query, body = Mail().http(Mail().post(plaintext, self.app.clock.now().timestamp()))
        async with self.http.post(f"{self.url}/callback/wecom_app?{query}", data=body) as answer:
            assert answer.status == 200
            sealed = read_xml(await answer.text())
        await self.settle()
        proof = [first(sealed, name) for name in ("MsgSignature", "TimeStamp", "Nonce")]
        crypto = WeChatCrypto(TOKEN, AES_KEY, CORP)
        return read_xml(crypto.decrypt_message({"Encrypt": first(sealed, "Encrypt")}, *proof))

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        """Run a use case."""
        done = await self.app.house.writer.do(use_case)
        await self.settle()
        return done

    async def member(self, who: str = "amei") -> MemberId:
        """Return a member who writes by the simulator."""
        now = self.app.clock.now()
        return await self.do(lambda uow: members.resolve(uow, ChannelName("simulator"), who, now))

    async def ask(self, sql: str) -> list[Row]:
        """Read the database."""
        return list(await self.app.house.writer.look(lambda uow: uow.run(Statement(sql))))


def shown(said: Fields) -> str:
    """Return what a card shows after a press: the words of a grey button, or how it stands."""
    for one in within(said, "Button"):
        return first(one, "ReplaceName")
    [card] = within(said, "TemplateCard")
    [title] = within(card, "MainTitle")
    buttons = [first(one, "Text") for one in within(card, "ButtonList")]
    return f"{first(title, 'Desc')} {buttons}"


@asynccontextmanager
async def open_counter(
    folder: Path,
    *,
    wecom: bool = True,
    more: str = "",
    at: datetime = MONDAY,
    content: Mapping[str, str] | None = None,
    public: str = "https://bot.example",
) -> AsyncIterator[Counter]:
    """Build and start everything but the clock, on a Monday at half past ten.

    `content` are the files below `content/`, by their names.
    """
    async with FakeWecomPages() as platform, aiohttp.ClientSession() as http:
        for name in ("content", "schedules"):
            (folder / name).mkdir()
        for name, text in (content or {}).items():
            (folder / "content" / name).write_text(text, encoding="utf-8")
        door = _WECOM.format(url=platform.url, corp=CORP, agent=AGENT) if wecom else ""
        (folder / "config.toml").write_text(
            _CONFIG.format(public=public) + door + more, encoding="utf-8"
        )
        environ: Mapping[str, str] = {"SECRET": SECRET, "TOKEN": TOKEN, "AES_KEY": AES_KEY}
        config = roof.read_config(folder / "config.toml", environ)
        furnished(folder / "bot.sqlite3")
        app = roof.build(config)
        app.clock.move_to(at)
        platform.now = lambda: app.clock.now().timestamp()
        server = await app.start(frozenset({"web", "worker"}))
        assert server is not None
        try:
            yield Counter(app, platform, http, f"http://127.0.0.1:{server.port}")
        finally:
            await server.stop()
            await app.stop()
            app.house.database.close()
