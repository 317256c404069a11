"""A street with salons."""

from pathlib import Path

import pytest

from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.salons import Street


@pytest.fixture
def street(store: Store, tmp_path: Path) -> Street:
    return Street(store, Desk(tmp_path))
