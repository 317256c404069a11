"""Members as operators know them: tiers, tags, orders."""

from bot.features.people.console import metrics, pages
from bot.features.people.exports import exports
from bot.features.people.jobs import jobs
from bot.features.people.rules import PeopleSettings
from bot.kernel.feature import Feature

feature = Feature(
    "people",
    settings=PeopleSettings,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    exports=exports,
)

__all__ = ["feature"]
