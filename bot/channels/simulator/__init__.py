"""The simulator: a platform of our own, for demos, rehearsals and tests."""

from bot.channels.simulator.api import Hooks, routes
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.personal import personal
from bot.channels.simulator.seed import begin_history, seed

__all__ = ["Hooks", "Simulator", "begin_history", "personal", "routes", "seed"]
