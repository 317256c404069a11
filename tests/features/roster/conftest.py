"""A shop floor with its page."""

from pathlib import Path

import pytest

from tests.kit.desk import Desk
from tests.kit.rooms import Store, store
from tests.kit.roster import Floor

__all__ = ["store"]


@pytest.fixture
def floor(store: Store, tmp_path: Path) -> Floor:
    return Floor(store, Desk(tmp_path))
