"""Several replicas on PostgreSQL: each member once, and no more than the number of the day."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.features import recall
from bot.features.recall import service
from tests.features.recall.conftest import Shop
from tests.kit.desk import Desk
from tests.kit.rooms import Store

pytestmark = pytest.mark.postgres


def test_replicas_recall_each_member_once_and_keep_to_the_number(
    postgres: str, tmp_path: Path
) -> None:
    shop = Shop(Store(tmp_path, postgres), Desk(tmp_path))
    shop.tools.add(recall.feature.settings, recall.feature.settings(most_a_day=5))
    people = [f"m{number}" for number in range(8)]
    for who in people:
        shop.likes_prices(who)
    shop.starts()
    ids = list(shop.everybody(*people))

    def recalls(_: int) -> None:
        shop.store.do(lambda uow: service.recall(uow, shop.tools, ids))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(recalls, range(12)))
    for table in ("recalls", "coupons", "letters"):
        assert shop.store.count(table) == 5
    shop.store.close()
