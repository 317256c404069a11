"""What a run may be told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """The options of the command line."""

    long: bool = False
    """The lengths of the published figures, instead of a few seconds each."""
    kills: int = 0
    postgres: bool = False
    rush: bool = False
    cost: bool = False
    seed: int = 1
    rounds: int = 0
