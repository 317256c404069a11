"""A community whose members bring friends, who order and give back."""

from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bot.commons import coupons, notices, orders
from bot.commons.content import Forms, Shelf
from bot.commons.coupons import Coupon, Kinds
from bot.commons.notices import Notices
from bot.commons.orders import Order, Status
from bot.commons.profiles import read_ref
from bot.features import referral, wallet
from bot.features.referral import reads, service
from bot.features.referral.reads import Referral
from bot.features.referral.rules import ReferralSettings, ReferralTerms, State
from bot.kernel.community import Community
from bot.kernel.errors import Refusal
from bot.kernel.events import OrderPaid, OrderRefunded
from bot.kernel.messages import Reply
from bot.kernel.ports import LastHeard
from bot.kernel.privacy import PersonalRegistry
from bot.kernel.work import UnitOfWork
from tests.kit.desk import KNOWN, Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk

KINDS = """
[[coupon]]
name = "friend50"
title = "50 元券"
face_fen = 5000
[[coupon]]
name = "warranty"
title = "延保一年"
percent_off = 100
"""
TERMS = """
friend_coupon = "friend50"
referrer_coupon = "friend50"
[[tier]]
count = 3
coupon = "warranty"
"""
FORMS = Forms({}, {"referral.toml": ReferralTerms, "coupons.toml": Kinds})


class Village(Talk):
    """Members, the two files, and orders that come in as an import tells them."""

    def __init__(self, store: Store, desk: Desk, **settings: object) -> None:
        rooms = [wallet.feature, referral.feature]
        super().__init__(store, rooms, Community("拾光衣橱"), Notices())
        self.tools.add(ReferralSettings, ReferralSettings.model_validate(settings))
        self.desk = desk
        desk.write("coupons.toml", KINDS)
        desk.write("referral.toml", TERMS)
        self._looks = 0.0
        shelf = Shelf(desk.content, desk.schedules, KNOWN, forms=FORMS, monotonic=self._seconds)
        self.tools.add(Shelf, shelf)
        self.tools.add(LastHeard, lambda _uow, _channel, _identity: None)
        self.look()
        self._orders = count(1)

    def _seconds(self) -> float:
        self._looks += 10
        return self._looks

    def look(self) -> None:
        self.tools.use(Shelf).look(self.clock.now())

    def code(self, who: str) -> str:
        her = self.member(who)
        return self.store.do(lambda uow: service.code_of(uow, her))

    def names(self, friend: str, referrer: str) -> str:
        """Let somebody name another's code; a minute passes."""
        [said] = self.says(friend, f"邀请码 {self.code(referrer)}")
        self.store.clock.tick(minutes=1)
        return said

    def order(
        self,
        who: str,
        number: str,
        *,
        paid: int = 30_000,
        back: int = 0,
        at: datetime | None = None,
    ) -> None:
        """Let the shop tell of an order, now and as it stands, and rooms hear of it."""
        self.member(who)
        status = Status.REFUNDED if back >= paid else Status.PAID
        told = Order(
            "pos", number, read_ref(f"{CHANNEL}:{who}"), at or self.clock.now(), paid, back, status
        )
        with self.store.unit() as uow:
            orders.record(uow, told)
        self.tells()

    def tells(self) -> None:
        """Let rooms hear of orders, in one unit of work as in the house."""
        with self.store.unit() as uow:
            orders.tell(uow, most=100)
            for event in uow.events:
                for hear in referral.feature.listeners.get(type(event), ()):
                    if isinstance(event, OrderPaid | OrderRefunded):
                        hear(uow, event, self.tools)

    def buys(self, who: str, paid: int = 30_000) -> str:
        number = f"o{next(self._orders)}"
        self.order(who, number, paid=paid)
        self.settles()
        return number

    def returns(self, who: str, number: str, *, at: datetime) -> None:
        self.order(who, number, paid=30_000, back=30_000, at=at)
        self.settles()

    def settles(self) -> None:
        [job] = referral.feature.jobs
        more: bool | None = True
        while more:
            more = self.store.do(lambda uow: job.run(uow, self.tools))

    def waits(self, **how_long: float) -> None:
        self.store.clock.tick(**how_long)
        self.settles()

    def coupons(self, who: str) -> list[Coupon]:
        her = self.member(who)
        return list(self.store.do(lambda uow: coupons.of_member(uow, her)))

    def usable(self, who: str) -> list[str]:
        return sorted(one.title for one in self.coupons(who) if one.is_usable)

    def referral(self, friend: str) -> Referral:
        her = self.member(friend)
        found = self.store.do(lambda uow: reads.of_friend(uow, her))
        assert found is not None
        return found

    def state(self, friend: str) -> State:
        return self.referral(friend).state

    def redeems(self, who: str) -> None:
        zone, code = Community("").zone, next(o.code for o in self.coupons(who) if o.is_usable)
        with self.store.unit() as uow:
            coupons.redeem(uow, code, by="lin", spend_fen=10_000, zone=zone)

    def notices(self) -> list[str]:
        return [one.text for one in self.store.do(notices.recent)]

    @property
    def registry(self) -> PersonalRegistry:
        return PersonalRegistry(referral.feature.personal)

    def forgets(self, who: str) -> None:
        her = self.member(who)
        self.store.do(lambda uow: self.registry.erase(uow, her))

    def operates(self, **form: str) -> str:
        [page] = referral.feature.pages
        try:
            return self.store.do(lambda uow: page.actions["void"](uow, self.tools, form, "lin"))
        except Refusal as refused:
            return "✗ " + self.words(refused.template, **refused.words)

    def page(self) -> str:
        [page] = referral.feature.pages
        shown = self.store.do(lambda uow: page.load(uow, self.tools, {}))
        return self.words(page.template, csrf_field="", **shown)

    def member_page(self, who: str, name: str = "mine", **query: str) -> str:
        page, her = (
            next(p for p in referral.feature.member_pages if p.name == name),
            self.member(who),
        )
        shown = self.store.do(lambda uow: page.load(uow, self.tools, her, query))
        return self.words(
            page.template, csrf_field="", here=f"/m/referral/{name}", told=False, **shown
        )

    def sends_form(self, who: str, code: str) -> str:
        return self._acts(1, "bind", who, {"code": code})

    def asks_for_code(self, who: str) -> str:
        return self._acts(0, "code", who, {})

    def _acts(self, number: int, name: str, who: str, form: dict[str, str]) -> str:
        page, her = referral.feature.member_pages[number], self.member(who)

        def act(uow: UnitOfWork) -> Reply:
            return page.acts[name](uow, self.tools, her, form)

        reply = self.store.do(act)
        return self.words(reply.template, **reply.data)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def village(store: Store, desk: Desk) -> Village:
    return Village(store, desk)
