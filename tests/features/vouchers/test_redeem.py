"""A coupon at the counter: looked up, taken once, refused in exact words, undone in time."""

import pytest

from bot.commons.coupons import Kind
from tests.features.vouchers.conftest import FIFTY, Desks

EIGHT = Kind(name="eight", title="八折券", percent_off=20)


def test_a_code_shows_whose_it_is_what_it_takes_off_and_from_when(desks: Desks) -> None:
    code = desks.has("amei")
    shown = desks.page("redeem", code=code)
    assert "满 300 减 50" in shown
    assert "减 50 元，满 300 元可用" in shown
    assert "会员 1，只能本人用" in shown
    assert "用到 2026-09-23" in shown


@pytest.mark.parametrize(
    "form", ["{0}", "{1}", " {2} ", "https://bot.example/console/redeem?code={0}"]
)
def test_a_code_is_taken_however_it_is_typed_or_scanned(desks: Desks, form: str) -> None:
    code = desks.has("amei")
    said = form.format(code, code.replace("-", "").lower(), code.replace("-", " "))
    answer = desks.acts("redeem", "redeem", code=said, amount="399", order="A1")
    assert answer == "已核销“满 300 减 50”：减 50 元，应收 349 元，订单 A1。"
    assert "已经用过了" in desks.page("redeem", code=code)


def test_full_width_digits_are_an_amount(desks: Desks) -> None:
    code = desks.has("amei", EIGHT)
    answer = desks.acts("redeem", "redeem", code=code, amount="３９９．９０元")
    assert answer == "已核销“八折券”：减 79.98 元，应收 319.92 元。"
    assert desks.store.audited()[-1] == ("lin", "coupons.redeemed")


@pytest.mark.parametrize(
    "amount", ["", "0", "-5", "3.999", "1e9", "999999999999999999", "∞", "四百", "1000000.01"]
)
def test_what_is_no_amount_takes_nothing(desks: Desks, amount: str) -> None:
    code = desks.has("amei")
    answer = desks.acts("redeem", "redeem", code=code, amount=amount)
    assert answer.startswith("✗ 消费金额要写成 399")
    assert desks.coupons("amei")[0].is_usable


def test_what_is_missing_to_the_minimum_is_said_to_the_fen(desks: Desks) -> None:
    code = desks.has("amei")
    answer = desks.acts("redeem", "redeem", code=code, amount="299.99")
    assert answer == "✗ 这张“满 300 减 50”满 300.00 元可用，还差 0.01 元。"
    assert desks.acts("redeem", "redeem", code=code, amount="300").startswith("已核销")


def test_a_slip_of_the_ear_is_named_and_an_unknown_one_may_be_a_claim(desks: Desks) -> None:
    code = desks.has("amei")
    wrong = code[:-1] + ("3" if code[-1] != "3" else "4")
    assert "很可能听错或打错了一位" in desks.page("redeem", code=wrong)
    assert "很可能听错或打错了一位" in desks.page("redeem", code="O0O-O0O-O0O")
    assert 'href="/console/handover?code=333-333-333"' in desks.page("redeem", code="333-333-333")


def test_a_second_time_is_refused_with_when_and_by_whom(desks: Desks) -> None:
    code = desks.has("amei")
    desks.acts("redeem", "redeem", code=code, amount="399", order="A1", store="静安店")
    answer = desks.acts("redeem", "redeem", code=code, amount="399", order="A2", who="zhao")
    assert answer.startswith("✗ 这张“满 300 减 50”已经用过了：2026-08-24 12:00，在静安店，订单 A1")
    assert "由 lin 核销" in answer


def test_two_that_do_not_go_together_are_refused_on_one_order(desks: Desks) -> None:
    first, second = desks.has("amei"), desks.has("amei", EIGHT)
    desks.acts("redeem", "redeem", code=first, amount="399", order="A1")
    answer = desks.acts("redeem", "redeem", code=second, amount="399", order="A1")
    assert answer == "✗ 这一单已经用了“满 300 减 50”，两张不能一起用。"


def test_a_redemption_is_undone_in_time_with_a_reason(desks: Desks) -> None:
    code = desks.has("amei")
    desks.acts("redeem", "redeem", code=code, amount="399")
    assert desks.acts("redeem", "undo", code=code, why=" ").startswith("✗ 请写原因")
    assert desks.acts("redeem", "undo", code=code, why="看错了").startswith("已撤销")
    assert desks.coupons("amei")[0].is_usable
    desks.acts("redeem", "redeem", code=code, amount="399")
    desks.store.clock.tick(minutes=31)
    assert "超过 30 分钟" in desks.acts("redeem", "undo", code=code, why="太晚")
    assert ("lin", "coupons.unredeemed", "fifty: 看错了") in desks.audit()


def test_the_last_second_counts_and_the_next_does_not(desks: Desks) -> None:
    one, other = desks.has("amei"), desks.has("bea")
    ends = desks.coupons("amei")[0].valid_until
    desks.store.clock.at = ends
    desks.store.clock.tick(seconds=-1)
    assert desks.acts("redeem", "redeem", code=one, amount="399").startswith("已核销")
    desks.store.clock.tick(seconds=1)
    assert "已经过期：用到 2026-09-23 为止" in desks.page("redeem", code=other)
    assert "已经过期" in desks.acts("redeem", "redeem", code=other, amount="399")


def test_today_is_listed_with_sums_and_as_a_sheet(desks: Desks) -> None:
    assert "今天还没有核销过" in desks.page("redeem")
    for who, by in (("amei", "lin"), ("bea", "zhao"), ("cleo", "lin")):
        desks.acts("redeem", "redeem", who=by, code=desks.has(who), amount="399", order=f"=A{who}")
    shown = desks.page("redeem")
    assert "一共：3 张，减了 150 元" in shown
    assert "lin：2 张，减了 100 元" in shown
    rows = desks.file().splitlines()
    assert rows[0] == "at,code,title,member,order,store,off_yuan,by"
    assert len(rows) == 4
    assert ",'=Acleo,,50.00,lin" in rows[1]
    desks.store.clock.tick(hours=13)
    assert "今天还没有核销过" in desks.page("redeem")


def test_one_coupon_is_taken_back_by_its_code(desks: Desks) -> None:
    code = desks.has("amei")
    answer = desks.acts("coupons", "revoke-one", code=code, why="发错了")
    assert answer == "“满 300 减 50”已作废。"
    assert "已经作废：2026-08-24 12:00" in desks.page("redeem", code=code)
    assert FIFTY.title in desks.page("coupons")
