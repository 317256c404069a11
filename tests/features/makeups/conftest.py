"""Members who check in and make days up, an operator, and a clock."""

import pytest

from tests.kit.club import Club
from tests.kit.rooms import Store


@pytest.fixture
def club(store: Store) -> Club:
    return Club(store, makeup_points=20, makeups_a_month=2, makeup_days_back=7)
