from datetime import datetime, timedelta

import pytest

from bot.commons import members
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin
from bot.kernel.community import Community
from bot.kernel.events import CheckedIn
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [checkin.feature], Community("拾光衣橱"), CheckinSettings())


def test_a_first_check_in(talk: Talk) -> None:
    assert talk.says("amei", "打卡") == [
        "打卡成功！已连续 1 天，+5 分，积分 5。\n再打 6 天，多得 10 分。"
    ]


def test_the_seventh_day_in_a_row(talk: Talk) -> None:
    for _ in range(6):
        talk.says("amei", "打卡")
        talk.store.clock.tick(days=1)

    assert talk.says("amei", "打卡") == [
        (
            "打卡成功！已连续 7 天，+15 分，积分 45。\n"
            "连续打卡满 7 天，多得的 10 分也到账了 🎁\n再打 7 天，多得 10 分。\n"
            "连续 7 天啦！发“我的海报”，存一张纪念。"
        )
    ]


def test_the_second_of_a_day_adds_nothing(talk: Talk) -> None:
    talk.says("amei", "打卡")

    assert talk.says("amei", "签到") == ["今天已打卡，已连续 1 天，积分 5。明天见 🌙"]


def test_a_message_counts_for_the_day_on_which_it_was_sent(talk: Talk) -> None:
    talk.says("amei", "打卡", at=datetime.fromisoformat("2026-08-23T10:00:00+08:00"))
    talk.store.clock.at = datetime.fromisoformat("2026-08-25T00:05:00+08:00")
    before_midnight = datetime.fromisoformat("2026-08-24T23:59:59+08:00")

    assert talk.says("amei", "打卡", at=before_midnight) == [
        "打卡成功（8 月 24 日）！已连续 2 天，+5 分，积分 10。\n再打 5 天，多得 10 分。"
    ]
    assert talk.says("amei", "打卡", at=before_midnight) == [
        "今天已打卡（8 月 24 日），已连续 2 天，积分 10。"
    ]
    assert "已连续 3 天" in talk.says("amei", "打卡")[0]


def test_a_late_message_between_two_others_mends_the_streak(talk: Talk) -> None:
    day = timedelta(days=1)
    now = talk.clock.now()
    talk.says("amei", "打卡", at=now - 2 * day)
    talk.says("amei", "打卡", at=now)

    assert "已连续 3 天" in talk.says("amei", "打卡", at=now - day)[0]
    assert "那时已连续 1 天，+5 分，积分 20" in talk.says("amei", "打卡", at=now - 9 * day)[0]


@pytest.mark.parametrize(
    "typed",
    [
        "打卡✅",
        "簽到",
        " 打 卡 ",
        "@小拾 打卡",
        "打卡！！",
        "ＤＫ",
        "Daka",
        "打咔",
        "我来打卡啦~",
        "大卡",
        "打卡打卡打卡",
        "打卡！打卡！打卡！！",
        "簽到 签到✅签到",
        "dkdkdk",
    ],
)
def test_it_is_understood_however_it_is_typed(talk: Talk, typed: str) -> None:
    assert "已连续 1 天" in talk.says("amei", typed)[0]


@pytest.mark.parametrize(
    "typed",
    [
        "打卡这个词什么意思",
        "我昨天忘记打卡了怎么办",
        "这家店值得打卡",
        "一大卡车",
        "千岛湖",
        "dkny 好看吗",
        "刷卡",
        "打卡打卡打",
        "打打打卡卡卡",
        "打卡打卡打卡" * 30,
        "哈哈哈",
    ],
)
def test_ordinary_sentences_are_left_alone(talk: Talk, typed: str) -> None:
    assert talk.says("amei", typed) == []


def test_in_a_group_the_answer_is_short_and_says_whose_it_is(talk: Talk) -> None:
    talk.member("amei")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "阿美"))

    assert talk.says("amei", "打卡", group="vip-1") == [
        "阿美，打卡成功！已连续 1 天，+5 分，积分 5。"
    ]
    assert talk.says("amei", "打卡", group="vip-1") == ["阿美，今天已打卡，已连续 1 天，积分 5。"]
    assert talk.says("amei", "我的打卡", group="vip-1") == [
        "阿美，已连续 1 天，本月打卡 1 天。日历请私聊我发“我的打卡”。"
    ]


def test_somebody_without_a_name_is_answered_without_one(talk: Talk) -> None:
    assert talk.says("lily", "打卡", group="vip-1")[0].startswith("打卡成功")


def test_my_check_ins_are_a_small_calendar(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.clock.tick(days=1)

    assert talk.says("amei", "我的打卡") == [
        (
            "2026 年 8 月\n"
            "一二三四五六日\n"
            "・・・・・⬜⬜\n"
            "⬜⬜⬜⬜⬜⬜⬜\n"
            "⬜⬜⬜⬜⬜⬜⬜\n"
            "⬜⬜⬜⬜⬜⬜⬜\n"
            "✅⬜・・・・・\n"
            "・・・・・・・\n"
            "已连续 1 天，本月 1 天，最长 1 天，一共 1 天。\n"
            "今天还没打卡，发“打卡”就好。\n"
            "完整日历（只能由你打开，24 小时内有效）：\n"
            "https://bot.example/m/checkin/mine/1?86400"
        )
    ]


def test_my_check_ins_before_the_first_one(talk: Talk) -> None:
    assert "已连续 0 天，本月 0 天。" in talk.says("amei", "我的打卡")[0]


def test_nobody_sees_what_is_another_member_s(talk: Talk) -> None:
    talk.says("amei", "打卡")

    assert "已连续 0 天" in talk.says("lily", "我的打卡")[0]


def test_the_event_is_published_once(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.says("amei", "打卡")

    assert talk.events == [CheckedIn(talk.member("amei"), talk.clock.now().date(), 1)]
