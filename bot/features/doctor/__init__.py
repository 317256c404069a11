"""Doctor (体检): examines house and doors on an operator's wish, and keeps what was found."""

from bot.features.doctor.console import pages
from bot.features.doctor.errands import errands
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("doctor", pages=pages, errands=errands)
