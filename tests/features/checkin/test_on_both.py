"""The same conversation on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commons import points
from bot.commons.checkins import service
from bot.commons.checkins.rules import CheckinSettings, Streak
from bot.features import checkin
from bot.kernel.community import Community
from tests.kit.rooms import Store
from tests.kit.talk import Talk

DAY = timedelta(days=1)


def talk_on(store: Store) -> Talk:
    return Talk(store, [checkin.feature], Community("拾光衣橱"), CheckinSettings())


def test_check_ins_in_any_order(store_on_both: Store) -> None:
    talk = talk_on(store_on_both)
    now = talk.clock.now()

    for days_ago in (3, 0, 1, 1):
        talk.says("amei", "打卡", at=now - days_ago * DAY)
    assert "已连续 4 天" in talk.says("amei", "打卡", at=now - 2 * DAY)[0]

    assert talk.says("amei", "打卡")[0].startswith("今天已打卡，已连续 4 天，积分 20。")
    assert "最长 4 天，一共 4 天" in talk.says("amei", "我的打卡")[0]
    amei = talk.member("amei")
    lines = store_on_both.do(lambda uow: points.latest(uow, amei, 9))
    assert [(line.points, line.reason) for line in lines] == [(5, "checkin")] * 4
    assert store_on_both.do(service.count_last_24h) == 1


@pytest.mark.postgres
def test_days_that_arrive_at_once_on_two_replicas_make_one_streak(
    postgres: str, tmp_path: Path
) -> None:
    store = Store(tmp_path, postgres)
    talk = talk_on(store)
    amei = talk.member("amei")
    first = talk.clock.now().date()

    def check_in(number: int) -> None:
        day, at = first + number * DAY, talk.clock.now()
        store.do(lambda uow: service.check_in(uow, amei, day, at, CheckinSettings()))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(check_in, (3, 0, 5, 1, 4, 2, 6)))

    assert store.do(lambda uow: service.streak_of(uow, amei)) == Streak(first + 6 * DAY, 7, 7, 7)
    assert store.do(lambda uow: points.balance(uow, amei)) == 7 * 5 + 10
    store.close()
