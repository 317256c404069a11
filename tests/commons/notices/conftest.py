"""Everything here runs on both databases."""

import pytest

from tests.kit.rooms import Store


@pytest.fixture
def store(store_on_both: Store) -> Store:
    """Offer a fresh database, once on SQLite and once on PostgreSQL."""
    return store_on_both
