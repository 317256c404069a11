"""Vouchers (券): coupons at the counter (核销), and issued to members by operators."""

from bot.features.vouchers.api import calls
from bot.features.vouchers.console import metrics, pages
from bot.features.vouchers.jobs import jobs
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("vouchers", jobs=jobs, pages=pages, metrics=metrics, calls=calls)
