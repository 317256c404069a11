"""A shop with products, in which members buy, complain and stay away."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import cases, coupons, products
from bot.commons.cases import Concern, Kind
from bot.commons.orders import Item
from bot.commons.products import Product
from bot.commons.ratings import About
from bot.features import followups, recall
from bot.features.recall import reads, service
from bot.kernel.capability import Capability, Chat, Doors
from bot.kernel.community import Advisor, Advisors, Community
from bot.kernel.ids import MemberId
from bot.kernel.messages import Outgoing, Text
from bot.kernel.work import Row, Statement, UnitOfWork
from bot.storage.columns import micros
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL

OPEN_DOOR = Doors({CHANNEL: Capability(chats=(Chat.COLLEAGUE,), source="")})
COUPONS = """
[[coupon]]
name = "over-300"
title = "满 300 减 50"
face_fen = 5000
minimum_fen = 30000
[[coupon]]
name = "sample"
title = "羊毛护理体验装"
face_fen = 2900
"""
OFFERS = """
[price]
coupon = "over-300"
text = "{{ called }}，好久不见。"
[quality]
coupon = "sample"
text = "{{ called }}，送你一份体验装。"
[service]
text = "问问{{ name }}好不好。"
[unknown]
content = "posts/wool.md"
text = "也许用得上："
"""
_VOICE = Statement(
    "INSERT INTO voices (member_id, key, words, at, about, by_rule, found, who, handled)"
    " VALUES (:member, :key, 'x', :at, :about, :about, '[]', '', '')"
)
_SCORE = Statement(
    "INSERT INTO case_ratings (case_id, member_id, times_opened, kind, advisor, channel, identity,"
    " state, key, due_at, asked_at, score, first_score, answered_at, told) VALUES (:case, :member,"
    " 1, 'human', '', '', '', 'answered', '', :at, :at, :score, :score, :at, 0)"
)


class Shop(Market):
    """The rooms of recalls and follow-ups, with a door that is always open."""

    def __init__(self, store: Store, desk: Desk) -> None:
        super().__init__(store, desk, [recall.feature, followups.feature])
        self.tools.add(Doors, OPEN_DOOR)
        self.tools.add(Advisors, Advisors([Advisor("lisi", "李顾问")]))
        self._keys = 0
        with store.unit() as uow:
            for sku, fen in (("socks", 3_000), ("scarf", 20_000), ("coat", 100_000)):
                products.keep(uow, Product(sku, sku, "", "", fen, None, None, ""))
        desk.post("posts/wool.md", "毛衣这样洗。", 'title = "洗毛衣"\n')
        desk.write("coupons.toml", COUPONS)
        self.writes("recall.toml", OFFERS)

    def key(self) -> int:
        self._keys += 1
        return self._keys

    def bought(
        self, who: str, *items: tuple[str, int], ago: float, number: str = "", back_fen: int = 0
    ) -> None:
        """Let somebody have bought things (sku, price of one) so many days ago."""
        fen = sum(price for _, price in items) or 1
        self.buys(
            who,
            number or f"{who}-{self.key()}",
            fen,
            back_fen=back_fen,
            at=self.clock.now() - timedelta(days=ago),
            items=[Item(sku, sku, quantity=1, price_fen=price) for sku, price in items],
        )

    def likes_prices(self, who: str, ago: float = 60) -> None:
        self.bought(who, ("socks", 2_000), ("scarf", 15_000), ago=ago + 30)
        self.bought(who, ("coat", 60_000), ago=ago)

    def likes_goods(self, who: str, ago: float = 60) -> None:
        self.bought(who, ("coat", 100_000), ("coat", 100_000), ago=ago + 30)
        self.bought(who, ("socks", 3_000), ago=ago)

    def had_trouble(self, who: str, ago: float = 60) -> None:
        self.bought(who, ("scarf", 20_000), ago=ago)
        self.scores(who, 1, ago=ago)
        self.scores(who, 2, ago=ago - 1)

    def says_about(self, who: str, about: About, ago: float) -> None:
        at = micros(self.clock.now() - timedelta(days=ago))
        values = {"member": self.member(who), "key": f"v{self.key()}", "at": at}
        self.store.do(lambda uow: uow.run(_VOICE, about=about.value, **values))

    def scores(self, who: str, score: int, ago: float) -> None:
        at = micros(self.clock.now() - timedelta(days=ago))
        values = {"member": self.member(who), "case": 1000 + self.key(), "at": at}
        self.store.do(lambda uow: uow.run(_SCORE, score=score, **values))

    def opens(self, who: str, kind: Kind, ago: float = 0) -> int:
        """Let somebody need a human; return the number of the case."""
        at = self.clock.now() - timedelta(days=ago)
        concern = Concern(
            self.member(who), kind, 1, [], at, CHANNEL, "", who, key=f"c{self.key()}", words="x"
        )
        with self.store.unit() as uow:
            return cases.open_case(uow, concern).case.id

    def uses_coupon(self, who: str, order: str = "", reason: str = "reward") -> None:
        """Let somebody use a coupon in an order, or without a number now."""
        her, zone = self.member(who), self.tools.use(Community).zone
        with self.store.unit() as uow:
            kind = coupons.Kind(name="k", title="k", face_fen=1)
            ends = uow.clock.now() + timedelta(days=9)
            one = coupons.issue(
                uow, her, kind, key=f"k{self.key()}", reason=reason, valid_until=ends
            )
            coupons.redeem(uow, one.code, by="x", order_ref=order, spend_fen=9, zone=zone)

    def starts(self) -> None:
        assert "开始了" in self.operates("recall", "start")

    def day(self) -> list[str]:
        """Let the clock recall whom it would today; return what was written."""
        before = len(self.outgoing)
        self.runs("recall.send")
        return [_words(one) for one in self.outgoing[before:]]

    def types(self) -> dict[str, str]:
        """Return what those who have stayed away set store by."""

        def look(uow: UnitOfWork) -> dict[str, str]:
            counter = service.Counter(uow, self.tools)
            return {
                str(one.lapse.member): one.type.value
                for one in map(counter.look_at, reads.lapsed(uow, self.tools, most=100))
            }

        return self.store.do(look)

    def type_of(self, who: str) -> str:
        return self.types()[str(self.member(who))]

    def rows(self, columns: str, table: str = "recalls") -> list[Row]:
        asked = Statement(f"SELECT {columns} FROM {table} ORDER BY id")
        return list(self.store.do(lambda uow: uow.run(asked)))

    def passes(self, days: float = 0, hours: float = 0) -> None:
        """Let time pass."""
        self.store.clock.tick(days=days, hours=hours)

    def everybody(self, *who: str) -> list[MemberId]:
        return [self.member(one) for one in who]

    def letters(self) -> list[Row]:
        return self.rows("member_id, subject, purpose, status", "letters")


def _words(one: Outgoing) -> str:
    return one.part.text if isinstance(one.part, Text) else one.part.kind


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def shop(store: Store, desk: Desk) -> Shop:
    return Shop(store, desk)


@pytest.fixture
def both(store_on_both: Store, desk: Desk) -> Shop:
    return Shop(store_on_both, desk)
