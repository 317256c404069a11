"""What every test may ask for. One PostgreSQL server serves the whole session."""

from tests.kit.postgres import cluster, empty_postgres, postgres, template
from tests.kit.rooms import store, store_on_both

__all__ = ["cluster", "empty_postgres", "postgres", "store", "store_on_both", "template"]
