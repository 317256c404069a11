"""A house with an account whose followers agree to notes, and a room that sends some."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.channels.wecom.mp import MP
from bot.commons import members
from bot.features import help as help_room
from bot.features import privacy, subscriptions
from bot.features.subscriptions.rules import SubscriptionSettings
from bot.kernel.following import NoteAnswer, NoteBox
from bot.kernel.ids import MemberId
from bot.kernel.work import UnitOfWork
from bot.pipeline import housekeeping
from tests.kit.followers import Followers
from tests.kit.house import HouseUnderTest
from tests.kit.mp import FOLLOWER, FakeMp, account
from tests.kit.rooms import TurnedClock

SETTINGS = {
    "service_account": True,
    "daily_most": 1000,
    "templates": {
        "hike": {"template_id": "TPL_INVENTED", "title": "徒步提醒", "kind": "service"},
        "sale": {"template_id": "TPL_INVENTED_1", "title": "到货提醒"},
    },
}
WORDS = {"thing1": "周六徒步", "time2": "2026-07-04 08:00"}
(PAGE,) = subscriptions.feature.pages


def window(*templates: tuple[str, str]) -> str:
    """Return the inside of the event of a window in which she agreed or declined."""
    entries = "".join(
        f"<List><TemplateId>{template}</TemplateId>"
        f"<SubscribeStatusString>{said}</SubscribeStatusString><PopupScene>1</PopupScene></List>"
        for template, said in templates
    )
    return f"<SubscribeMsgPopupEvent>{entries}</SubscribeMsgPopupEvent>"


YES = window(("TPL_INVENTED_1", "accept"))


@dataclass
class Desk(Followers):
    """Followers, and a room that has something to tell them."""

    folder: Path = field(default_factory=Path)

    async def agrees(self, times: int = 1, who: str = FOLLOWER) -> None:
        """Let her agree to a notice so often; the platform counts it, too."""
        for _ in range(times):
            self.platform.agreed[who, "TPL_INVENTED_1"] += 1
            await self.does("subscribe_msg_popup_event", YES, who=who)

    async def tells(self, use: str, key: str, who: str = FOLLOWER) -> NoteAnswer:
        """Put a note into the box and let the house work."""
        box, member = self.built.tools.use(NoteBox), await self.member(who)

        def put(uow: UnitOfWork) -> NoteAnswer:
            return box.put(uow, member, use, WORDS, key=key, url="https://example.invalid/hike")

        answer = await self.built.house.writer.do(put)
        await self.built.house.engine.settle()
        return answer

    async def member(self, who: str = FOLLOWER) -> MemberId:
        """Return the member behind a follower; makes one of somebody new."""

        def find(uow: UnitOfWork) -> MemberId:
            return members.resolve(uow, MP, who, uow.clock.now())

        return await self.built.house.writer.do(find)

    async def statuses(self) -> list[str]:
        rows = await self.built.ask("SELECT status FROM notes ORDER BY id")
        return [str(status) for (status,) in rows]

    async def passes(self, **how_long: float) -> None:
        """Let time pass, and what is due happen."""
        self.built.clock.tick(**how_long)
        await self.built.house.engine.settle()

    async def set_back(self, *, hours: float) -> None:
        """Set the clock back, and let the next minute's jobs run."""
        self.built.clock.tick(hours=-hours)
        await self.built.house.writer.do(housekeeping.catch_up)
        await self.built.house.clockwork.run_all()

    async def shows(self) -> str:
        tools = self.built.tools
        data = await self.built.house.writer.look(lambda uow: PAGE.load(uow, tools, {}))
        return self.built.words(PAGE.template, csrf_field="", **data)

    @property
    def notes(self) -> list[str]:
        """The templates of the notes that arrived."""
        kinds = {"template", "notice"}
        return [one.body["template_id"] for one in self.platform.delivered if one.kind in kinds]


def house(folder: Path, platform: FakeMp, clock: TurnedClock) -> HouseUnderTest:
    """Return a house with the account of a platform."""
    rooms = [privacy.feature, subscriptions.feature, help_room.feature]
    door = account(platform, clock, folder)
    built = HouseUnderTest(folder, rooms, clock=clock, doors=[door])
    read = SubscriptionSettings.model_validate_json(json.dumps(SETTINGS))
    built.tools.add(SubscriptionSettings, read)
    built.tools.add(NoteBox, subscriptions.Box(built.tools))
    return built


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock = TurnedClock()
    async with (
        FakeMp(now=lambda: clock.now().timestamp()) as platform,
        house(tmp_path, platform, clock) as built,
    ):
        await built.house.engine.settle()
        yield Desk(built, platform, tmp_path)
