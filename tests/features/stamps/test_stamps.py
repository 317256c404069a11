"""Cup cards: every n-th paid cup brings a coupon, refunds take stamps off, never below nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commons import coupons
from bot.commons.orders import Item, Status
from bot.features import stamps
from bot.features.stamps import service
from bot.features.stamps.matter import CupCard
from bot.features.stamps.rules import Cups, Standing, cups_in, still_paid
from bot.kernel.work import Statement, UnitOfWork
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
CARD = (
    '[[card]]\nname = "five"\ntitle = "买五赠一"\ncups = 5\ncoupon = "cup"\ncategories = ["咖啡"]\n'
)
COFFEE = CupCard.model_validate(
    {"name": "c", "title": "t", "cups": 5, "coupon": "cup", "categories": ["咖啡"]}
)


def cups(number: int, price: int = 3_000) -> list[Item]:
    return [Item("latte", "拿铁", "咖啡", "", number, price)]


def buys(market: Market, number: str, count: int, *, back: int = 0) -> None:
    fen = count * 3_000
    market.buys("amei", number, fen, back_fen=back * 3_000, items=cups(count))


def card(market: Market, who: str = "amei") -> Standing:
    her = market.member(who)

    def read(uow: UnitOfWork) -> Standing:
        rules = service.book(uow, market.tools)
        return service.standing_of(uow, rules.cards.card[0], her)

    return market.store.do(read)


def states(market: Market) -> list[str]:
    """Return how her coupons stand, the first one first."""
    return [one.state.value for one in sorted(market.coupons("amei"), key=lambda one: one.id)]


def uses(market: Market, number: int = 0) -> None:
    """Let her use one of her coupons."""
    code = sorted(market.coupons("amei"), key=lambda one: one.id)[number].code
    with market.store.unit() as uow:
        coupons.redeem(uow, code, by="lin", spend_fen=9_000, zone=SHANGHAI)


@pytest.mark.parametrize("size", [5, 10])
def test_the_last_cup_of_a_card_brings_one_coupon(both: Market, size: int) -> None:
    both.writes("stamps.toml", CARD.replace("cups = 5", f"cups = {size}"))
    for number in range(size - 1):
        buys(both, f"o{number}", 1)
    assert states(both) == []
    assert card(both) == Standing(size - 1, size, 0, 0)
    for _ in range(3):
        buys(both, "last", 1)
    assert states(both) == ["issued"]
    assert card(both) == Standing(0, size, 0, 1)


def test_a_large_order_brings_several(market: Market) -> None:
    market.writes("stamps.toml", CARD)
    buys(market, "a", 12)
    assert states(market) == ["issued", "issued"]
    assert card(market) == Standing(2, 5, 0, 2)


def test_a_refund_takes_the_stamp_and_the_unused_coupon(both: Market) -> None:
    both.writes("stamps.toml", CARD)
    buys(both, "a", 4)
    buys(both, "b", 1)
    for _ in range(3):
        buys(both, "b", 1, back=1)
    assert states(both) == ["revoked"]
    assert card(both) == Standing(4, 5, 0, 0)
    buys(both, "c", 1)
    assert states(both) == ["revoked", "issued"]


def test_a_used_coupon_is_owed_and_the_next_stamps_pay_it(both: Market) -> None:
    both.writes("stamps.toml", CARD)
    buys(both, "a", 3)
    buys(both, "b", 2)
    uses(both)
    buys(both, "b", 2, back=2)
    assert states(both) == ["redeemed"]
    assert card(both) == Standing(0, 5, 2, 1)
    assert "还欠 2 杯" in both.says("amei", "集杯卡")[0]
    assert "欠 2 杯" in both.page("stamps", q="simulator:amei")
    buys(both, "c", 2)
    assert card(both) == Standing(0, 5, 0, 1)
    buys(both, "d", 5)
    assert states(both) == ["redeemed", "issued"]
    debts = Statement("SELECT what FROM audit WHERE what LIKE 'stamps.debt%' ORDER BY id")
    assert [row[0] for row in both.store.do(lambda uow: uow.run(debts))] == [
        "stamps.debt",
        "stamps.debt_paid",
    ]


def test_an_unused_coupon_goes_before_a_used_one_is_owed(market: Market) -> None:
    market.writes("stamps.toml", CARD)
    buys(market, "a", 5)
    buys(market, "b", 5)
    uses(market, 1)
    buys(market, "b", 5, back=5)
    assert states(market) == ["revoked", "redeemed"]
    assert card(market) == Standing(0, 5, 0, 1)


def test_a_changed_card_takes_nothing_that_was_given(market: Market) -> None:
    market.writes("stamps.toml", CARD)
    buys(market, "a", 5)
    market.writes("stamps.toml", CARD.replace("cups = 5", "cups = 10"))
    buys(market, "b", 1)
    assert states(market) == ["issued"]
    assert card(market) == Standing(1, 10, 0, 1)


def test_what_is_bought_while_the_file_is_broken_is_stamped_when_it_is_mended(
    both: Market,
) -> None:
    both.writes("stamps.toml", CARD + "cupz = 5\n")
    for _ in range(2):
        buys(both, "a", 5)
    buys(both, "b", 3)
    buys(both, "b", 3, back=2)
    both.runs("stamps.catch-up")
    assert states(both) == []
    both.writes("stamps.toml", CARD)
    for _ in range(2):
        both.runs("stamps.catch-up")
    assert states(both) == ["issued"]
    assert card(both) == Standing(1, 5, 0, 1)


def test_a_card_counts_by_the_day_of_payment_and_for_whom_it_is(market: Market) -> None:
    market.writes("stamps.toml", CARD + 'valid_from = 2026-08-25\nonly = ["tag:通勤"]\n')
    begins = datetime(2026, 8, 25, tzinfo=SHANGHAI)
    market.buys("lily", "x", 3_000, at=begins, items=cups(1))
    market.tags("amei", "通勤")
    early = datetime(2026, 8, 24, 23, 59, 59, 999_999, tzinfo=SHANGHAI)
    market.buys("amei", "a", 3_000, at=early, items=cups(1))
    market.buys("amei", "b", 3_000, at=begins, items=cups(1))
    assert (card(market).stamps, card(market, "lily").stamps) == (1, 0)


def test_a_hand_stamps_once_for_each_form_and_can_be_undone(market: Market) -> None:
    market.writes("stamps.toml", CARD)
    her = str(market.member("amei"))
    form = {"member": her, "card": "five", "cups": "5", "why": "补盖", "form_key": "k"}
    for _ in range(3):
        assert "盖好了：买五赠一 0/5" in market.operates("stamps", "stamp", **form)
    assert states(market) == ["issued"]
    assert market.operates("stamps", "take-off", stamp="1").startswith("✗ 请写原因")
    assert "已去掉 5 杯" in market.operates("stamps", "take-off", stamp="1", why="盖错")
    assert ("lin", "stamps.taken_off") in market.store.audited()
    assert states(market) == ["revoked"]
    assert market.operates("stamps", "take-off", stamp="1", why="盖错").startswith("✗ 没有这笔")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cups": "0"}, "1 到 20"),
        ({"cups": "-1"}, "1 到 20"),
        ({"cups": "1.5"}, "1 到 20"),
        ({"cups": "21"}, "1 到 20"),
        ({"cups": "9" * 40}, "1 到 20"),
        ({"card": "none"}, "没有这张卡"),
        ({"member": "99"}, "没有这位会员"),
        ({"why": " "}, "请写原因"),
    ],
)
def test_a_wrong_form_stamps_nothing(market: Market, changed: dict[str, str], said: str) -> None:
    market.writes("stamps.toml", CARD)
    her = str(market.member("amei"))
    form = {"member": her, "card": "five", "cups": "1", "why": "补盖", "form_key": "k"} | changed
    assert said in market.operates("stamps", "stamp", **form)
    assert market.store.count("stamps") == 0


def test_what_is_shown_with_and_without_cards(market: Market) -> None:
    assert market.says("amei", "集杯卡") == ["现在没有集杯卡活动。"]
    assert "没有集杯卡活动" in market.member_page("stamps", "amei")
    assert "还没有集杯卡" in market.page("stamps")
    market.writes("stamps.toml", CARD)
    buys(market, "a", 3)
    assert market.says("amei", "集杯卡")[0].startswith("买五赠一 3/5 ☕☕☕○○\n")
    assert market.says("amei", "集杯卡", group="vip-1") == ["买五赠一 3/5 ☕☕☕○○"]
    shown = market.member_page("stamps", "amei")
    assert shown.count("<svg") == 5
    assert "再买 2 杯送一张券" in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CARD + CARD, "7 duplicate-name"),
        (CARD.replace("cups = 5", "cups = 1"), "4 bad-value"),
        (CARD.replace('coupon = "cup"', 'coupon = "gold"'), "5 bad-value"),
        (CARD.replace('categories = ["咖啡"]\n', ""), "2 missing-key"),
        (CARD.replace("买五赠一", "好友助力集杯"), "3 share-for-reward"),
        (CARD + "cupz = 5\n", "7 unknown-key"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(market: Market, text: str, said: str) -> None:
    market.writes("stamps.toml", text)
    [problem] = market.problems()
    assert problem.startswith(said)


def test_the_page_says_in_a_word_what_is_wrong(market: Market) -> None:
    market.writes("stamps.toml", CARD + "cupz = 5\n")
    assert "stamps.toml 第 7 行有不认识的键：" in market.page("stamps")


def test_free_cups_and_other_things_are_no_stamps() -> None:
    cake, free = Item("cake", "蛋糕", "点心", "", 1, 4_000), Item("latte", "", "咖啡", "", 1, 0)
    assert cups_in([cake, free, *cups(2)], COFFEE) == Cups((3_000, 3_000), 10_000)
    assert cups_in([Item("latte", "", "咖啡", "", 2, 0)], COFFEE) == Cups((0, 0), 0)
    assert cups_in([Item("latte", "", "咖啡", "", -3, 3_000)], COFFEE).prices_fen == ()
    assert len(cups_in([Item("latte", "", "咖啡", "", 10**9, 1)], COFFEE).prices_fen) == 20


@pytest.mark.parametrize(
    ("rest", "paid", "kept"),
    [
        (13_000, 13_000, 3),
        (9_000, 13_000, 3),  # the cake went back
        (8_999, 13_000, 2),
        (3_000, 13_000, 1),
        (0, 13_000, 0),
        (6_500, 6_500, 3),  # half price
        (4_500, 6_500, 3),
        (4_400, 6_500, 2),
    ],
)
def test_what_is_left_pays_cups_first(rest: int, paid: int, kept: int) -> None:
    assert still_paid(Cups((3_000, 3_000, 3_000), 13_000), rest, paid) == kept


@given(st.integers(0, 20), st.integers(0, 10_000), st.integers(1, 10_000), st.booleans())
def test_less_left_never_keeps_more(count: int, rest: int, paid: int, priced: bool) -> None:  # noqa: FBT001
    listed = Cups((100,) * count if priced else (0,) * count, count * 100 if priced else 0)
    assert 0 <= still_paid(listed, rest // 2, paid) <= still_paid(listed, rest, paid) <= count
    assert still_paid(listed, paid, paid) == count


@dataclass
class Oracle:
    """The rule of the card in the words of the requirement, without the room's arithmetic."""

    size: int
    orders: dict[str, int] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)

    def settle(self) -> None:
        paid = sum(self.orders.values())
        standing = [n for n, state in enumerate(self.given) if state != "revoked"]
        for number in reversed(standing):
            alive = sum(state != "revoked" for state in self.given)
            if paid < alive * self.size and self.given[number] == "issued":
                self.given[number] = "revoked"
        while paid >= (sum(state != "revoked" for state in self.given) + 1) * self.size:
            self.given.append("issued")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([2, 5, 10]))
def test_random_orders_refunds_and_uses_agree_with_the_oracle(
    tmp_path_factory: pytest.TempPathFactory, seed: int, size: int
) -> None:
    folder: Path = tmp_path_factory.mktemp("oracle")
    store, chance = Store(folder), Random(seed)  # noqa: S311 - a test
    market, oracle = Market(store, Desk(folder), [stamps.feature]), Oracle(size)
    market.writes("stamps.toml", CARD.replace("cups = 5", f"cups = {size}"))
    bought: dict[str, int] = {}
    for number in range(14):
        what = chance.random()
        if what < 0.5 or not bought:
            name, count = f"o{number}", chance.randint(1, 7)
            bought[name] = oracle.orders[name] = count
            buys(market, name, count)
        elif what < 0.8:
            name = chance.choice(sorted(bought))
            back = chance.randint(bought[name] - oracle.orders[name], bought[name])
            oracle.orders[name] = bought[name] - back
            for _ in range(chance.randint(1, 3)):
                buys(market, name, bought[name], back=back)
        elif usable := [n for n, state in enumerate(oracle.given) if state == "issued"]:
            chosen = chance.choice(usable)
            oracle.given[chosen] = "redeemed"
            uses(market, chosen)
        oracle.settle()
        assert states(market) == oracle.given
        alive = sum(state != "revoked" for state in oracle.given)
        free = sum(oracle.orders.values()) - alive * size
        assert card(market) == Standing(max(free, 0), size, max(-free, 0), alive)
    store.close()


def test_a_cancelled_order_never_stamps(market: Market) -> None:
    market.writes("stamps.toml", CARD)
    market.buys("amei", "a", 3_000, status=Status.CANCELLED, items=cups(1))
    assert card(market).stamps == 0
