"""称呼: a member says how she wants to be spoken to, and takes it back."""

from bot.features.salutations.handlers import router
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("salutations", router)
