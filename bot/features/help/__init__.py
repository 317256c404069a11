"""Help (帮助): what the bot can do, and a kind word when it does not know."""

from bot.features.help.handlers import router
from bot.features.help.personal import personal
from bot.features.help.rules import HelpSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("help", router, settings=HelpSettings, personal=personal)
