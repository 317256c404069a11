"""A member asks, says yes once, and has it; whatever she types, and whoever reads along."""

from datetime import timedelta

import pytest

from tests.features.mall.conftest import BAG, COUPONS, FLASH, Shop

DEAR = BAG.replace("30", "500")


def test_what_there_is_is_shown_with_price_and_rest(shop: Shop) -> None:
    assert shop.says("amei", "积分商城") == ["积分商城现在没有东西，上新会告诉大家。"]
    shop.writes()
    (shown,) = shop.says("amei", "积分商城")
    assert "1. 帆布袋 · 30 积分 · 剩 2 件" in shown


@pytest.mark.parametrize(
    "typed", ["兑换 1", "兑换1", "兑换 １", "兑换　一", "我要兑换 第1号", "兑换 #1", "兌換 1"]
)
def test_nothing_is_spent_before_she_says_yes(shop: Shop, typed: str) -> None:
    shop.writes()
    shop.has("amei", 100)
    (asked,) = shop.says("amei", typed)
    assert "要用 30 积分" in asked
    assert shop.standing("amei") == (100, 0)
    assert "用了 30 积分，还有积分 70" in shop.says("amei", "确认兑换")[0]
    assert shop.goods().taken == 1
    shop.books()


def test_a_second_yes_does_nothing(shop: Shop) -> None:
    shop.writes(BAG + "per_member = 2\n")
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    shop.says("amei", "确认兑换")
    assert shop.says("amei", "确认兑换")[0].startswith("没有等你确认的兑换")
    assert shop.presses("amei")[0].startswith("没有等你确认的兑换")
    assert shop.standing("amei") == (70, 0)


def test_a_button_says_yes_too(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    assert shop.presses("amei")[0].startswith("换好了：帆布袋")


@pytest.mark.parametrize(
    "typed", ["兑换 -1", "兑换 1.5", "兑换 99999999999999", "兑换 十十", "兑换 袋子"]
)
def test_what_is_no_number_is_answered_kindly(shop: Shop, typed: str) -> None:
    shop.writes()
    assert shop.says("amei", typed)[0].startswith("没看懂编号")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("秒杀 -1", "请发“秒杀 1”这样的数字。发“积分商城”"),
        ("取消兑换 1.5", "请发“取消兑换 1”这样的数字。发“我的兑换”"),
    ],
)
def test_a_slip_is_shown_with_the_command_that_was_meant(shop: Shop, typed: str, told: str) -> None:
    shop.writes()
    assert told in shop.says("amei", typed)[0]


def test_a_number_that_is_not_there_is_named(shop: Shop) -> None:
    assert shop.says("amei", "兑换 99") == shop.says("amei", "秒杀 九十九")
    assert shop.says("amei", "兑换 99")[0].startswith("没有编号 99 的东西")


def test_a_yes_that_comes_too_late_asks_again(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    shop.store.clock.tick(minutes=11)
    assert shop.says("amei", "确认兑换")[0].startswith("隔得有点久了")
    assert shop.standing("amei") == (100, 0)


def test_a_price_that_changed_meanwhile_is_not_paid(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 1000)
    shop.says("amei", "兑换 1")
    shop.writes(DEAR)
    assert shop.says("amei", "确认兑换")[0].startswith("价格刚刚变了")
    assert shop.standing("amei") == (1000, 0)


def test_who_has_too_few_is_told_without_figures_that_shame(shop: Shop) -> None:
    shop.writes(DEAR)
    (answer,) = shop.says("amei", "兑换 1")
    assert "现在还不够" in answer
    assert shop.goods().taken == 0


def test_a_flash_claim_is_hers_at_once_and_only_once(shop: Shop) -> None:
    shop.writes(FLASH)
    assert shop.says("amei", "秒杀 1")[0].startswith("抢到了：围巾")
    for _ in range(200):
        assert shop.says("amei", "秒杀１")[0].startswith("“围巾”你已经有了")
    assert shop.goods().taken == 1


def test_whoever_comes_too_late_hears_it_at_once(shop: Shop) -> None:
    shop.writes(FLASH)
    for who in ("amei", "bea"):
        shop.says(who, "秒杀 1")
    (answer,) = shop.says("cleo", "秒杀 1")
    assert "这次没赶上，积分没有动" in answer
    assert "排" not in answer
    assert shop.goods().taken == 2


def test_the_instant_of_sending_decides_at_both_ends(shop: Shop) -> None:
    opens, closes = shop.clock.now() + timedelta(hours=1), shop.clock.now() + timedelta(hours=2)
    times = f"opens_at = {opens.isoformat()}\ncloses_at = {closes.isoformat()}\n"
    shop.writes(FLASH + times)
    shop.store.clock.at = opens + timedelta(seconds=5)
    second = timedelta(seconds=1)
    assert "才开始" in shop.says("amei", "秒杀 1", at=opens - second)[0]
    assert shop.says("amei", "秒杀 1", at=opens)[0].startswith("抢到了")
    shop.store.clock.at = closes + timedelta(minutes=1)
    assert "已经结束" in shop.says("bea", "秒杀 1", at=closes)[0]
    assert shop.says("bea", "秒杀 1", at=closes - second)[0].startswith("抢到了")


def test_a_rule_by_tier_lets_only_those_in(shop: Shop) -> None:
    shop.writes(FLASH + 'audience = ["tier:时光挚友"]\n')
    assert "只给一部分会员" in shop.says("amei", "秒杀 1")[0]
    assert "围巾" not in shop.says("amei", "积分商城")[0]
    shop.is_of("amei", "时光挚友")
    assert shop.says("amei", "秒杀 1")[0].startswith("抢到了")


def test_in_a_group_no_code_and_no_balance_is_read(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.writes(BAG, name="b")
    shop.has("amei", 100)
    (flash,) = shop.says("amei", "秒杀 1", group="vip-1")
    assert "抢到了！" in flash
    assert shop.claim().code not in flash
    assert "请私聊我发“兑换 2”" in shop.says("amei", "兑换 2", group="vip-1")[0]
    assert "请私聊" in shop.says("amei", "确认兑换", group="vip-1")[0]
    assert "1 件等你来领" in shop.says("amei", "我的权益", group="vip-1")[0]
    for words in ("我的权益", "我的兑换", "取消兑换", "积分商城"):
        (said,) = shop.says("amei", words, group="vip-1")
        assert shop.claim().code not in said
        assert "100" not in said


def test_in_a_group_nobody_reads_that_she_has_too_few(shop: Shop) -> None:
    shop.writes(FLASH + "points = 500\n")
    (said,) = shop.says("amei", "秒杀 1", group="vip-1")
    assert "请私聊我发“兑换 1”" in said
    assert "不够" not in said
    assert shop.store.count("mall_claims") == 0


def test_a_coupon_for_points_comes_at_once(shop: Shop) -> None:
    shop.has_kinds()
    shop.writes(BAG + 'coupon = "fifty"\n')
    shop.has("amei", 100)
    assert "换了就不能自己取消" in shop.says("amei", "兑换 1")[0]
    (answer,) = shop.says("amei", "确认兑换")
    [coupon] = shop.coupons("amei")
    assert coupon.code in answer
    assert "减 50 元，满 300 元可用，用到 2026-09-03" in answer
    assert shop.says("amei", "取消兑换 1")[0].startswith("“帆布袋”换的是券")
    assert coupon.code in shop.says("amei", "我的权益")[0]


def test_a_kind_of_coupon_that_is_not_there_sells_nothing(shop: Shop) -> None:
    shop.writes(BAG + 'coupon = "fifty"\n')
    shop.has("amei", 100)
    assert "已经结束了" in shop.says("amei", "兑换 1")[0]
    assert "没有券种 fifty" in shop.page()


def test_a_coupon_that_has_ended_is_not_sold(shop: Shop) -> None:
    shop.has_kinds(COUPONS.replace("valid_days = 10", "valid_until = 2026-08-23"))
    shop.writes(BAG + 'coupon = "fifty"\n')
    shop.has("amei", 100)
    assert "已经结束了" in shop.says("amei", "兑换 1")[0]
    assert shop.standing("amei") == (100, 0)


def test_giving_up_brings_stock_and_points_back(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 100)
    for _ in range(3):
        shop.says("amei", "兑换 1")
        shop.says("amei", "确认兑换")
        assert "30 积分已经退回" in shop.says("amei", "取消兑换")[0]
        assert (shop.standing("amei"), shop.goods().taken) == ((100, 0), 0)
    assert shop.says("amei", "取消兑换 1")[0].strip().startswith("“帆布袋”已经取消了")
    assert shop.says("amei", "取消兑换")[0] == "没有可以取消的兑换。"
    shop.books()


def test_nobody_gives_up_what_is_anothers(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.says("amei", "秒杀 1")
    assert "没有这个兑换编号" in shop.says("bea", "取消兑换 1")[0]
    assert shop.goods().taken == 1


def test_several_to_give_up_are_asked_for(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.writes(FLASH.replace("围巾", "手套"), name="b")
    shop.says("amei", "秒杀 1")
    shop.says("amei", "秒杀 2")
    assert "取消兑换 1 · 围巾" in shop.says("amei", "取消兑换")[0]
    assert shop.says("amei", "取消兑换 2") == ["取消好了：手套。"]


def test_an_ordinary_sentence_claims_nothing(shop: Shop) -> None:
    shop.writes(FLASH)
    for words in ("兑换了没", "秒杀真好玩", "抢 3 件"):
        shop.says("amei", words)
    assert shop.goods().taken == 0
