"""我的积分, in a 1:1 chat and in a group."""

from datetime import timedelta

import pytest

from bot.commons import members, points
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin, wallet
from bot.kernel.community import Community
from bot.kernel.feature import Rooms
from tests.kit.rooms import NOON, Store
from tests.kit.talk import CHANNEL, Talk

ROOMS = (checkin.feature, wallet.feature)
LINK = "每月明细（只能由你打开，24 小时内有效）：\nhttps://bot.example/m/wallet/mine/1?86400"
EARN = "怎么攒：每天打卡 +5 分，每连续 7 天多得 10 分。"


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, ROOMS, Community("拾光衣橱"), CheckinSettings(), Rooms(ROOMS))


def test_my_points_show_where_they_come_from_and_how_to_get_more(talk: Talk) -> None:
    assert talk.says("amei", "我的积分") == [f"积分 0\n{EARN}\n{LINK}"]

    talk.says("amei", "打卡")

    assert talk.says("amei", "我的积分") == [f"积分 5\n08-24 打卡 +5\n{EARN}\n{LINK}"]


def test_what_is_held_owed_and_about_to_expire_is_said(talk: Talk) -> None:
    amei = talk.member("amei")
    with talk.store.unit() as uow:
        ends = NOON.replace(hour=16) + timedelta(days=3)  # midnight in Shanghai
        points.award(uow, amei, 8, reason="gift", key="a", expires_at=ends)
        points.hold(uow, amei, 3, reason="mall", key="h")
        points.award(uow, amei, 4, reason="checkin", key="b")
        points.spend(uow, amei, 6, reason="lottery", key="s")
        points.reverse(uow, "b", made_by="lisi", why="错了")

    assert talk.says("amei", "我的积分")[0].splitlines()[:-3] == [
        "积分 0",
        "另有 3 分冻结中，用掉或退回以前不能花。",
        "还欠 1 分，下次得到积分时先还。",
        "2 分 2026 年 8 月 27 日到期，先到期的先用。",
        "08-24 撤销：打卡 -4",
        "08-24 欠分 +1",
        "08-24 lottery -6",
        "08-24 打卡 +4",
        "08-24 gift +8",
    ]


def test_in_a_group_only_the_balance_is_said(talk: Talk) -> None:
    talk.member("amei")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "阿美"))
    talk.says("amei", "打卡")

    assert talk.says("amei", "我的积分", group="vip-1") == [
        "阿美，积分 5。明细请私聊我发“我的积分”。"
    ]


def test_nobody_sees_what_is_another_member_s(talk: Talk) -> None:
    talk.says("amei", "打卡")

    assert talk.says("lily", "我的积分")[0].startswith("积分 0\n怎么攒")


@pytest.mark.parametrize("typed", ["积份", "查積分", "【我的积分】！", "积 分 明 细"])
def test_slips_and_other_scripts_are_understood(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed)[0].startswith("积分 0")
