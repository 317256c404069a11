from pathlib import Path

import pytest

from bot.features import badges, rewards
from tests.kit.desk import Desk
from tests.kit.market import Market
from tests.kit.rooms import Store


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def market(store: Store, desk: Desk) -> Market:
    return Market(store, desk, [rewards.feature, badges.feature])


@pytest.fixture
def both(store_on_both: Store, desk: Desk) -> Market:
    return Market(store_on_both, desk, [rewards.feature, badges.feature])
