"""Every test here may ask for a fresh database."""

from tests.kit.rooms import store

__all__ = ["store"]
