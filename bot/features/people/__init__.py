"""Members as operators know them: tiers, tags, orders."""

from bot.features.people.jobs import jobs
from bot.features.people.rules import PeopleSettings
from bot.kernel.feature import Feature

feature = Feature("people", settings=PeopleSettings, jobs=jobs)

__all__ = ["feature"]
