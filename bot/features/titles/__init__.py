"""Titles and roles (头衔), given by operators; some of their holders may propose events."""

from bot.features.titles.console import metrics, pages
from bot.features.titles.handlers import router
from bot.features.titles.matter import Titles
from bot.features.titles.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "titles",
    router,
    pages=pages,
    metrics=metrics,
    personal=personal,
    tables={"titles.toml": Titles},
)
