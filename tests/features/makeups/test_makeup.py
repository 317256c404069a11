"""A day made up later: asked for, confirmed, paid, and then a day like any other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import points
from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings
from bot.features import makeups
from bot.features.makeups import makeup
from bot.features.makeups.makeup import NoMakeup, Wish
from bot.kernel.messages import Tap, Update, UpdateKind
from bot.kernel.work import UnitOfWork
from tests.kit.club import DAY, MONDAY, Club
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL


def test_it_is_explained_where_it_is_off(store: Store) -> None:
    club = Club(store)
    club.was_there("amei", 2)
    assert club.says("amei", "补签")[0].startswith("这里暂时没有开通补签")
    assert club.says("amei", "确认补签 昨天")[0].startswith("这里暂时没有开通补签")
    assert "补签" not in club.page("amei").replace("made-up", "")


def test_she_is_asked_with_the_cost_before_anything_happens(club: Club) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    assert club.says("amei", "补签") == [
        (
            "补签 8 月 23 日：用 20 积分，你有积分 45。这个月还能补 2 次，补了不能撤销。\n"
            "要补就发“确认补签 8月23日”。"
        )
    ]
    assert club.balance("amei") == 45


def test_where_there_are_cards_a_button_confirms(club: Club) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    tap = Tap("makeup:2026-08-23", "card")
    now = club.clock.now()
    update = Update(CHANNEL, "t", UpdateKind.TAP, "amei", now, "amei", tap=tap)
    assert club.hears(update)[0].startswith("补签成功（8 月 23 日）")
    assert club.hears(update) == ["8 月 23 日已打卡，不用补签。"]
    forged = Update(CHANNEL, "t", UpdateKind.TAP, "amei", now, "amei", tap=Tap("makeup:x", "card"))
    assert club.hears(forged)[0].startswith("没看懂")


def test_it_joins_the_days_in_a_row(club: Club) -> None:
    club.was_there("amei", 2, 0)
    club.has("amei", 40)
    assert club.says("amei", "确认补签 8月23日") == [
        "补签成功（8 月 23 日）！用了 20 积分，现在已连续 3 天，积分 30。"
    ]
    streak = club.streak("amei")
    assert streak is not None
    assert (streak.days, streak.total_days) == (3, 3)
    assert 'class="made-up"' in club.page("amei")


def test_confirmed_twice_it_costs_once(club: Club) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    for _ in range(3):
        club.says("amei", "确认补签")
    assert club.says("amei", "确认补签") == ["8 月 23 日已打卡，不用补签。"]
    assert club.balance("amei") == 25
    assert club.store.count("makeups") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("补签 今天", "今天还没过完，发“打卡”就好，不用补签。"),
        ("补签 明天", "8 月 25 日还没到，到了那天发“打卡”就好。"),
        ("补签 9月1日", "9 月 1 日还没到，到了那天发“打卡”就好。"),
        ("补签 9999-12-31", "9999 年 12 月 31 日还没到，到了那天发“打卡”就好。"),
        ("补签 2025-08-23", "2025 年 8 月 23 日太早了，只能补最近 7 天。"),
        ("补签 8月10日", "8 月 10 日太早了，只能补最近 7 天。"),
        ("补签 8月22日", "8 月 22 日已打卡，不用补签。"),
        ("补签 8月19日", "8 月 19 日你还没加入（8 月 22 日加入），那之前的日子补不了。"),
        ("补签 -1", "没看懂是哪一天。"),
        ("补签 1e9", "没看懂是哪一天。"),
        ("補簽　８月２３日", "补签 8 月 23 日"),
        ("补签8月23日", "补签 8 月 23 日"),
        ("补签昨天", "补签 8 月 23 日"),
        ("补签周日", "补签 8 月 23 日"),
        ("补签 周日！！", "补签 8 月 23 日"),
    ],
)
def test_each_day_has_its_answer(club: Club, typed: str, said: str) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    assert club.says("amei", typed)[0].startswith(said)
    assert club.store.count("makeups") == 0


def test_today_already_checked_says_so(club: Club) -> None:
    club.was_there("amei", 1, 0)
    assert club.says("amei", "补签 今天") == ["今天已打卡，不用补签。"]


def test_so_many_in_a_month_and_again_in_the_next(club: Club) -> None:
    club.was_there("amei", 7)
    club.has("amei", 200)
    for days in (1, 2):
        assert "成功" in club.says("amei", f"确认补签 {MONDAY - days * DAY}")[0]
    assert club.says("amei", "确认补签 8月21日") == ["这个月补签的 2 次用完了，下个月再来。"]
    club.store.clock.tick(days=10)
    assert "成功" in club.says("amei", "确认补签")[0]


def test_who_has_too_few_points_is_told_how_many(club: Club) -> None:
    club.was_there("amei", 2)
    assert club.says("amei", "补签") == ["补签一天要 20 积分，你有积分 5，还差 15。"]
    assert club.says("amei", "确认补签") == ["补签一天要 20 积分，你有积分 5，还差 15。"]
    assert club.store.count("checkins") == 1


def test_in_a_group_nobody_hears_what_she_has_missed(club: Club) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    for typed in ("补签", "补签 昨天", "确认补签", "补签昨天"):
        assert club.says("amei", typed, group="g") == ["补签请私聊我发“补签”。"]
    assert club.store.count("makeups") == 0


def test_a_run_earns_a_token_and_the_token_pays(store: Store) -> None:
    club = Club(store, token_every_days=3, tokens_at_most=1)
    club.was_there("amei", 9, 8)
    assert "还得了 1 张补签卡" in club.says("amei", "打卡", at=club.clock.now() - 7 * DAY)[0]
    club.was_there("amei", 6, 5, 4)  # the second token is one too many to keep
    assert "用 1 张补签卡，你有 1 张" in club.says("amei", "补签 8月21日")[0]
    assert club.says("amei", "确认补签 8月21日")[0].startswith(
        "补签成功（8 月 21 日）！用了 1 张补签卡，还有 0 张，连续打卡奖励 +10 分"
    )
    assert club.says("amei", "补签") == ["现在没有补签卡。每连续打卡 3 天得 1 张。"]


def test_a_run_earns_its_token_once_whatever_the_order(store: Store) -> None:
    club = Club(store, token_every_days=3, tokens_at_most=9)
    now = club.clock.now()
    for days in (0, 2, 4, 5, 1, 3):
        club.says("amei", "打卡", at=now - days * DAY)
    assert club.store.count("makeup_tokens") == 2


def test_the_page_asks_before_it_acts(club: Club) -> None:
    club.was_there("amei", 2, 0)
    club.has("amei", 40)
    assert "/m/makeups/mine" in club.page("amei")
    assert "?day=2026-08-23" in club.days("amei")
    asked = club.days("amei", day="2026-08-23")
    assert "用 20 积分，你有积分 50" in asked
    assert 'name="day" value="2026-08-23"' in asked
    assert "已连续 3 天" in club.makes_up("amei", "2026-08-23")
    assert "8 月 23 日已打卡" in club.makes_up("amei", "2026-08-23")
    assert "没看懂" in club.makes_up("amei", "x" * 99)
    assert "确认补签" not in club.days("amei", day="2026-08-23")


def test_the_page_says_when_there_is_nothing_to_make_up(club: Club, store: Store) -> None:
    assert "现在没有能补的日子" in club.days("amei")
    assert "这里暂时没有开通补签" in Club(store).days("amei")


def test_the_month_mentions_it_where_it_is_on(club: Club) -> None:
    club.was_there("amei", 2)
    assert "漏了一天可以发“补签”" in club.says("amei", "我的打卡")[0]
    off = Club(club.store)
    assert "补签" not in off.says("amei", "我的打卡")[0]


def test_just_after_midnight_yesterday_is_the_day_that_was_missed(club: Club) -> None:
    club.was_there("amei", 1)
    club.has("amei", 40)
    late = club.clock.now().replace(hour=16, minute=0, second=1)  # 00:00:01 on Tuesday there
    assert "补签 8 月 24 日" in club.says("amei", "补签", at=late)[0]


def test_what_leaves_with_her(club: Club) -> None:
    club.was_there("amei", 2)
    club.has("amei", 40)
    club.says("amei", "确认补签")
    her = club.member("amei")
    data = next(data for data in makeups.feature.personal if data.title == "补签")
    [row] = club.store.do(lambda uow: data.export(uow, her))
    assert row == {"day": "2026-08-23", "made_on": "2026-08-24", "points": 20}
    club.store.do(lambda uow: data.erase(uow, her))
    assert club.store.count("makeups") == 0


def test_tokens_and_makeups_on_both_databases(store_on_both: Store) -> None:
    club = Club(store_on_both, token_every_days=2, tokens_at_most=1)
    club.was_there("amei", 5, 4, 2)
    assert "用了 1 张补签卡" in club.says("amei", "确认补签 大前天")[0]
    said = club.says("amei", "补签 昨天")[0]  # the joined run earned another
    assert "现在没有补签卡" not in said
    assert store_on_both.count("makeups") == 1


@pytest.mark.postgres
def test_at_once_on_two_replicas_no_more_than_the_month_allows(
    postgres: str, tmp_path: Path
) -> None:
    store = Store(tmp_path, postgres)
    club = Club(store)
    club.was_there("amei", 8)
    club.has("amei", 500)
    her, now = club.member("amei"), club.clock.now()
    settings = CheckinSettings(makeup_points=20, makeups_a_month=2)

    def make_up(number: int) -> bool:
        wish = Wish(her, MONDAY - (number % 7 + 1) * timedelta(days=1), MONDAY, MONDAY - 30 * DAY)

        def act(uow: UnitOfWork) -> bool:
            try:
                with uow.attempt():
                    makeup.make_up(uow, wish, now, settings)
            except NoMakeup:
                return False
            return True

        return store.do(act)

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(make_up, range(40))) == 2
    assert store.count("makeups") == 2
    assert store.do(lambda uow: points.balance(uow, her)) == 505 - 40
    assert store.do(points.books_balance) == []
    streak = store.do(lambda uow: service.streak_of(uow, her))
    assert streak is not None
    assert streak.total_days == 3
    store.close()
