"""Operators put goods on the shelf, see who has them, take them down; advisors hand over."""

import pytest

from bot.features import mall
from bot.kernel.events import TierChanged
from tests.features.mall.conftest import BAG, FLASH, Shop


def makes(shop: Shop, **form: str) -> str:
    said = shop.operates("make", **{"title": "帆布袋", "points": "30", "stock": "2", **form})
    shop.runs("mall.files")
    return said


def test_a_form_writes_the_file_and_the_goods_are_there(shop: Shop) -> None:
    said = makes(shop, flash="1", invite="1", early="tier:时光挚友", opens_at="2026-08-30T20:00")
    assert "写好了：content/goods/帆布袋.md" in said
    assert shop.store.audited() == [("lin", "mall.made")]
    goods = shop.goods()
    assert (goods.points, goods.stock, goods.is_flash, goods.invites) == (30, 2, True, True)
    assert goods.opens_at.isoformat() == "2026-08-30T12:00:00+00:00"
    assert "帆布袋" in shop.page()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": ""}, "请写名称"),
        ({"stock": "-1"}, "“一共几件”要是不小于 0 的整数"),
        ({"stock": "1.5"}, "“一共几件”要是不小于 0 的整数"),
        ({"stock": "99999999999"}, "“一共几件”要是不小于 0 的整数"),
        ({"stock": "0"}, "填得不对：[bad-value] stock"),
        ({"points": "2000000"}, "points"),
        ({"closes_at": "gestern"}, "“结束时间”的时间看不懂"),
        ({"audience": "tier:没有"}, "看不懂“tier:没有”"),
        ({"early": "群"}, "看不懂“群”"),
        ({"body": "转发朋友圈就送积分"}, "share-for-reward"),
    ],
)
def test_a_mistake_in_the_form_writes_nothing(shop: Shop, form: dict[str, str], said: str) -> None:
    answer = makes(shop, **form)
    assert answer.startswith("✗")
    assert said in answer
    assert not (shop.desk.content / "goods").exists()
    assert "还没有东西" in shop.page()


@pytest.mark.parametrize(
    ("matter", "rule", "line"),
    [
        (BAG + "stok = 3\n", "unknown-key", 7),
        (BAG.replace("30", "-30"), "bad-value", 5),
        (BAG.replace("30", "1.5"), "wrong-type", 5),
        (BAG.replace("30", "99999999999"), "bad-value", 5),
        (BAG.replace("stock = 2", "stock = 0"), "bad-value", 6),
        (BAG + "early_hours = 2\n", "bad-value", 7),
        (BAG + 'coupon = "a"\nreserve_hours = 2\n', "bad-value", 8),
        (BAG + 'audience = ["tier:没有"]\n', "unknown-tier", 7),
        (BAG + 'media = ["no.jpg"]\n', "missing-media", 7),
        (BAG.replace("帆布袋", "转发朋友圈送帆布袋"), "share-for-reward", 4),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(
    shop: Shop, matter: str, rule: str, line: int
) -> None:
    shop.writes(matter)
    [problem] = shop.problems()
    assert (problem.rule, problem.line) == (rule, line)
    assert shop.says("amei", "积分商城")[0].startswith("积分商城现在没有东西")


def test_from_the_first_claim_on_the_terms_stand_still(shop: Shop) -> None:
    shop.writes()
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    shop.says("amei", "确认兑换")
    shop.writes(BAG.replace("30", "5").replace("stock = 2", "stock = 9"), body="新的说明")
    goods = shop.goods()
    assert (goods.points, goods.stock, goods.words) == (30, 9, "新的说明")
    [told] = shop.notices()
    assert "没有采用" in told
    shop.runs("mall.files")
    assert len(shop.notices()) == 1


def test_the_stock_never_falls_below_what_is_claimed(shop: Shop) -> None:
    shop.writes(FLASH)
    for who in ("amei", "bea"):
        shop.says(who, "秒杀 1")
    shop.writes(FLASH.replace("stock = 2", "stock = 1"))
    assert (shop.goods().stock, shop.goods().taken) == (2, 2)


def test_goods_go_with_their_file_and_come_back_and_claims_stay(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.says("amei", "秒杀 1")
    file = shop.desk.content / "goods" / "a.md"
    words = file.read_text("utf-8")
    file.unlink()
    shop.runs("mall.files")
    assert shop.says("bea", "秒杀 1")[0].startswith("没有编号 1")
    assert "取货码" in shop.says("amei", "我的兑换")[0]
    file.write_text(words, "utf-8")
    shop.runs("mall.files")
    assert shop.says("bea", "秒杀 1")[0].startswith("抢到了")


def test_a_file_that_breaks_takes_nothing_away(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.desk.write("goods/a.md", "+++\nstock = [\n+++\n")
    shop.runs("mall.files")
    assert shop.says("amei", "秒杀 1")[0].startswith("抢到了")


def test_an_operator_takes_goods_down_and_puts_them_up_again(shop: Shop) -> None:
    shop.writes(FLASH)
    assert shop.operates("stop", goods="1", why="少货").startswith("已下架")
    assert "已经结束了" in shop.says("amei", "秒杀 1")[0]
    assert (
        shop.operates("stop", goods="1", why="少货")
        == "✗ 没有改：它已经不在这个状态了。请刷新页面。"
    )
    shop.operates("resume", goods="1")
    assert shop.says("amei", "秒杀 1")[0].startswith("抢到了")


def test_who_has_it_is_listed_and_taken_along_as_a_sheet(shop: Shop) -> None:
    shop.writes(FLASH.replace("围巾", "=围巾"))
    shop.says("amei", "秒杀 1")
    assert "领了 1 件，剩 1 件" in shop.page()
    assert "会员 1" in shop.page(goods="1")
    header, row = shop.file("mall", 1).splitlines()
    assert header.startswith("claim,goods,member,points,state")
    assert row.startswith("1,'=围巾,member:1,0,got,2026-08-24T12:00:00+08:00")


def test_an_operator_cancels_with_a_reason(shop: Shop) -> None:
    shop.has_kinds()
    shop.writes(BAG + 'coupon = "fifty"\n')
    shop.has("amei", 100)
    shop.says("amei", "兑换 1")
    shop.says("amei", "确认兑换")
    assert shop.operates("cancel", claim="1", why=" ").startswith("✗ 请写原因")
    assert shop.operates("cancel", claim="1", why="她要退").startswith("已取消")
    assert ("lin", "mall.cancelled") in shop.store.audited()
    assert (shop.standing("amei"), shop.goods().taken) == ((100, 0), 0)
    assert shop.coupons("amei")[0].state.value == "revoked"
    assert "已经取消了" in shop.operates("cancel", claim="1", why="再一次")
    assert shop.letters() == ["取消兑换「帆布袋」"]
    shop.books()


def test_a_code_at_the_counter_shows_whose_and_what_and_refuses_exactly(shop: Shop) -> None:
    shop.writes(FLASH)
    shop.says("amei", "秒杀 1")
    code = shop.claim().code
    for said in (code, code.lower().replace("-", " "), f" {code} "):
        assert "会员 1 · 到店领取 · 免费" in shop.page("handover", code=said)
    assert "很可能听错或打错了一位" in shop.page("handover", code=code[:-1] + "O")
    assert "没有取货码" in shop.page("handover", code="333-333-333")
    shop.operates("hand", "handover", code=code)
    assert "今天交了 1 件" in shop.page("handover")
    assert shop.store.audited() == [("lin", "mall.handed_over")]
    assert "不能再交货" in shop.page("handover", code=code)
    assert shop.file("handover", 1).splitlines()[1].startswith("1,围巾,member:1,0,done")
    shop.store.clock.tick(hours=13)
    assert "今天还没有交过货" in shop.page("handover")


def test_who_drops_a_tier_is_listed_for_the_owner_and_stays(shop: Shop) -> None:
    shop.settings(clubs={"vip-1": ("tier:时光挚友",)})
    for who in ("amei", "bea"):
        shop.is_of(who, "时光挚友")
        shop.joins(who, "vip-1")
    assert "都符合" in shop.page()
    shop.is_of("amei", "常客")
    assert TierChanged in mall.feature.listeners
    [told] = shop.notices()
    assert "从 时光挚友 变成 常客，按规定不再属于“老客群”。没有移出群" in told
    shown = shop.page()
    assert "时光挚友 → 常客（2026-08-24）" in shown
    assert "群主 zhangsan" in shown
    assert shop.outgoing == []


def test_the_figure_counts_what_waits(shop: Shop) -> None:
    [figure] = mall.feature.metrics
    shop.writes(FLASH)
    shop.says("amei", "秒杀 1")
    assert shop.store.do(figure.read) == 1
    shop.operates("hand", "handover", code=shop.claim().code)
    assert shop.store.do(figure.read) == 0
