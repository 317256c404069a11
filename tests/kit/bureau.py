"""A house whose members need humans, and the advisors' desk before it: both real."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiohttp import ClientSession, CookieJar

from bot.app.tools import forms_of_rooms
from bot.commons import accounts, cases
from bot.commons.content import Shelf
from bot.features import care, checkin, clocks, handoff, hush, privacy, roster
from bot.features import desk as desk_room
from bot.features import help as help_room
from bot.kernel.community import Advisor, Advisors, Community
from bot.kernel.desk import Role
from bot.kernel.feature import Feature
from bot.kernel.ids import MemberId
from bot.web.callers import Callers
from bot.web.desk import Desk
from bot.web.login import Doorkeeper
from bot.web.pages import Pages
from bot.web.server import Server, build, serve
from tests.kit.desk import KNOWN
from tests.kit.house import HouseUnderTest, Phone
from tests.kit.web import PASSWORD, Browser

ROOMS: tuple[Feature, ...] = (
    privacy.feature,
    handoff.feature,
    care.feature,
    clocks.feature,
    roster.feature,
    checkin.feature,
    hush.feature,
    desk_room.feature,
    help_room.feature,
)
ADVISORS = Advisors([Advisor("LiSi", "李顾问", ("complaint",)), Advisor("wangwu", "王顾问")])
PEOPLE = {
    "lisi": Role.ADVISOR,
    "wangwu": Role.ADVISOR,
    "chen": Role.SUPERVISOR,
    "lin": Role.OPERATOR,
}


@dataclass
class AtDesk:
    """Somebody with the desk open."""

    browser: Browser

    async def sees(self, path: str = "/desk/") -> str:
        """Open a page of the desk; return it."""
        status, text = await self.browser.get(path)
        assert status == 200, text
        return text

    async def does(
        self,
        act: str,
        fields: Mapping[str, str] | None = None,
        *,
        number: int = 1,
        page: Mapping[str, str] | None = None,
        **more: str,
    ) -> str:
        """Send a form of a case's page; return the note that is shown then, ✗ before refusals.

        With `page`, the fields of a page that was opened before: as a browser sends that twice.
        """
        form = {**(page or await self.form(number)), **(fields or {}), **more}
        status, text = await self.browser.submit(f"/desk/cases/{number}/{act}", form)
        assert status in (200, 422), (status, text)
        found = re.search(r'<p class="note (good|bad)"[^>]*>(.*?)</p>', text, re.DOTALL)
        assert found, text
        return ("✗ " if status == 422 else "") + found[2]

    async def form(self, number: int = 1) -> dict[str, str]:
        """Return what every form of a case's page holds."""
        text = await self.sees(f"/desk/cases/{number}")
        return {
            name: text.partition(f'name="{name}" value="')[2].partition('"')[0] or self._once(text)
            for name in ("csrf", "once")
        }

    @staticmethod
    def _once(text: str) -> str:
        return text.partition('data-once="')[2].partition('"')[0]


@dataclass
class Bureau:
    """The house, its members, and whoever is at the desk."""

    house: HouseUnderTest
    server: Server
    folder: Path
    doors: Sequence[Phone] = ()

    @property
    def phone(self) -> Phone:
        """What members see."""
        return self.house.phone

    async def says(self, text: str, who: str = "amei", **changes: object) -> list[str]:
        """Let a member write; return what she reads."""
        return await self.house.hears(who, text, **changes)

    async def settle(self) -> None:
        """Let what was queued leave."""
        await self.house.house.engine.settle()

    async def case(self, number: int = 1) -> cases.Case:
        """Return a case as it stands."""
        found = await self.house.house.writer.look(lambda uow: cases.get(uow, number))
        assert found is not None
        return found

    async def steps(self, number: int = 1) -> list[tuple[str, str, str]]:
        """Return who did what, with which words."""
        look = self.house.house.writer.look
        return [
            (one.who, one.what, one.words)
            for one in await look(lambda uow: cases.steps_of(uow, number))
        ]

    async def member(self, who: str = "amei") -> MemberId:
        """Return the member behind a name on the phone."""
        [(number,)] = await self.house.ask(
            f"SELECT member_id FROM identities WHERE identity = '{who}'"
        )
        return MemberId(int(str(number)))

    @asynccontextmanager
    async def at(self, name: str = "lisi") -> AsyncIterator[AtDesk]:
        """Let somebody sign in."""
        base = f"http://127.0.0.1:{self.server.port}"
        async with ClientSession(base, cookie_jar=CookieJar(unsafe=True)) as client:
            browser = Browser(client, base)
            form = {"name": name, "password": PASSWORD, "next": "/desk/"}
            status, text = await browser.submit("/console/sign-in", form)
            assert (status, "收件箱" in text) == (200, True), text
            yield AtDesk(browser)

    def writes(self, path: str, text: str) -> None:
        """Let an operator write a file below `content/`."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@asynccontextmanager
async def open_bureau(
    folder: Path, phone: Phone | None = None, *more: Feature, doors: Sequence[Phone] = ()
) -> AsyncIterator[Bureau]:
    """Open a house with a desk, and `more` rooms; members hold `phone`, and know `doors`."""
    content = folder / "content"
    content.mkdir()
    (folder / "schedules").mkdir()
    rooms = (*ROOMS[:-1], *more, ROOMS[-1])  # help answers last
    async with HouseUnderTest(folder, rooms, phone, doors=doors) as house:
        house.tools.add(Advisors, ADVISORS)
        looks = count(step=10.0)  # each look is late enough to see what was written since
        shelf = Shelf(
            content,
            folder / "schedules",
            KNOWN,
            forms=forms_of_rooms(),
            monotonic=lambda: next(looks),
        )
        house.tools.add(Shelf, shelf)
        work = house.house.writer
        for name, role in PEOPLE.items():
            await work.do(lambda uow, n=name, r=role: accounts.add(uow, n, r, PASSWORD))  # type: ignore[misc]  # bound now
        pages = Pages(house.tools.use(Community), house.clock, secure=False)
        door = Doorkeeper(accounts, work, pages, callers=Callers("http://127.0.0.1"))
        desk = Desk(
            rooms,
            accounts,
            pages,
            door,
            work=work,
            tools=house.tools,
            words=house.words,
            look_every_s=0.05,
        )
        app = build(door.routes(), pages.static("/console"), desk.routes())
        app.on_shutdown.append(desk.stop)
        server = await serve(app, "127.0.0.1", 0, shutdown_timeout_s=1)
        yield Bureau(house, server, content, doors)
        await server.stop()
