"""A community with salons from files, members who can be written to, a door, and a clock."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import members
from bot.commons import salons as kept
from bot.commons.content import Pen, Shelf
from bot.commons.notices import Notices
from bot.commons.salons import Place, SalonView, SignupView
from bot.features import doors, invitations, salons
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Community, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.events import SalonAttended
from bot.kernel.feature import MemberPage
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.messages import Reply, Tap, Text, Update, UpdateKind
from bot.kernel.ports import Groups, LastHeard
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import micros
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import NOON, Store
from tests.kit.talk import CHANNEL, Talk

KEFU = ChannelName("kefu")
HEAD = 'kind = "interactive"\nstage = "consideration"\n'
TIERS = Tiers(("时光挚友", "潜力伙伴"))
NEXT_WEEK = "starts_at = 2026-08-31T14:00:00+08:00\nends_at = 2026-08-31T16:00:00+08:00\n"
"""Seven days and two hours after the tests begin."""
TURNS = ("salons.seats", "invitations.turns")
"""Jobs: free places go to the line, and whose turn it is is told."""
ROOMS = (salons.feature, doors.feature, invitations.feature)
COATS = f'title = "冬日大衣"\nplace = "一楼"\n{NEXT_WEEK}'


class Street(Talk):
    """Members who talk to the room, operators who write its files, and a clock."""

    def __init__(self, store: Store, desk: Desk) -> None:
        super().__init__(store, ROOMS, Community("拾光衣橱"), Groups(), Notices())
        self.desk = desk
        known = replace(KNOWN, tiers=TIERS)
        self.tools.add(Shelf, Shelf(desk.content, desk.schedules, known, monotonic=self._seconds))
        self.tools.add(Pen, Pen(desk.content))
        self.tools.add(Tiers, TIERS)
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        record = Capability(chats=(Chat.CUSTOMER,), source="", can_push=True)
        self.tools.add(Doors, Doors({CHANNEL: record}))
        self._looks = 0.0

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def writes(self, matter: str = COATS, body: str = "带你挑大衣。", name: str = "a") -> None:
        """Let an operator write a file, and the clock find it."""
        self.desk.post(f"salons/{name}.md", body, matter, HEAD)
        self.runs("salons.files")

    def runs(self, *names: str) -> None:
        """Let the clock run jobs until they have no more to do."""
        for name in names:
            [job] = [job for room in ROOMS for job in room.jobs if job.name == name]
            more: bool | None = True
            while more:
                with self.store.unit() as uow:
                    if job.before is not None:
                        job.before(uow, self.tools)
                more = self.store.do(lambda uow, run=job.run: self._run(uow, run))  # type: ignore[misc]  # bound at once

    def _run(self, uow: UnitOfWork, run: object) -> bool | None:
        assert callable(run)
        more = run(uow, self.tools)
        self.outgoing += uow.outgoing
        self.events += uow.events
        return bool(more)

    def waits(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.store.clock.tick(**how_long)
        self.runs(*(job.name for room in ROOMS for job in room.jobs))

    def presses(self, who: str, key: str, *, group: str | None = None) -> str:
        """Let somebody press the button of a card."""
        now = self.clock.now()
        tap = Tap(key, "card")
        update = Update(
            CHANNEL, "tap", UpdateKind.TAP, group or who, now, who, group=group, tap=tap
        )
        [answer] = self.hears(update)
        return answer

    def letters(self, who: str = "") -> list[str]:
        """Return what was written unasked, to somebody or everybody, since the last time."""
        found = [each for each in self.outgoing if who in {"", each.recipient}]
        self.outgoing = [each for each in self.outgoing if each not in found]
        return [each.part.text for each in found if isinstance(each.part, Text)]

    def told(self) -> list[str]:
        """Return who was written to since the last time."""
        found, self.outgoing = [each.recipient for each in self.outgoing], []
        return found

    def salon(self, number: int = 1) -> SalonView:
        found = self.store.do(lambda uow: kept.salon(uow, number))
        assert found is not None
        return found

    def place(self, who: str, number: int = 1) -> SignupView:
        her = self.member(who)
        found = self.store.do(lambda uow: kept.signup(uow, number, her))
        assert found is not None
        return found

    def heads(self, number: int = 1) -> int:
        return self.store.do(lambda uow: kept.taken(uow, number))

    def line(self, number: int = 1) -> list[str]:
        """Return who waits, in order."""
        people = self.store.do(lambda uow: kept.signups(uow, number))
        names = {self.member(who): who for who in self.known}
        return [names[one.member] for one in people if one.state is Place.WAITING]

    known = ("amei", "bea", "cai", "dan", "eva")

    def tier(self, who: str, tier: str) -> None:
        self.tiers([who], tier)

    def tiers(self, people: Iterable[str], tier: str) -> None:
        with self.store.unit() as uow:
            for who in people:
                her = members.resolve(uow, CHANNEL, who, uow.clock.now())
                members.set_tier(uow, her, tier, reason="test", who="lin", tiers=TIERS)

    def attended(self) -> list[SalonAttended]:
        return [each for each in self.events if isinstance(each, SalonAttended)]

    def counts(self, number: int = 1) -> tuple[int, int, int]:
        """Return heads with a place, heads that came, and members who wait."""
        counted = self.store.do(lambda uow: kept.count(uow, number))
        return counted.heads, counted.came, counted.waiting

    def operates(self, page: str, action: str, **form: str) -> str:
        """Let an operator press a button."""
        [found] = [each for room in ROOMS for each in room.pages if each.name == page]
        try:
            return self.store.do(lambda uow: found.actions[action](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self, name: str = "salons", **query: str) -> str:
        """Return what an operator sees."""
        [found] = [each for room in ROOMS for each in room.pages if each.name == name]
        shown = self.store.do(lambda uow: found.load(uow, self.tools, query))
        return self.words(found.template, csrf_field="", **shown)

    def arrives(self, who: str, salon: int = 101, action: str = "came") -> str:
        return self.operates("door", action, salon=str(salon), member=str(self.member(who)))

    def member_page(self, who: str, name: str = "coming", **query: str) -> str:
        """Return what a member sees."""
        page, her = _member_page(name), self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(page.template, csrf_field="", here="/m/here", told=False, **shown)

    def sends_form(self, who: str, act: str, form: Mapping[str, str]) -> str:
        """Let a member send a form of a page."""
        her = self.member(who)
        [do] = [page.acts[act] for page in _MEMBER_PAGES if act in page.acts]
        try:
            reply = self.store.do(lambda uow: do(uow, self.tools, her, form))
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data)


_MEMBER_PAGES = [page for room in ROOMS for page in room.member_pages]


def _member_page(name: str) -> MemberPage:
    [found] = [page for page in _MEMBER_PAGES if page.name == name]
    return found


@pytest.fixture
def street(store: Store, tmp_path: Path) -> Street:
    """Offer a street with salons."""
    return Street(store, Desk(tmp_path))


SALON = Statement(
    "INSERT INTO salons (path, revision, title, words, starts_at, ends_at, place, capacity,"
    " guests_max, invite, invite_first, first_hours, invite_at, signup_until, reminders, host,"
    " no_show, series, state, why, sequence, wave, next_member, outcome) VALUES (:path, 'r', 'a',"
    " '', :starts, :ends, '', :capacity, 3, '[]', '[]', 24, 0, :starts, '[]', '', '', '', 'open',"
    " '', 0, 4, 0, '')"
)


def add_salon(store: Store, capacity: int) -> None:
    """Write a salon into an empty house, as its file would."""
    starts, ends = micros(NOON + timedelta(days=2)), micros(NOON + timedelta(days=2, hours=2))
    values = {"path": "salons/a.md", "starts": starts, "ends": ends, "capacity": capacity}
    store.do(lambda uow: uow.run(SALON, **values))


def member(store: Store, name: str) -> MemberId:
    """Return somebody who writes in 微信客服."""
    return store.do(lambda uow: members.resolve(uow, KEFU, name, NOON))


def until(street: Street, **before: float) -> None:
    """Let time pass to so long before the beginning, in steps in which the clock runs."""
    street.store.clock.at = street.salon().starts_at - timedelta(**before)
    street.waits()
