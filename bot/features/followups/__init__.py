"""Follow-ups (回访): somebody sees to a member again; who wants no calls gets none."""

from bot.features.followups.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("followups", personal=personal)
