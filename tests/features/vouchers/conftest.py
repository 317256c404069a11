"""A counter at which coupons are taken, and a desk from which they are issued."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commons import coupons, members
from bot.commons.content import Forms, Pen, Shelf
from bot.commons.coupons import Coupon, CouponSettings, Kind, Kinds
from bot.commons.notices import Notices
from bot.features import vouchers, wallet
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Community, Tiers
from bot.kernel.errors import Refusal
from bot.kernel.ids import GroupId
from bot.kernel.messages import Text
from bot.kernel.ports import Group, Groups, LastHeard
from bot.kernel.work import Statement
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

KINDS = """
[[coupon]]
name = "fifty"
title = "满 300 减 50"
face_fen = 5000
minimum_fen = 30000
valid_days = 10
[[coupon]]
name = "eight"
title = "八折券"
percent_off = 20
"""
FIFTY = Kind(name="fifty", title="满 300 减 50", face_fen=5000, minimum_fen=30000)
TIERS = Tiers(("时光挚友", "常客"))
GROUPS = Groups.of([Group(GroupId("vip-1"), "老客群", CHANNEL, "vip-1")])
AUDIT = Statement("SELECT who, what, why FROM audit ORDER BY id")


class Desks(Talk):
    """Operators and advisors at their pages, members who have coupons."""

    def __init__(self, store: Store, desk: Desk) -> None:
        tools = (Community("拾光衣橱"), GROUPS, Notices(), CouponSettings(), TIERS)
        super().__init__(store, [vouchers.feature, wallet.feature], *tools)
        self.desk = desk
        self._looks = 0.0
        known = replace(KNOWN, tiers=TIERS)
        forms = Forms({}, {"coupons.toml": Kinds})
        shelf = Shelf(desk.content, desk.schedules, known, forms=forms, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(Pen, Pen(desk.content, forms))
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self.tools.add(Doors, Doors({CHANNEL: Capability(chats=(Chat.COLLEAGUE,), source="")}))
        self.has_kinds()

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def has_kinds(self, text: str = KINDS) -> None:
        """Let an operator write the kinds of coupon."""
        self.desk.write("coupons.toml", text)
        self.tools.use(Shelf).look(self.clock.now())

    def has(self, who: str, kind: Kind = FIFTY) -> str:
        """Give somebody a coupon; return its code."""
        her, now = self.member(who), self.clock.now()
        ends = kind.ends(now, self.tools.use(Community).zone)
        key = f"test:{kind.name}:{who}"
        return self.store.do(
            lambda uow: coupons.issue(uow, her, kind, key=key, reason="gift", valid_until=ends).code
        )

    def coupons(self, who: str) -> list[Coupon]:
        her = self.member(who)
        return [*self.store.do(lambda uow: coupons.of_member(uow, her))]

    def is_of(self, who: str, tier: str) -> None:
        her = self.member(who)
        self.store.do(
            lambda uow: members.set_tier(uow, her, tier, reason="test", who="lin", tiers=TIERS)
        )

    def runs(self) -> None:
        """Let the clock issue and take back what there is."""
        for job in vouchers.feature.jobs:
            more: bool | None = True
            while more:
                with self.store.unit() as uow:
                    more = job.run(uow, self.tools)
                    self.outgoing += uow.outgoing

    def acts(self, page: str, action: str, *, who: str = "lin", **form: str) -> str:
        """Let somebody press a button of a page."""
        [found] = [each for each in vouchers.feature.pages if each.name == page]
        try:
            said = self.store.do(lambda uow: found.actions[action](uow, self.tools, form, who))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words).strip()
        return said.strip()

    def page(self, name: str, **query: str) -> str:
        [page] = [each for each in vouchers.feature.pages if each.name == name]
        shown = self.store.do(lambda uow: page.load(uow, self.tools, query))
        return self.words(page.template, csrf_field="", **shown)

    def file(self) -> str:
        """Return what was redeemed today, as CSV."""
        [page] = [each for each in vouchers.feature.pages if each.name == "redeem"]
        give = page.files
        assert give is not None
        download = self.store.do(lambda uow: give(uow, self.tools, 1))
        assert download is not None
        return download.open().read().decode("utf-8-sig")

    def told(self) -> list[str]:
        told = [one.part.text for one in self.outgoing if isinstance(one.part, Text)]
        self.outgoing.clear()
        return told

    def audit(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.store.do(lambda uow: uow.run(AUDIT))]


@pytest.fixture
def desks(store: Store, tmp_path: Path) -> Desks:
    return Desks(store, Desk(tmp_path))
