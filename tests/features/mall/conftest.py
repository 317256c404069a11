"""A shop with a content folder, in which goods come from files and members claim them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import audience, claims, coupons, members, points
from bot.commons.claims import ClaimView, GoodsView
from bot.commons.content import Forms, MediaFolder, Pen, Shelf
from bot.commons.coupons import Coupon, CouponSettings, Kinds
from bot.commons.notices import Notices
from bot.features import mall
from bot.features.mall.matter import GoodsMatter
from bot.features.mall.rules import MallSettings
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Community, Tiers
from bot.kernel.errors import Problem, Refusal
from bot.kernel.ids import GroupId
from bot.kernel.messages import Reply, Tap, Text, Update, UpdateKind
from bot.kernel.ports import Group, Groups, LastHeard
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

FORMS = Forms({"goods": GoodsMatter}, {"coupons.toml": Kinds})
HEAD = 'kind = "interactive"\nstage = "purchase"\n'
BAG = 'title = "帆布袋"\npoints = 30\nstock = 2\n'
FLASH = 'title = "围巾"\nstock = 2\nflash = true\n'
COUPONS = """
[[coupon]]
name = "fifty"
title = "50 元券"
face_fen = 5000
minimum_fen = 30000
valid_days = 10
"""
OPEN_DOOR = Doors({CHANNEL: Capability(chats=(Chat.COLLEAGUE,), source="")})
GROUPS = Groups.of([Group(GroupId("vip-1"), "老客群", CHANNEL, "vip-1", "zhangsan")])
TIERS = Tiers(("时光挚友", "常客"))
_NOTICES = Statement("SELECT text FROM notices ORDER BY id")


class Shop(Talk):
    """Members who talk to the room, operators who write its files, and a clock."""

    def __init__(self, store: Store, desk: Desk) -> None:
        tools = (Community("拾光衣橱"), GROUPS, Notices(), CouponSettings(), TIERS)
        super().__init__(store, [mall.feature], *tools)
        self.desk = desk
        known = replace(KNOWN, tiers=TIERS)
        shelf = Shelf(desk.content, desk.schedules, known, forms=FORMS, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, FORMS))
        self.tools.add(MediaFolder, MediaFolder(desk.content / "media"))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self.tools.add(Doors, OPEN_DOOR)
        self._looks = 0.0
        self._taps = 0

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def writes(self, matter: str = BAG, body: str = "", name: str = "a") -> None:
        """Let an operator write a file, and the clock find it."""
        self.desk.post(f"goods/{name}.md", body or f"说明 {name}", matter, HEAD)
        self.runs("mall.files")

    def has_kinds(self, text: str = COUPONS) -> None:
        """Let an operator write the kinds of coupon."""
        self.desk.write("coupons.toml", text)
        self.runs("mall.files")

    def runs(self, name: str) -> None:
        """Let the clock run one job until it has no more to do."""
        [job] = [job for job in mall.feature.jobs if job.name == name]
        more: bool | None = True
        while more:
            if job.before is not None:
                self.store.do(lambda uow: job.before and job.before(uow, self.tools))
            more = self.store.do(lambda uow: self._run(uow, job.run))

    def _run(self, uow: UnitOfWork, run: Callable[..., bool | None]) -> bool:
        more = run(uow, self.tools)
        self.outgoing += uow.outgoing
        return bool(more)

    def waits(self, **how_long: float) -> None:
        """Let time pass, and what falls due happen."""
        self.store.clock.tick(**how_long)
        for name in ("mall.expire", "mall.remind", "mall.invite"):
            self.runs(name)

    def presses(self, who: str) -> list[str]:
        """Let somebody press the button of a question."""
        self._taps += 1
        now, tap = self.clock.now(), Tap("mall:yes", "card")
        key = f"tap-{self._taps}"
        return self.hears(Update(CHANNEL, key, UpdateKind.TAP, who, now, who, tap=tap))

    def has(self, who: str, amount: int) -> None:
        """Give somebody points."""
        her = self.member(who)
        key = f"gift:{who}:{self.clock.now()}"
        with self.store.unit() as uow:
            points.award(uow, her, amount, reason="gift", key=key)

    def is_of(self, who: str, tier: str) -> None:
        """Give somebody a tier."""
        her = self.member(who)

        def give(uow: UnitOfWork) -> None:
            members.set_tier(uow, her, tier, reason="test", who="lin", tiers=TIERS)
            for event in uow.events:
                for listener in mall.feature.listeners.get(type(event), ()):
                    listener(uow, event, self.tools)

        self.store.do(give)

    def standing(self, who: str) -> tuple[int, int]:
        """Return what somebody can spend, and what is held."""
        her = self.member(who)
        stands = self.store.do(lambda uow: points.standing(uow, her))
        return stands.spendable, stands.held

    def goods(self, number: int = 1) -> GoodsView:
        found = self.store.do(lambda uow: claims.one(uow, number))
        assert found is not None
        return found

    def claim(self, number: int = 1) -> ClaimView:
        found = self.store.do(lambda uow: claims.claim(uow, number))
        assert found is not None
        return found

    def coupons(self, who: str) -> list[Coupon]:
        her = self.member(who)
        return [*self.store.do(lambda uow: coupons.of_member(uow, her))]

    def books(self) -> None:
        """The books agree with themselves, and the stock with the claims."""
        assert self.store.do(points.books_balance) == []

    def told(self) -> list[tuple[str, str]]:
        """Return what was told unasked since the last time: whom, words."""
        told = [
            (one.recipient, one.part.text) for one in self.outgoing if isinstance(one.part, Text)
        ]
        self.outgoing.clear()
        return told

    def problems(self) -> list[Problem]:
        """Return what is wrong with the files."""
        return [*self.tools.use(Shelf).look(self.clock.now()).library.problems]

    def joins(self, who: str, group: str) -> None:
        """Let somebody be in a group."""
        her = self.member(who)
        self.store.do(lambda uow: audience.spoke(uow, CHANNEL, group, her, self.clock.now()))

    def notices(self) -> list[str]:
        return [str(row[0]) for row in self.store.do(lambda uow: uow.run(_NOTICES))]

    def operates(self, action: str, page: str = "mall", **form: str) -> str:
        """Let an operator press a button of a page."""
        [found] = [each for each in mall.feature.pages if each.name == page]
        act = found.actions[action.replace("_", "-")]
        try:
            return self.store.do(lambda uow: act(uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words).strip()

    def page(self, name: str = "mall", **query: str) -> str:
        """Return what an operator sees."""
        [page] = [each for each in mall.feature.pages if each.name == name]
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def file(self, page: str, number: int) -> str:
        """Return the file that a page hands out."""
        [found] = [each for each in mall.feature.pages if each.name == page]
        give = found.files
        assert give is not None
        download = self.store.do(lambda uow: give(uow, self.tools, number))
        assert download is not None
        return download.open().read().decode("utf-8-sig")

    def member_page(self, who: str, name: str = "mine", **query: str) -> str:
        """Return what a member sees."""
        [page] = [each for each in mall.feature.member_pages if each.name == name]
        her = self.member(who)
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        here = f"/m/mall/{name}"
        return self.words(page.template, csrf_field="", here=here, told=False, **shown)

    def picture(self, who: str, number: int = 1) -> bytes | None:
        """Return the picture of goods, as a member gets it."""
        [page] = [each for each in mall.feature.member_pages if each.name == "shop"]
        give, her = page.files, self.member(who)
        assert give is not None
        found = self.store.do(lambda uow: give(uow, self.tools, her, number))
        if found is None:
            return None
        with found.open() as file:
            return file.read()

    def sends_form(self, who: str, page: str, act: str, form: Mapping[str, str]) -> str:
        """Let a member send a form of a page."""
        [found] = [each for each in mall.feature.member_pages if each.name == page]
        her = self.member(who)
        try:
            reply = self.store.do(lambda uow: found.acts[act](uow, self.tools, her, form))
        except Refusal as refused:
            reply = Reply(refused.template, refused.words)
        return self.words(reply.template, **reply.data).strip()

    def settings(self, **changes: object) -> None:
        """Let the room be configured otherwise."""
        self.tools.add(MallSettings, MallSettings(**changes))

    def letters(self) -> list[str]:
        """Return what members were written to about."""
        return [str(row[0]) for row in self.store.do(lambda uow: uow.run(_SUBJECTS))]

    def invited(self) -> list[str]:
        """Return who was written to or is listed, in the order of the letters."""
        rows = self.store.do(lambda uow: uow.run(_LETTERS))
        return [str(row[0]) for row in rows]


_SUBJECTS = Statement("SELECT subject FROM letters ORDER BY id")
_LETTERS = Statement(
    "SELECT i.identity FROM letters l JOIN identities i ON i.member_id = l.member_id"
    " WHERE l.key LIKE 'mall.invite:%' ORDER BY l.id"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def shop(store: Store, desk: Desk) -> Shop:
    return Shop(store, desk)
