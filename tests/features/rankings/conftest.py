"""A community that checks in, is ranked, and is thanked at night."""

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.commons import audience, members
from bot.features import checkin, rankings
from bot.features.rankings import keeping
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Community
from bot.kernel.console import Page
from bot.kernel.errors import Refusal
from bot.kernel.events import CheckedIn, CheckInTakenBack
from bot.kernel.ids import GroupId, MemberId
from bot.kernel.ports import Group, Groups
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

VIP = Group(GroupId("vip-1"), "穿搭一群", CHANNEL, "vip-1")
OTHER = Group(GroupId("vip-2"), "穿搭二群", CHANNEL, "vip-2")


class Village(Talk):
    """Members who check in here and there; the boards hear of it as in the house."""

    def __init__(self, store: Store) -> None:
        rooms = [checkin.feature, rankings.feature]
        super().__init__(store, rooms, Community("拾光衣橱"), Groups.of([VIP, OTHER]))

    def door(self, **can: object) -> None:
        """Let the groups' channel be able to do something."""
        chats = (Chat.INTERNAL_GROUP,)
        self.tools.add(Doors, Doors({CHANNEL: Capability(chats, "", **can)}))  # type: ignore[arg-type]  # by name

    def checks_in(self, *who: str, group: str | None = None, at: datetime | None = None) -> None:
        """Let people check in, all seen in the group."""
        for one in who:
            heard = len(self.events)
            self.says(one, "打卡", at=at, group=group)
            if group is not None:
                self.joins(group, one)
            for event in self.events[heard:]:
                if isinstance(event, CheckedIn):
                    self.store.do(lambda uow, it=event: self._tell(uow, it))  # type: ignore[misc]  # its own

    def _tell(self, uow: UnitOfWork, event: CheckedIn | CheckInTakenBack) -> None:
        for hear in rankings.feature.listeners[type(event)]:
            hear(uow, event, self.tools)

    def joins(self, group: str, *who: str) -> None:
        for one in who:
            her = self.member(one)
            self.store.do(
                lambda uow, her=her: audience.spoke(uow, CHANNEL, group, her, self.clock.now())  # type: ignore[misc]  # its own
            )

    def comes(self, who: str, days: int, *, ago: int = 0) -> MemberId:
        """Let somebody have so many days in a row that end some days ago; faster than talking."""
        her, today = self.member(who), Community("").day_of(self.clock.now())
        with self.store.unit() as uow:
            for number in range(days):
                keeping.mark(uow, her, today - (ago + number) * rankings.rules.DAY)
        return her

    def called(self, who: str, name: str) -> None:
        her = self.member(who)
        self.store.do(lambda uow: members.name_member(uow, her, name))

    def everybody(self, *who: str) -> None:
        for one in who:
            self.called(one, one)

    def night(self) -> Sequence[str]:
        """Let the clock run the digest until there is nothing to do; return what groups read."""
        sent = len(self.outgoing)
        more: bool | None = True
        while more:
            more = self.store.do(self._run)
        return [str(getattr(one.part, "text", "")) for one in self.outgoing[sent:]]

    def _run(self, uow: UnitOfWork) -> bool | None:
        [job] = rankings.feature.jobs
        more = job.run(uow, self.tools)
        self.outgoing += uow.outgoing
        return more

    @property
    def _page(self) -> Page:
        [page] = rankings.feature.pages
        return page

    def operates(self, **form: str) -> str:
        try:
            return self.store.do(
                lambda uow: self._page.actions["set"](uow, self.tools, form, "lin")
            )
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self) -> str:
        shown = self.store.do(lambda uow: self._page.load(uow, self.tools, {}))
        return self.words(self._page.template, csrf_field="", **shown)

    def member_page(self, who: str, **query: str) -> str:
        [page], her = rankings.feature.member_pages, self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(
            page.template, csrf_field="", here="/m/rankings/board", told=False, **shown
        )


@pytest.fixture
def village(store: Store) -> Village:
    return Village(store)
