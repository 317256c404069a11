"""The simulator: a platform of our own, for demos, rehearsals and tests."""

from bot.channels.simulator.api import Hooks, routes
from bot.channels.simulator.channel import Simulator
from bot.channels.simulator.people import Person
from bot.channels.simulator.personal import personal
from bot.channels.simulator.seed import begin_history, seed

__all__ = ["Hooks", "Person", "Simulator", "begin_history", "personal", "routes", "seed"]
