"""What a member has and can get, by two taps and without any script."""

from tests.features.mall.conftest import BAG, FLASH, Shop
from tests.kit.media import png


def test_a_coupon_is_a_card_with_its_code_and_a_picture_to_scan(shop: Shop) -> None:
    shop.has_kinds()
    shop.writes(BAG + 'coupon = "fifty"\n')
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    shop.says("amei", "确认兑换")
    shown = shop.member_page("amei")
    [coupon] = shop.coupons("amei")
    assert f"<strong>{coupon.code}</strong>" in shown
    assert "减 50 元，满 300 元可用" in shown
    assert "用到 2026-09-03" in shown
    assert shown.count("<svg") == 1
    assert "店员核销以后，这张券就用掉了" in shown
    assert coupon.code not in shop.member_page("bea")


def test_with_nothing_the_page_says_so(shop: Shop) -> None:
    assert "现在没有可用的券" in shop.member_page("amei")
    assert "积分商城现在没有东西" in shop.member_page("amei", "shop")


def test_a_form_names_the_price_and_takes_no_other(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 100)
    assert 'name="price" value="30"' in shop.member_page("amei", "shop")
    for price in ("", "-1", "29", "9" * 30, "三十"):
        said = shop.sends_form("amei", "shop", "take", {"goods": "1", "price": price})
        assert said.startswith("价格刚刚变了")
    said = shop.sends_form("amei", "shop", "take", {"goods": "1", "price": "30"})
    assert said.startswith("换好了：帆布袋")
    assert shop.standing("amei") == (70, 0)


def test_what_she_has_is_offered_no_more_and_can_be_given_up(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.sends_form("amei", "shop", "take", {"goods": "1", "price": "0"})
    assert "你已经有了" in shop.member_page("amei", "shop")
    assert "do/take" not in shop.member_page("amei", "shop")
    assert "取货码" in shop.member_page("amei")
    assert shop.sends_form("bea", "mine", "cancel", {"claim": "1"}).startswith("没有这个")
    assert shop.sends_form("amei", "mine", "cancel", {"claim": "1"}) == "取消好了：围巾。"
    assert shop.goods().taken == 0


def test_who_has_too_few_sees_how_many_are_missing(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 12)
    assert "还差 18 积分" in shop.member_page("amei", "shop")


def test_what_is_not_hers_to_see_is_not_there(shop: Shop) -> None:
    shop.writes(FLASH + 'audience = ["tier:时光挚友"]\n')
    assert "围巾" not in shop.member_page("amei", "shop")
    assert "还没轮到" in shop.member_page("amei", "shop", goods="1")
    shop.is_of("amei", "时光挚友")
    assert "围巾" in shop.member_page("amei", "shop", goods="1")


def test_a_picture_is_for_those_who_may_see_the_goods(shop: Shop) -> None:
    shop.desk.write("media/scarf.png", png())
    shop.writes(FLASH + 'media = ["scarf.png"]\naudience = ["tier:时光挚友"]\n')
    shop.is_of("amei", "时光挚友")
    assert '<img src="/m/mall/shop/files/1" alt="围巾"' in shop.member_page("amei", "shop")
    assert shop.picture("amei") == png()
    assert shop.picture("bea") is None


def test_words_of_operators_are_only_words(shop: Shop) -> None:
    shop.writes(FLASH.replace("围巾", "<b>围巾"), body="<script>alert(1)</script>")
    shown = shop.member_page("amei", "shop") + shop.page()
    assert "<script>" not in shown
    assert "<b>围巾" not in shown
