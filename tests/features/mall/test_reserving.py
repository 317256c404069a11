"""What is kept for a member: held, reminded of, let go once; and who comes first."""

from datetime import timedelta

from bot.commons import claims, points
from bot.kernel.privacy import PersonalRegistry
from tests.features.mall.conftest import BAG, FLASH, Shop

KEPT = BAG + "reserve_hours = 24\n"


def reserves(shop: Shop, who: str = "amei") -> None:
    shop.says(who, "兑换 1")
    assert shop.says(who, "确认兑换")[0].startswith("预留好了")


def test_a_reservation_holds_points_and_stock(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    assert (shop.standing("amei"), shop.goods().left) == ((70, 30), 1)
    shop.books()


def test_nobody_came_and_it_goes_back_once(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    shop.waits(hours=23, minutes=59)
    assert shop.goods().taken == 1
    shop.waits(minutes=1)
    shop.waits(minutes=1)
    assert (shop.standing("amei"), shop.goods().taken) == ((100, 0), 0)
    assert [words for _, words in shop.told() if "已经放回货架" in words] != []
    assert "放回" in shop.says("amei", "我的兑换")[0]
    reserves(shop)
    shop.books()


def test_she_is_reminded_once_before_it_ends(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    shop.waits(hours=20)
    assert shop.told() == []
    shop.waits(hours=1)
    shop.waits(minutes=30)
    [(who, words)] = shop.told()
    assert who == "amei"
    assert "留到 8 月 25 日 12:00，取货码" in words


def test_at_night_nobody_is_reminded(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    shop.store.clock.tick(hours=16)  # 4 in the morning
    reserves(shop)
    shop.waits(hours=22)
    assert shop.told() == []


def test_the_hand_over_pays_what_was_held(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    code = shop.claim().code
    assert shop.operates("hand", "handover", code=code) == "已交货：帆布袋。"
    assert shop.standing("amei") == (70, 0)
    assert "已经领走了（lin）" in shop.operates("hand", "handover", code=code)
    shop.waits(hours=30)
    assert (shop.standing("amei"), shop.goods().taken) == ((70, 0), 1)
    shop.books()


def test_the_last_second_is_in_time_and_the_next_is_not(shop: Shop) -> None:
    shop.writes(KEPT)
    for who in ("amei", "bea"):
        shop.has(who, 100)
        reserves(shop, who)
    shop.store.clock.tick(hours=23, minutes=59, seconds=59)
    assert shop.operates("hand", "handover", code=shop.claim(1).code).startswith("已交货")
    shop.store.clock.tick(seconds=1)
    assert "预留时间已经过了" in shop.operates("hand", "handover", code=shop.claim(2).code)
    shop.waits()
    assert (shop.standing("bea"), shop.goods().taken) == ((100, 0), 1)
    shop.books()


def test_a_hand_over_is_taken_back_and_stays_paid(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    shop.operates("hand", "handover", code=shop.claim().code)
    assert "她可以再来领" in shop.operates("take_back", "handover", claim="1", why="拿错了")
    assert shop.store.audited()[-1] == ("lin", "mall.taken_back")
    assert "没有这笔交货" in shop.operates("take_back", "handover", claim="1", why="再一次")
    assert shop.standing("amei") == (70, 0)
    assert shop.operates("hand", "handover", code=shop.claim().code).startswith("已交货")
    shop.store.clock.tick(minutes=31)
    assert "超过 30 分钟" in shop.operates("take_back", "handover", claim="1", why="太晚")
    assert "已经领走了" in shop.says("amei", "取消兑换 1")[0]
    shop.books()


def test_giving_up_a_reservation_frees_what_was_held(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.has("amei", 100)
    reserves(shop)
    shop.says("amei", "取消兑换")
    assert (shop.standing("amei"), shop.goods().taken) == ((100, 0), 0)
    shop.waits(hours=30)
    assert shop.goods().taken == 0
    shop.books()


def test_an_erased_member_leaves_stock_and_counts(shop: Shop) -> None:
    shop.writes(KEPT)
    shop.writes(FLASH, name="b")
    shop.writes(BAG.replace("帆布袋", "帽子"), name="c")
    for who in ("amei", "bea"):
        shop.has(who, 100)
        reserves(shop, who)
    shop.says("amei", "秒杀 2")
    shop.says("amei", "兑换 3")
    shop.says("amei", "确认兑换")
    shop.operates("hand", "handover", code=shop.claim(3).code)  # the scarf was fetched
    everything = PersonalRegistry((*points.personal, *claims.personal))
    amei = shop.member("amei")
    exported = shop.store.do(lambda uow: claims.personal[0].export(uow, amei))
    assert [each["state"] for each in exported] == ["held", "done", "got"]
    shop.store.do(lambda uow: everything.erase(uow, amei))
    assert [shop.goods(number).taken for number in (1, 2, 3)] == [1, 1, 0]
    assert shop.store.count("mall_claims") == 1
    shop.waits(hours=30)
    assert (shop.goods().taken, shop.standing("bea")) == (0, (100, 0))
    shop.books()


def test_two_members_who_are_one_keep_all_they_have_and_part_again(shop: Shop) -> None:
    shop.writes(FLASH + "per_member = 1\n")
    for who in ("amei", "bea"):
        shop.says(who, "秒杀 1")
    amei, bea = shop.member("amei"), shop.member("bea")
    [mover, _] = claims.personal[0].movers
    moved = shop.store.do(lambda uow: mover.move(uow, bea, amei))
    assert "取货码" in shop.says("amei", "我的兑换")[0]
    shop.says("amei", "取消兑换 2")
    shop.store.do(lambda uow: mover.back(uow, bea, amei, moved))
    assert shop.claim(1).member == amei
    assert (shop.claim(2).member, shop.goods().taken) == (bea, 1)
    assert shop.says("bea", "秒杀 1")[0].startswith("抢到了")


# ── who comes first ─────────────────────────────────────────────────────────────────────

EARLY = 'early = ["tier:时光挚友"]\ninvite = true\n'


def opens(shop: Shop, hours: float) -> str:
    return f"opens_at = {(shop.clock.now() + timedelta(hours=hours)).isoformat()}\n"


def test_who_comes_first_sees_and_claims_a_day_before_the_others(shop: Shop) -> None:
    shop.is_of("amei", "时光挚友")
    shop.member("bea")
    shop.writes(FLASH + EARLY + opens(shop, 48))
    shop.waits(hours=23)
    assert "围巾" not in shop.says("amei", "积分商城")[0] + shop.says("bea", "积分商城")[0]
    shop.waits(hours=1)
    assert "围巾 · 免费 · 剩 2 件（你先到）" in shop.says("amei", "积分商城")[0]
    assert "围巾" not in shop.says("bea", "积分商城")[0]
    assert shop.says("bea", "秒杀 1")[0].startswith("没有编号 1")
    assert shop.says("amei", "秒杀 1")[0].startswith("抢到了")
    shop.waits(hours=24)
    assert shop.says("bea", "秒杀 1")[0].startswith("抢到了")


def test_the_letters_go_in_that_order_a_day_apart(shop: Shop) -> None:
    shop.is_of("amei", "时光挚友")
    for who in ("bea", "cleo"):
        shop.member(who)
    shop.writes(FLASH + EARLY + opens(shop, 48))
    shop.waits(hours=24)
    assert shop.invited() == ["amei"]
    shop.waits(hours=23, minutes=59)
    assert shop.invited() == ["amei"]
    shop.waits(minutes=1)
    assert shop.invited() == ["amei", "bea", "cleo"]
    shop.waits(hours=1)
    assert len(shop.told()) == 3


def test_a_file_that_comes_late_keeps_the_promise_and_opens_later(shop: Shop) -> None:
    shop.is_of("amei", "时光挚友")
    shop.member("bea")
    shop.writes(FLASH + EARLY + opens(shop, 2))
    shop.waits(minutes=10)  # the letters leave only now
    shop.waits(hours=23, minutes=59)
    assert shop.says("bea", "秒杀 1")[0].startswith("没有编号 1")
    assert shop.invited() == ["amei"]
    shop.waits(minutes=1)
    assert shop.invited() == ["amei", "bea"]
    assert shop.says("bea", "秒杀 1")[0].startswith("抢到了")


def test_more_than_a_bite_of_first_comers_are_all_told_before_anybody_else(shop: Shop) -> None:
    for number in range(150):
        shop.is_of(f"v{number}", "时光挚友")
    shop.member("bea")
    shop.writes(FLASH + EARLY + opens(shop, 24))
    shop.waits(minutes=1)
    shop.waits(hours=25)
    told = shop.invited()
    assert len(told) == len(set(told)) == 151
    assert told[-1] == "bea"


def test_what_is_all_taken_invites_nobody_else(shop: Shop) -> None:
    shop.is_of("amei", "时光挚友")
    shop.member("bea")
    shop.writes(FLASH.replace("stock = 2", "stock = 1") + EARLY + opens(shop, 24))
    shop.waits(minutes=1)
    shop.says("amei", "秒杀 1")
    shop.waits(hours=25)
    assert shop.invited() == ["amei"]
