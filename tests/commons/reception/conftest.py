"""A ward, on SQLite."""

from pathlib import Path

import pytest

from tests.kit.desk import Desk
from tests.kit.rooms import Store, store, store_on_both
from tests.kit.ward import Ward

__all__ = ["store", "store_on_both"]


@pytest.fixture
def ward(store: Store, tmp_path: Path) -> Ward:
    return Ward(store, Desk(tmp_path))
