"""What a fact between rooms is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """A fact published between rooms."""
