"""A group's number (群编号): platforms tell it only with a message from there."""

from bot.features.chatid.handlers import router
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("chatid", router)
