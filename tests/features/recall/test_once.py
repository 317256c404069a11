"""Once for each lapse, by day, while it is switched on; who is not to be bothered is left alone."""

from datetime import timedelta

import pytest

from bot.commons import cases, members, outreach, reception
from bot.commons.cases import Ending, Kind
from bot.commons.outreach import Hushed
from bot.features import recall
from bot.features.recall import service
from bot.kernel.capability import Doors
from bot.kernel.work import UnitOfWork
from tests.features.recall.conftest import Shop


@pytest.mark.parametrize(("days", "letters"), [(59, 0), (60, 1)])
def test_day_59_is_none_and_day_60_is_one(both: Shop, days: int, letters: int) -> None:
    both.likes_prices("amei", ago=0)
    both.starts()
    both.passes(days=days)
    assert len(both.day()) == letters
    assert len(both.coupons("amei")) == letters


def test_it_is_the_day_that_counts_not_the_hour(shop: Shop) -> None:
    shop.bought("amei", ("coat", 100_000), ago=60 - 11 / 24)  # in the evening, 23:00
    shop.starts()
    assert shop.day() != []


def test_a_lapse_is_told_once_and_an_order_begins_anew(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    assert len(both.day()) == 1
    assert both.types() == {}
    for _ in range(3):
        both.passes(days=40)
        assert both.day() == []
    both.likes_prices("amei", ago=0)
    both.passes(days=59)
    assert both.day() == []
    both.passes(days=1)
    assert len(both.day()) == 1
    assert len(both.coupons("amei")) == 2


def test_another_last_order_without_a_purchase_begins_nothing_anew(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    assert len(both.day()) == 1
    both.passes(days=3)
    both.bought("amei", ("socks", 2_000), ago=61)  # told late

    assert both.day() == []
    assert len(both.coupons("amei")) == 1


def test_an_order_told_late_that_she_had_just_made_begins_anew(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    assert len(both.day()) == 1
    both.bought("amei", ("coat", 60_000), ago=1)  # she was recalled a day too late
    both.passes(days=59)
    assert both.day() == []
    both.passes(days=1)
    assert len(both.day()) == 1


def test_an_order_that_went_back_is_none(both: Shop) -> None:
    both.likes_prices("amei")
    both.bought("amei", ("coat", 60_000), ago=2, back_fen=60_000)
    both.starts()
    assert len(both.day()) == 1


def test_who_has_never_ordered_is_never_recalled(shop: Shop) -> None:
    shop.member("amei")
    shop.bought("lily", ("coat", 60_000), ago=90, back_fen=60_000)
    shop.starts()
    assert shop.day() == []


def test_nobody_is_recalled_before_somebody_starts_and_after_somebody_stops(shop: Shop) -> None:
    shop.likes_prices("amei")
    assert shop.day() == []
    shop.starts()
    assert "停了" in shop.operates("recall", "stop")
    assert shop.day() == []
    assert shop.operates("recall", "stop").startswith("✗ 已经停了")
    shop.starts()
    assert shop.operates("recall", "start").startswith("✗ 已经开始了")
    assert len(shop.day()) == 1
    assert [what for _, what in shop.store.audited() if what.startswith("recall.")] == [
        *("recall.started", "recall.stopped", "recall.started", "recall.queued"),
    ]


@pytest.mark.parametrize(("hours", "letters"), [(-4, 0), (-3, 1), (8, 1), (9, 0), (14, 0)])
def test_nobody_is_written_to_at_night(shop: Shop, hours: int, letters: int) -> None:
    shop.likes_prices("amei", ago=62)
    shop.starts()
    her = shop.member("amei")
    shop.passes(hours=hours)  # from noon on
    shop.store.do(lambda uow: service.recall(uow, shop.tools, [her]))  # she was found before
    assert shop.store.count("letters") == letters
    assert shop.day() == []


def test_a_complaint_keeps_offers_away_and_then_she_is_recalled(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    case = both.opens("amei", Kind.COMPLAINT)
    assert both.day() == []
    with both.store.unit() as uow:
        cases.resolve(uow, case, who="lisi", code=Ending.SOLVED)
    assert both.day() == []  # it may be opened again
    with both.store.unit() as uow:
        cases.close(uow, case, who="lisi", code=Ending.SOLVED)
    assert len(both.day()) == 1


def test_who_is_with_a_human_is_left_to_her(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    case, her = both.opens("amei", Kind.VALUE), both.member("amei")
    with both.store.unit() as uow:
        reception.take(uow, both.tools, her, case, reception.Owner.HUMAN, advisor="lisi")
    assert both.day() == []
    both.store.do(lambda uow: service.recall(uow, both.tools, [her]))  # she was found before
    assert both.store.count("recalls") == 0
    with both.store.unit() as uow:
        reception.let_go(uow, her)
    assert len(both.day()) == 1


@pytest.mark.parametrize("said", [Hushed.QUIET, Hushed.OFFERS])
@pytest.mark.parametrize("kind", ["prices", "goods", "service"])
def test_who_wants_no_offers_gets_none_of_any_kind(shop: Shop, said: Hushed, kind: str) -> None:
    {"prices": shop.likes_prices, "goods": shop.likes_goods, "service": shop.had_trouble}[kind](
        "amei"
    )
    her = shop.member("amei")
    shop.store.do(lambda uow: outreach.hush(uow, her, said))
    shop.starts()
    assert shop.day() == []
    assert shop.store.count("recalls") == shop.store.count("followups") == 0


def test_who_wants_no_calls_is_recalled_all_the_same(shop: Shop) -> None:
    shop.likes_prices("amei")
    her = shop.member("amei")
    shop.store.do(lambda uow: outreach.hush(uow, her, Hushed.CALLS))
    shop.starts()
    assert len(shop.day()) == 1


def test_who_is_about_to_leave_is_let_go(shop: Shop) -> None:
    shop.likes_prices("amei")
    her = shop.member("amei")
    with shop.store.unit() as uow:
        now = uow.clock.now()
        members.ask_erasure(uow, her, now)
        after = now + timedelta(days=7)
        assert members.confirm_erasure(uow, her, asked_since=now, after=after)
    shop.starts()
    assert shop.day() == []


def test_who_can_not_be_reached_is_listed_for_a_person_and_her_coupon_waits(both: Shop) -> None:
    both.tools.add(Doors, Doors({}))
    both.likes_prices("amei")
    both.starts()
    assert both.day() == []
    [coupon] = both.coupons("amei")
    assert both.rows("type, told") == [("price", "no_way")]
    [letter] = both.letters()
    assert letter[1:] == (f"召回：满 300 减 50（券码 {coupon.code}）", "offer", "no_way")
    assert both.day() == []


def test_no_more_than_so_many_a_day_the_latest_first(both: Shop) -> None:
    settings = recall.feature.settings(most_a_day=2)
    both.tools.add(recall.feature.settings, settings)
    for number in range(5):
        both.likes_prices(f"m{number}", ago=60 + number)
    both.starts()
    assert len(both.day()) == 2
    assert both.rows("member_id") == [(both.member("m0"),), (both.member("m1"),)]
    both.passes(hours=8)
    assert both.day() == []
    both.passes(hours=16)
    assert len(both.day()) == 2
    both.passes(days=1)
    assert len(both.day()) == 1


def test_many_who_get_nothing_do_not_stand_in_the_way(shop: Shop) -> None:
    shop.writes("recall.toml", '[quality]\ncoupon = "sample"\ntext = "x"\n')
    for number in range(30):
        shop.likes_prices(f"m{number}", ago=61)
    for number in range(45):
        shop.likes_goods(f"q{number}", ago=70)
    shop.starts()
    assert len(shop.day()) == 45


def test_a_process_that_dies_leaves_nothing_and_the_next_does_it_once(both: Shop) -> None:
    both.likes_prices("amei")
    both.starts()
    her = both.member("amei")

    def dies(uow: UnitOfWork) -> None:
        service.recall(uow, both.tools, [her])
        raise ConnectionError

    for _ in range(2):
        with pytest.raises(ConnectionError):
            both.store.do(dies)
    assert both.store.count("recalls") == both.store.count("coupons") == 0
    assert len(both.day()) == 1
    for _ in range(2):
        both.store.do(lambda uow: service.recall(uow, both.tools, [her, her]))
    assert (both.store.count("recalls"), both.store.count("coupons")) == (1, 1)


def test_an_order_that_comes_after_the_look_counts(shop: Shop) -> None:
    shop.likes_prices("amei")
    shop.starts()
    her, [job] = shop.member("amei"), recall.feature.jobs
    assert job.before is not None
    shop.store.do(lambda uow: job.before and job.before(uow, shop.tools))
    shop.bought("amei", ("socks", 3_000), ago=0)
    shop.store.do(lambda uow: job.run(uow, shop.tools))
    assert shop.store.count(f"recalls WHERE member_id = {her}") == 0


def test_who_wants_no_offers_after_the_look_gets_no_coupon(shop: Shop) -> None:
    shop.likes_prices("amei")
    shop.starts()
    her, [job] = shop.member("amei"), recall.feature.jobs
    shop.store.do(lambda uow: job.before and job.before(uow, shop.tools))
    shop.store.do(lambda uow: outreach.hush(uow, her, Hushed.OFFERS))
    shop.store.do(lambda uow: job.run(uow, shop.tools))

    assert shop.store.count(f"recalls WHERE member_id = {her}") == 0
    assert shop.coupons("amei") == []
