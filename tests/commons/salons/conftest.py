"""A street with salons."""

from tests.kit.salons import street

__all__ = ["street"]
