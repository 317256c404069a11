"""A ward, on SQLite."""

from pathlib import Path

import pytest

from tests.kit.desk import Desk
from tests.kit.rooms import Store, store
from tests.kit.ward import Ward

__all__ = ["store"]


@pytest.fixture
def ward(store: Store, tmp_path: Path) -> Ward:
    return Ward(store, Desk(tmp_path))
