"""The web wing on real parts: SQLite, writer, desk, accounts, notices; one small room."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientSession, CookieJar
from jinja2 import DictLoader
from yarl import URL

from bot.commons import accounts, notices, visits
from bot.kernel.abilities import Abilities, Able
from bot.kernel.community import Community
from bot.kernel.console import Download, Page, Upload, Uploaded
from bot.kernel.desk import Role
from bot.kernel.entering import ColleagueLogin, Entrance
from bot.kernel.errors import BadCallback, CannotStore, Refusal
from bot.kernel.feature import Feature, MemberPage, Metric
from bot.kernel.files import Packed, Parcel
from bot.kernel.ids import ChannelName, InboxId, MemberId, OutboxId
from bot.kernel.messages import Outgoing, RawCallback, Received, Reply, Text, Update, update_json
from bot.kernel.ports import Accepted, Channel, Work
from bot.kernel.work import Statement, Toolbox, UnitOfWork
from bot.pipeline import inbox, outbox
from bot.pipeline.desk import Desk
from bot.pipeline.proof import prove_durable
from bot.pipeline.render import Renderer
from bot.storage.writer import Writer
from bot.web.attempts import Attempts
from bot.web.callers import Callers
from bot.web.colleague_way import ColleagueWay
from bot.web.console import Console, House
from bot.web.health import Health
from bot.web.links import SignedLinks
from bot.web.login import Doorkeeper
from bot.web.member_pages import MemberPages
from bot.web.pages import Pages
from bot.web.seals import Seals
from bot.web.server import build, serve
from bot.web.webhooks import Webhooks
from tests.kit.rooms import Store

T = TypeVar("T")

BELL = ChannelName("bell")
SECRET = b"0123456789abcdef0123456789abcdef"
PASSWORD = "correct horse battery"
HOSTILE = '<script>alert("x")</script>'

_TEMPLATES = {
    "shop/shelf.html.j2": (
        "<h1>货架</h1><p>{{ hello }} {{ name }}</p>"
        '<form method="post" action="/console/shelf/rename">{{ csrf_field }}'
        '<input name="name"></form>'
    ),
    "shop/empty.txt.j2": "名字不能是空的（{{ what }}）。",
    "shop/card.html.j2": (
        "<h1>我的卡</h1><p>会员 {{ member }} {{ name }}</p>"
        '<form method="post" action="{{ here }}/do/buy">{{ csrf_field }}'
        '<input name="name" aria-label="名字"><button>买</button></form>'
    ),
    "shop/bought.txt.j2": "买了 {{ name }}，第 {{ times }} 次。",
    "shop/taken.html.j2": (
        "<h1>带走</h1>{% for one in parcels %}<p>{{ one.files }} 个文件，{{ one.bytes }} 字节</p>"
        '{% if one.is_spent %}<p>下载过了</p>{% else %}<form method="post" action="{{ here }}">'
        '<input type="hidden" name="part" value="{{ one.number }}"><button>下载</button></form>'
        "{% endif %}{% endfor %}{% if in_app %}<p>请用浏览器打开</p>{% endif %}"
    ),
}


class EmptyName(Refusal):
    """The shop's only rule."""

    template = "shop/empty.txt.j2"


class Shop:
    """A room with a page, an action, members' pages and a figure."""

    def __init__(self) -> None:
        self.name = "布衣"
        self.broken = False
        self.bought: list[str] = []
        self.file: Download | None = None
        self.parcels: list[Parcel] = []

    def load(
        self, _uow: UnitOfWork, _tools: Toolbox, query: Mapping[str, str]
    ) -> Mapping[str, object]:
        if self.broken:
            raise RuntimeError("a bug")
        return {"hello": query.get("hello", ""), "name": self.name}

    def rename(self, uow: UnitOfWork, _tools: Toolbox, form: Mapping[str, str], who: str) -> str:
        if not form.get("name"):
            raise EmptyName("no name", what="rename")
        notices.tell_operators(uow, key="renamed", text=form["name"])
        self.name = form["name"]
        return f"{who} 改名为 {form['name']}"

    def card(
        self, _uow: UnitOfWork, _tools: Toolbox, member: MemberId, query: Mapping[str, str]
    ) -> Mapping[str, object]:
        return {"member": member, "name": query.get("name", self.name)}

    def buy(
        self, uow: UnitOfWork, _tools: Toolbox, member: MemberId, form: Mapping[str, str]
    ) -> Reply:
        if not form.get("name"):
            raise EmptyName("no name", what="buy")
        notices.tell_operators(uow, key=f"bought {member} {len(self.bought)}", text=form["name"])
        self.bought.append(form["name"])
        return Reply("shop/bought.txt.j2", {"name": form["name"], "times": len(self.bought)})

    def packs(self, _uow: UnitOfWork, _tools: Toolbox, member: MemberId) -> Sequence[Parcel]:
        return [Parcel((Packed.of_text("card.txt", f"会员 {member}"),)), *self.parcels]

    def read(
        self, _tools: Toolbox, form: Mapping[str, str], files: Mapping[str, Uploaded]
    ) -> Mapping[str, str]:
        if "file" not in files:
            raise EmptyName("no file", what="rename")
        return {
            "name": form["name"] + files["file"].path.read_text("utf-8"),
            "file": files["file"].name,
        }

    def take(self, uow: UnitOfWork, tools: Toolbox, found: Mapping[str, str], who: str) -> str:
        return self.rename(uow, tools, found, who) + "，来自 " + found["file"]

    def give(self, _uow: UnitOfWork, _tools: Toolbox, number: int) -> Download | None:
        return self.file if number == 7 else None

    def count(self, _uow: UnitOfWork) -> float:
        if self.broken:
            raise RuntimeError("a bug")
        return 7

    @property
    def feature(self) -> Feature:
        """What the shop plugs in with."""
        return Feature(
            "shop",
            pages=[
                Page(
                    "shelf",
                    "货架",
                    "shop/shelf.html.j2",
                    self.load,
                    {"rename": self.rename},
                    files=self.give,
                    upload=Upload(self.read, self.take, 300_000),
                ),
                Page(
                    "till",
                    "收银",
                    "shop/shelf.html.j2",
                    self.load,
                    {"rename": self.rename},
                    advisors=True,
                    place=1,
                ),
            ],
            member_pages=[
                MemberPage(
                    "card",
                    "shop/card.html.j2",
                    self.card,
                    title="我的卡",
                    acts={"buy": self.buy},
                    ask="我的卡",
                ),
                MemberPage("ask", "shop/card.html.j2", self.card, wechat=True, listed=False),
                MemberPage("take", "shop/taken.html.j2", self.card, title="带走", packs=self.packs),
            ],
            metrics=[
                Metric("shop_things", "Things on the shelf", self.count, "货架上的东西", "till")
            ],
        )


@dataclass
class Bell:
    """A way in: the body is an update as JSON; answers in the response when told to."""

    passive_wait_s: float = 1.0
    passive: bool = False
    seals: bool = True
    fails: Exception | None = None

    async def receive(self, raw: RawCallback) -> Received:
        if self.fails:
            raise self.fails
        if raw.method == "GET":
            if "echostr" not in raw.query:
                raise BadCallback("nothing to echo")
            return Received(answer=raw.query["echostr"].encode())
        if raw.query.get("signature") != "good":
            raise BadCallback("bad signature", status=403)
        try:
            return Received([update_json.validate_json(raw.body)])
        except ValueError as exc:
            raise BadCallback("garbled") from exc

    def wants_passive(self, update: Update) -> bool:
        return self.passive and update.text == "打卡"

    def seal(self, outgoing: Outgoing, _raw: RawCallback, _update: Update) -> bytes | None:
        assert isinstance(outgoing.part, Text)
        return f"sealed:{outgoing.part.text}".encode() if self.seals else None


@dataclass
class PassiveShelf:
    """A passive desk that has one answer ready and remembers what became of it."""

    answer: Outgoing | None = None
    asked: list[tuple[int, float]] = field(default_factory=list)
    delivered_items: list[int] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    full: bool = False

    async def claim(self, inbox_id: InboxId, wait_s: float) -> tuple[OutboxId, Outgoing] | None:
        self.asked.append((inbox_id, wait_s))
        return None if self.answer is None else (OutboxId(5), self.answer)

    async def again(self, update: Update) -> Outgoing | None:
        return self.answer if self.delivered_items and update.text == "打卡" else None

    async def delivered(self, item: OutboxId) -> None:
        if self.full:
            raise CannotStore("disk full")
        self.delivered_items.append(item)

    async def release(self, item: OutboxId) -> None:
        self.released.append(item)


class MoodyWork:
    """A writer that can be told to fail, as with a full disk."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.full = False

    async def do(self, use_case: Callable[[UnitOfWork], T]) -> T:
        if self.full:
            raise CannotStore("disk full")
        return await self._work.do(use_case)

    async def look(self, question: Callable[[UnitOfWork], T]) -> T:
        return await self._work.look(question)


class Ticks:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


class WebHouse:
    """Everything that answers HTTP, with a browser (`client`) in front of it."""

    def __init__(
        self,
        store: Store,
        *,
        base_url: str = "http://127.0.0.1",
        doors: Sequence[Channel] = (),
        entrance: Entrance | None = None,
    ) -> None:
        self.store = store
        self.doors = doors
        self.abilities = Abilities()
        for one in doors:
            assert isinstance(one, Able)
            self.abilities.offer(one.name, one.abilities)
        self.writer = Writer(store.database, store.clock)
        self.work = MoodyWork(self.writer)
        self.bell = Bell()
        self.shop = Shop()
        self.passive = PassiveShelf()
        self.ticks = Ticks()
        self.troubles = {"engine": ""}
        self.desk = Desk([BELL, "simulator"])
        self.links = SignedLinks(SECRET, base_url, store.clock)
        self.words = words = Renderer({})
        words.environment.loader = DictLoader(_TEMPLATES)
        features = [self.shop.feature]
        self.tools = tools = Toolbox(self.abilities, notices.Notices())
        community = Community("拾光衣橱")
        self.pages = pages = Pages(community, store.clock, secure=base_url.startswith("https"))
        self.callers = callers = Callers(base_url, ["127.0.0.0/8"])
        door = Doorkeeper(
            accounts,
            self.work,
            pages,
            callers=callers,
            by_name=Attempts(free=3, longest_s=60, now_s=self.ticks),
            by_address=Attempts(free=6, longest_s=900, now_s=self.ticks),
            entrance=entrance,
            way=self._colleague_way(entrance or Entrance(), base_url),
        )
        house = House(self.work, self.desk, notices, features, tools, words, _explain)
        self.webhooks = Webhooks({BELL: self.bell}, self._accept, self.passive)
        self.app = build(
            self.webhooks.routes(),
            Health(
                self.work,
                self.desk,
                notices,
                prove_durable,
                [metric for room in features for metric in room.metrics],
                {"engine": lambda: self.troubles["engine"]},
                timeout_s=0.5,
                now_s=self.ticks,
            ).routes(),
            Console(house, pages, door).routes(),
            self.member_pages(features).routes(),
        )

    def _colleague_way(self, entrance: Entrance, base_url: str) -> ColleagueWay | None:
        login, channel = self.abilities.one(ColleagueLogin), ChannelName("console")
        if login is None:
            return None
        return ColleagueWay(
            login,
            entrance,
            accounts,
            self.work,
            pages=self.pages,
            callers=self.callers,
            seals=Seals(SECRET, self.store.clock),
            base_url=base_url,
            report=lambda uow, text: visits.report(uow, self.tools, channel, text),
        )

    def member_pages(self, features: Sequence[Feature]) -> MemberPages:
        """Return the members' pages of some rooms."""
        return MemberPages(
            features,
            self.links,
            self.pages,
            seals=Seals(SECRET, self.store.clock),
            callers=self.callers,
            visits=visits,
            work=self.work,
            tools=self.tools,
            words=self.words,
        )

    async def _accept(self, updates: Sequence[Update]) -> Sequence[Accepted]:
        return await self.work.do(lambda uow: inbox.put(uow, updates))

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Browser"]:
        """Start everything and open a browser."""
        await self.writer.start()
        for door in self.doors:
            await door.start()
        self.server = await serve(self.app, "127.0.0.1", 0, shutdown_timeout_s=1)
        async with self.another_browser() as browser:
            yield browser
        await self.server.stop()
        for door in self.doors:
            await door.stop()
        await self.writer.stop()

    @asynccontextmanager
    async def another_browser(self) -> AsyncIterator["Browser"]:
        """Open one more browser in front of the open house."""
        base = f"http://127.0.0.1:{self.server.port}"
        async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as client:
            yield Browser(client, base)

    def add_account(self, name: str = "amei", role: Role = Role.OPERATOR) -> None:
        """Add a console account with the usual password."""
        self.store.do(lambda uow: accounts.add(uow, name, role, PASSWORD))

    def park_update(self, update: Update) -> int:
        """Write an update down whose handler has failed three times."""

        def park(uow: UnitOfWork) -> int:
            put = inbox.put(uow, [update])
            uow.run(_PARK_UPDATE, id=put[0].id)
            return int(str(put[0].id))

        return self.store.do(park)

    def park_message(
        self,
        outgoing: Outgoing,
        status: str = "parked",
        error: str = "user refuse to accept the msg",
    ) -> int:
        """Write a message down that did not leave."""

        def park(uow: UnitOfWork) -> int:
            outbox.put(uow, [outgoing], lambda out: f"{out.channel}:{out.recipient}")
            rows = uow.run(_PARK_MESSAGE, key=outgoing.key, status=status, error=error)
            return int(str(rows[0][0]))

        return self.store.do(park)

    def status_of(self, book: str, item: int) -> str:
        """Return where a row stands."""
        statement = Statement(f"SELECT status FROM {book} WHERE id = :id")
        return self.store.do(lambda uow: str(uow.run(statement, id=item)[0][0]))


def _explain(channel: str, error: str) -> str:
    """Explain the one error that a bell has."""
    return "地址不在名单里。" if channel == BELL and "60020" in error else ""


_PARK_UPDATE = Statement(
    "UPDATE inbox SET status = 'parked', tries = 3,"
    " error = 'Traceback (most recent call last):\n  …\nValueError: a bug' WHERE id = :id"
)
_PARK_MESSAGE = Statement(
    "UPDATE outbox SET status = :status, tries = 1, error = :error,"
    " error_code = 43004 WHERE key = :key RETURNING id"
)


class Browser:
    """A browser: keeps cookies, sends what browsers send with a form."""

    def __init__(self, client: ClientSession, base: str) -> None:
        self.client = client
        self.base = base

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Open a page; return status and text."""
        async with self.client.get(path, headers=headers) as answer:
            return answer.status, await answer.text()

    async def submit(self, path: str, form: Mapping[str, str], **headers: str) -> tuple[int, str]:
        """Send a form and follow where it leads; return status and text."""
        own = {"Origin": self.base} | headers
        async with self.client.post(path, data=form, headers=own) as answer:
            return answer.status, await answer.text()

    async def sign_in(
        self, name: str = "amei", password: str = PASSWORD, **headers: str
    ) -> tuple[int, str]:
        """Sign in; return status and text of the page that this leads to."""
        return await self.submit(
            "/console/sign-in", {"name": name, "password": password, "next": ""}, **headers
        )

    async def csrf(self) -> str:
        """Return the token of this session's forms."""
        _, text = await self.get("/console/account")
        return text.partition('name="csrf" value="')[2].partition('"')[0]

    def cookie(self, name: str = "session") -> str:
        """Return a cookie that the browser holds, empty when there is none."""
        found = {cookie.key: cookie.value for cookie in self.client.cookie_jar}
        return found.get(name, "")

    def hold(self, secret: str) -> None:
        """Hold this session's cookie instead of any other."""
        self.client.cookie_jar.clear()
        self.client.cookie_jar.update_cookies({"session": secret}, URL(self.base))


def open_house(folder: Path, *, base_url: str = "http://127.0.0.1") -> WebHouse:
    """Return a web house on a fresh database."""
    return WebHouse(Store(folder), base_url=base_url)
