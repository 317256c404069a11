"""What a friend's first paid order brings, and what a refund takes back; each once."""

import pytest

from bot.commons import members
from bot.commons.content import Library
from bot.features.referral.rules import State
from bot.kernel.work import Statement
from tests.features.referral.conftest import FORMS, KINDS, TERMS, Village
from tests.kit.desk import Desk
from tests.kit.rooms import Store


def test_both_get_a_coupon_after_the_first_paid_order(village: Village) -> None:
    village.names("lily", "amei")
    village.buys("lily")
    assert village.usable("lily") == village.usable("amei") == ["50 元券"]
    assert village.state("lily") is State.GRANTED
    village.buys("lily")
    village.tells()
    village.settles()
    assert len(village.coupons("lily")) == len(village.coupons("amei")) == 1
    assert "1 位朋友下过单了" in village.says("amei", "邀请")[0]


def test_a_refund_in_time_takes_both_back_and_the_next_order_counts(village: Village) -> None:
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.store.clock.tick(days=6)
    village.returns("lily", number, at=paid_at)
    assert village.usable("lily") == village.usable("amei") == []
    assert village.state("lily") is State.WAITING
    village.buys("lily")
    assert village.usable("lily") == village.usable("amei") == ["50 元券"]


def test_a_second_order_takes_the_place_of_one_that_was_given_back(village: Village) -> None:
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.store.clock.tick(minutes=1)
    village.buys("lily")
    village.returns("lily", number, at=paid_at)
    assert village.usable("lily") == village.usable("amei") == ["50 元券"]
    assert village.store.count("coupons") == 4


def test_a_part_given_back_changes_nothing(village: Village) -> None:
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.order("lily", number, back=10_000, at=paid_at)
    assert village.usable("amei") == ["50 元券"]


def test_a_refund_after_the_days_changes_nothing(village: Village) -> None:
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.store.clock.tick(days=7, seconds=1)
    village.returns("lily", number, at=paid_at)
    assert village.usable("amei") == ["50 元券"]


def test_a_coupon_that_was_used_cannot_come_back_and_operators_are_told(village: Village) -> None:
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.redeems("amei")
    village.returns("lily", number, at=paid_at)
    assert village.usable("lily") == []
    assert village.state("lily") is State.REVOKED
    [notice] = village.notices()
    assert "已经用掉，收不回来" in notice
    village.buys("lily")
    assert village.usable("lily") == village.usable("amei") == []


def test_after_the_days_when_that_is_the_rule(store: Store, desk: Desk) -> None:
    village = Village(store, desk, after_return=True)
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    assert village.usable("lily") == []
    assert "1 位等着发券" in village.says("amei", "邀请")[0]
    village.store.clock.tick(days=3)
    village.returns("lily", number, at=paid_at)
    village.waits(days=10)
    assert village.coupons("lily") == []
    village.buys("lily")
    village.waits(days=7)
    assert village.usable("lily") == village.usable("amei") == ["50 元券"]


def test_an_order_below_the_minimum_does_not_count(village: Village) -> None:
    village.desk.write("referral.toml", "minimum_yuan = 200\n" + TERMS)
    village.look()
    village.names("lily", "amei")
    village.buys("lily", paid=19_999)
    assert village.coupons("lily") == []
    village.buys("lily", paid=20_000)
    assert village.usable("lily") == ["50 元券"]


def test_an_order_of_which_too_little_is_left_does_not_count(village: Village) -> None:
    village.desk.write("referral.toml", "minimum_yuan = 200\n" + TERMS)
    village.look()
    village.names("lily", "amei")
    paid_at, number = village.clock.now(), village.buys("lily")
    village.order("lily", number, back=10_000, at=paid_at)
    assert village.usable("lily") == ["50 元券"]
    village.order("lily", number, back=10_001, at=paid_at)
    assert village.usable("lily") == village.usable("amei") == []


def test_the_third_friend_brings_the_tier_once(village: Village) -> None:
    for number in range(5):
        village.names(f"f{number}", "amei")
    for number in range(2):
        village.buys(f"f{number}")
        village.buys(f"f{number}")
    assert "延保一年" not in village.usable("amei")
    village.buys("f2")
    assert village.usable("amei").count("延保一年") == 1
    village.buys("f3")
    village.buys("f4")
    assert village.usable("amei").count("延保一年") == 1
    assert village.usable("amei").count("50 元券") == 5


def test_a_tier_goes_with_the_friend_who_gave_back_and_comes_again_once(village: Village) -> None:
    orders = {}
    for number in range(3):
        village.names(f"f{number}", "amei")
        orders[number] = (village.clock.now(), village.buys(f"f{number}"))
    assert "延保一年" in village.usable("amei")
    paid_at, order = orders[1]
    village.returns("f1", order, at=paid_at)
    assert "延保一年" not in village.usable("amei")
    village.buys("f1")
    assert village.usable("amei").count("延保一年") == 1


def test_a_kind_that_is_missing_delays_and_loses_nothing(village: Village) -> None:
    village.names("lily", "amei")
    village.desk.write("coupons.toml", KINDS.replace("friend50", "other"))
    village.look()
    village.buys("lily")
    assert village.coupons("lily") == []
    assert "没有 friend50" in village.notices()[0]
    assert "没有 friend50" in village.page()
    village.desk.write("coupons.toml", KINDS)
    village.look()
    village.waits(minutes=11)
    assert village.usable("lily") == village.usable("amei") == ["50 元券"]


@pytest.mark.parametrize(("gone", "stays"), [("lily", "amei"), ("amei", "lily")])
def test_who_was_deleted_before_the_coupons_leaves_the_other_hers(
    village: Village, gone: str, stays: str
) -> None:
    village.names("lily", "amei")
    village.order("lily", "o")
    village.forgets(gone)
    village.settles()
    assert village.usable(stays) == ["50 元券"]
    assert village.coupons(gone) == []
    assert "已删除" in village.page()


def test_who_was_deleted_before_she_ordered_was_nobody_s_friend(village: Village) -> None:
    village.names("lily", "amei")
    village.forgets("lily")
    assert village.store.count("referrals") == 0


def test_an_operator_can_say_that_it_should_never_have_been(village: Village) -> None:
    village.names("lily", "amei")
    village.buys("lily")
    number = str(village.referral("lily").id)
    assert village.operates(referral=number, why=" ").startswith("✗ 请写为什么作废")
    assert "作废了" in village.operates(referral=number, why="同一家人")
    assert village.store.audited()[-1] == ("lin", "referral.voided")
    village.settles()
    assert village.usable("lily") == village.usable("amei") == []
    assert "人工作废" in village.page()
    assert village.operates(referral=number, why="再来").startswith("✗ 没有改")
    assert village.operates(referral="x", why="再来").startswith("✗ 没有改")


def test_two_who_turn_out_to_be_one_have_brought_nobody(village: Village) -> None:
    village.names("lily", "amei")
    village.buys("lily")
    lily, amei = village.member("lily"), village.member("amei")
    with village.store.unit() as uow:
        moved = village.registry.move(uow, lily, amei)
    village.settles()
    assert village.usable("lily") == village.usable("amei") == []
    with village.store.unit() as uow:
        village.registry.back(uow, lily, amei, moved)
    village.settles()
    assert village.usable("amei") == []  # what was taken back meanwhile stays


def test_a_merge_that_is_undone_at_once_changes_nothing(village: Village) -> None:
    village.names("lily", "amei")
    village.names("rosa", "lily")
    village.names("lily2", "zoe")
    lily, other = village.member("lily"), village.member("lily2")
    rows = Statement("SELECT * FROM referrals ORDER BY id")
    with village.store.unit() as uow:
        before = [tuple(row) for row in uow.run(rows)]
        moved = village.registry.move(uow, other, lily)
        village.registry.back(uow, other, lily, moved)
        assert [tuple(row) for row in uow.run(rows)] == before


def test_an_export_does_not_say_who_the_other_is(village: Village) -> None:
    village.names("lily", "amei")
    lily = village.member("lily")
    with village.store.unit() as uow:
        [data] = village.registry
        exported = str(data.export(uow, lily))
    assert "'as': 'friend'" in exported
    assert str(village.member("amei")) not in exported.replace(str(lily), "")


def test_the_page_counts_names_and_gives_a_sheet(village: Village) -> None:
    assert "还没有人填过" in village.page()
    her = village.member("amei")
    with village.store.unit() as uow:
        members.name_member(uow, her, "<b>=1+1")
    village.names("lily", "amei")
    village.names("amei", "amei")
    shown = village.page()
    assert "&lt;b&gt;=1+1" in shown
    assert "还没下单" in shown
    assert "自己 1" in shown


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('words = "邀请 3 位好友就送券"\n' + TERMS, "share-for-reward"),
        ('words = "转发朋友圈领券"\n' + TERMS, "share-for-reward"),
        ('friend = "friend50"\n', "unknown-key"),
        ("minimum_yuan = -1\n" + TERMS, "bad-value"),
        ("minimum_yuan = 1.5\n" + TERMS, "wrong-type"),
        ("minimum_yuan = 0\n", "bad-value"),
        (TERMS + '[[tier]]\ncount = 3\ncoupon = "x"\n', "bad-value"),
        (TERMS + '[[tier]]\ncount = 0\ncoupon = "x"\n', "bad-value"),
    ],
)
def test_a_wrong_file_is_said_with_its_line_and_nothing_is_on(
    village: Village, text: str, rule: str
) -> None:
    village.desk.write("referral.toml", text)
    village.look()
    code = village.code("amei")
    assert village.says("lily", f"邀请码 {code}") == ["现在没有邀请活动。"]
    library = Library.read(village.desk.content, forms=FORMS)
    assert [problem.rule for problem in library.problems] == [rule]


def test_a_coupon_may_not_be_called_a_reward_for_sharing(village: Village) -> None:
    village.desk.write("coupons.toml", KINDS.replace("50 元券", "转发朋友圈送的券"))
    [problem] = Library.read(village.desk.content, forms=FORMS).problems
    assert (problem.rule, problem.line) == ("share-for-reward", 4)
