"""The member's statement by month, the operators' ledger."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.commons import members, points
from bot.commons.coupons import CouponSettings
from bot.commons.points import PointsSettings
from bot.features import checkin, wallet
from bot.features.wallet.service import NotCorrected
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from bot.kernel.work import Statement
from tests.kit.rooms import NOON, Store
from tests.kit.talk import CHANNEL, Talk

ROOMS = (checkin.feature, wallet.feature)
LIMITS = PointsSettings(correct_at_most=100, correct_at_most_a_day=150)


@pytest.fixture
def talk(store: Store) -> Talk:
    tools = (Community("拾光衣橱"), Rooms(ROOMS), LIMITS, CouponSettings())
    return Talk(store, ROOMS, *tools)


def mine(talk: Talk, who: str, **query: str) -> str:
    (own,) = wallet.feature.member_pages
    member = talk.member(who)
    shown = talk.store.do(lambda uow: own.load(uow, talk.tools, member, query))
    return talk.words(own.template, **shown, here="/m/wallet/mine")


def page(talk: Talk, **query: str) -> str:
    (own,) = wallet.feature.pages
    shown = talk.store.do(lambda uow: own.load(uow, talk.tools, query))
    return talk.words(own.template, **shown, csrf_field="")


def act(talk: Talk, name: str, **form: str) -> str:
    (own,) = wallet.feature.pages
    with talk.store.unit() as uow:
        try:
            with uow.attempt():
                return own.actions[name](uow, talk.tools, form, "lisi")
        except NotCorrected as refusal:
            return talk.words(refusal.template, **refusal.words)


def form(talk: Talk, count: str = "10", **more: str) -> Mapping[str, str]:
    member = str(talk.member("amei"))
    return {"member": member, "points": count, "why": "补发", "form_key": "f1", **more}


def test_a_statement_shows_one_month_and_the_way_to_others(talk: Talk) -> None:
    amei = talk.member("amei")
    talk.store.clock.at = NOON - timedelta(days=31)
    talk.store.do(lambda uow: points.award(uow, amei, 7, reason="checkin", key="july"))
    talk.store.clock.at = NOON
    talk.store.do(lambda uow: points.award(uow, amei, 9, reason="checkin", key="august"))
    talk.store.do(lambda uow: points.spend(uow, amei, 2, reason="mall", key="s"))

    august, july = mine(talk, "amei"), mine(talk, "amei", month="2026-07")

    assert "2026 年 8 月" in august
    assert "得到 9 分，用掉 2 分" in august
    assert "打卡 +9" in august
    assert "+7" not in august
    assert "得到 7 分，用掉 0 分" in july
    assert "month=2026-08" in july
    assert "这个月没有积分变动" in mine(talk, "amei", month="2020-01")


@pytest.mark.parametrize("month", ["", "x", "2026-13", "9999-01", "0000-00", "0001-01"])
def test_a_month_that_is_none_is_this_one_or_the_nearest(talk: Talk, month: str) -> None:
    assert "没有积分变动" in mine(talk, "amei", month=month)


def test_an_operator_looks_a_member_up(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "<b>阿美"))
    amei = talk.member("amei")

    assert "找会员" in page(talk)
    for asked in ("阿美", str(amei), "simulator:amei"):
        shown = page(talk, q=asked)
        assert "&lt;b&gt;阿美" in shown
        assert "<td>打卡</td><td>+5</td>" in shown
    for nobody in ("simulator:nobody", "9" * 30, "没有"):
        assert "没有找到" in page(talk, q=nobody)


def test_a_correction_is_made_once_and_audited(talk: Talk) -> None:
    assert act(talk, "correct", **form(talk)) == "已加 10 分，现在能用 10 分。"
    assert act(talk, "correct", **form(talk)).startswith("这张表单已经提交过")
    taken = act(talk, "correct", **form(talk, "4", way="take", form_key="f2"))

    assert taken == "已扣 4 分，现在能用 6 分。"
    assert talk.store.count("audit") == 2
    assert talk.store.audited() == [("lisi", "points.corrected")] * 2
    assert "人工调整" in page(talk, q="simulator:amei")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"points": "0"}, "请填 1 以上的整数"),
        ({"points": "-5"}, "请填 1 以上的整数"),
        ({"points": "1.5"}, "请填 1 以上的整数"),
        ({"points": "9" * 40}, "请填 1 以上的整数"),
        ({"points": "101"}, "一次最多调整 100 分"),
        ({"member": "999"}, "没有这位会员"),
        ({"why": "  "}, "请写原因"),
        ({"way": "take"}, "她现在能用的只有 0 分"),
    ],
)
def test_a_correction_that_can_not_be_is_refused_in_words(
    talk: Talk, change: dict[str, str], words: str
) -> None:
    assert words in act(talk, "correct", **{**form(talk), **change})
    assert talk.store.count("point_entries") == talk.store.count("audit") == 0


def test_an_operator_has_a_limit_for_a_day(talk: Talk) -> None:
    act(talk, "correct", **form(talk, "100"))

    assert "还可以调整 50 分" in act(talk, "correct", **form(talk, "51", form_key="f2"))
    assert "已扣 50 分" in act(talk, "correct", **form(talk, "50", form_key="f2", way="take"))
    talk.store.clock.tick(days=1, seconds=1)
    assert "已加 51 分" in act(talk, "correct", **form(talk, "51", form_key="f3"))


def test_an_entry_is_undone_by_its_opposite(talk: Talk) -> None:
    talk.says("amei", "打卡")
    entry = str(talk.store.do(lambda uow: uow.run(Statement("SELECT id FROM point_entries")))[0][0])

    assert act(talk, "undo", entry=entry, why="").startswith("请写原因")
    assert act(talk, "undo", entry=entry, why="误触").startswith("已撤销，现在能用 0 分")
    assert act(talk, "undo", entry=entry, why="误触").startswith("这一笔之前已经撤销过")
    assert act(talk, "undo", entry="999", why="误触").startswith("这一笔不能撤销")
    assert "撤销：打卡" in page(talk, q="simulator:amei")


def test_the_books_are_checked_and_every_disagreement_is_said(talk: Talk) -> None:
    talk.says("amei", "打卡")
    shown = page(talk, books="1")
    assert "账是平的" in shown
    assert "<tr><td>打卡</td><td>5</td><td>0</td></tr>" in shown
    assert "这个月没有积分变动" in page(talk, books="1", month="2026-07")

    damage = "UPDATE point_accounts SET balance = 6, held = 1, debt = 2 WHERE balance = 5"
    talk.store.do(lambda uow: uow.run(Statement(damage)))
    wrong = page(talk, books="1")

    assert "有 4 处对不上" in wrong
    for words in (
        "明细加起来是 5 分",
        "各批剩下的加起来是 5 分",
        "各笔冻结加起来是 0 分",
        "借和还",
    ):
        assert words in wrong


def test_the_figures_are_what_members_have(talk: Talk) -> None:
    talk.says("amei", "打卡")

    figures = {one.name: talk.store.do(one.read) for one in wallet.feature.metrics}

    assert figures == {"points_with_members": 5, "points_held": 0, "points_owed": 0}
