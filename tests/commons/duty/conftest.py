"""A shop floor, once on SQLite and, where two act at once, on both databases."""

from pathlib import Path

import pytest

from tests.kit.desk import Desk
from tests.kit.rooms import Store, store, store_on_both
from tests.kit.roster import Floor

__all__ = ["store", "store_on_both"]


@pytest.fixture
def floor(store: Store, tmp_path: Path) -> Floor:
    return Floor(store, Desk(tmp_path))


@pytest.fixture
def floor_on_both(store_on_both: Store, tmp_path: Path) -> Floor:
    return Floor(store_on_both, Desk(tmp_path))
