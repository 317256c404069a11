"""A simulator for every test, on SQLite or on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.kit.postgres import cluster, postgres, template
from tests.kit.rooms import Store, store, store_on_both
from tests.kit.simulator import Stage, on_stage

__all__ = ["cluster", "postgres", "store", "store_on_both", "template"]


@pytest.fixture
async def stage(store: Store, tmp_path: Path) -> AsyncIterator[Stage]:
    """Offer a simulator that answers on a loopback port."""
    async with on_stage(store, tmp_path) as opened:
        yield opened


@pytest.fixture
async def stage_on_both(
    store_on_both: Store,
    tmp_path: Path,
) -> AsyncIterator[Stage]:
    """Offer a simulator, once on SQLite and once on PostgreSQL."""
    async with on_stage(store_on_both, tmp_path) as opened:
        yield opened
