"""Referrals (邀请): a friend's first paid order brings coupons to both; sharing brings nothing."""

from bot.features.referral.console import metrics, pages
from bot.features.referral.handlers import router
from bot.features.referral.jobs import jobs
from bot.features.referral.listeners import listeners
from bot.features.referral.mine import member_pages
from bot.features.referral.personal import personal
from bot.features.referral.rules import ReferralSettings, ReferralTerms
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "referral",
    router,
    settings=ReferralSettings,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    tables={"referral.toml": ReferralTerms},
)
