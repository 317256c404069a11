"""The web wing with its platforms behind it, and people who come to members' pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from bot.commons import members, visits
from bot.kernel.entering import Entrance
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import Statement
from tests.kit.mp import account
from tests.kit.oauth import FakeMpPages, FakeWecomPages, Person
from tests.kit.rooms import Store
from tests.kit.visits import Form, Opened, Phone
from tests.kit.web import WebHouse
from tests.kit.wecom import wecom_app

CARD = "/m/shop/card"
LIHUA = Person(userid="LiHua")
AMEI = Person(external_userid="wmAmei")


class Street(NamedTuple):
    """A web house, and the platforms behind its logins."""

    house: WebHouse
    wecom: FakeWecomPages
    mp: FakeMpPages

    @property
    def port(self) -> int:
        return self.house.server.port

    def knows(self, channel: str, identity: str, name: str = "") -> MemberId:
        """Let somebody have written to us before."""
        return self.house.store.do(
            lambda uow: members.resolve(
                uow, ChannelName(channel), identity, uow.clock.now(), name=name
            )
        )

    def link(self, member: MemberId, page: str = "shop/card", *, valid_s: int = 600) -> str:
        """Return a link of one's own, without the host."""
        return self.house.links.to(page, member, valid_s=valid_s).removeprefix("http://127.0.0.1")

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Read the database."""
        return [tuple(row) for row in self.house.store.do(lambda uow: uow.run(Statement(sql)))]


@asynccontextmanager
async def open_street(folder: Path, entrance: Entrance | None = None) -> AsyncIterator[Street]:
    """Build and open everything; with an `entrance`, colleagues come to the console."""
    store = Store(folder)
    clock = store.clock
    async with (
        FakeWecomPages(now=lambda: clock.now().timestamp()) as wecom,
        FakeMpPages(now=lambda: clock.now().timestamp()) as mp,
    ):
        host = "127.0.0.1" if entrance and entrance.by_wecom else ""
        doors = (wecom_app(wecom, clock, folder, console_host=host), account(mp, clock, folder))
        house = WebHouse(store, doors=doors, entrance=entrance)
        async with house.open():
            yield Street(house, wecom, mp)
    store.close()


async def enter(street: Street, phone: Phone, member: MemberId) -> Opened:
    """Sign a phone in by a link of one's own."""
    asked = await phone.open(link := street.link(member))
    return await phone.send(Form(link, asked.form("").fields))


def erase(street: Street, member: MemberId) -> None:
    """Forget a member, as the privacy room does."""
    registry = PersonalRegistry((*members.personal, *visits.personal))
    street.house.store.do(lambda uow: registry.erase(uow, member))
