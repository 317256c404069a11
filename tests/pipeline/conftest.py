"""What several tests of the pipeline stand on."""

from tests.kit.counter import clock, platform

__all__ = ["clock", "platform"]
