"""Wallet (积分与券): what a member has, what expires soon, and the operators' ledger."""

from bot.commons.coupons import Kinds
from bot.features.wallet.console import metrics, pages
from bot.features.wallet.exports import exports
from bot.features.wallet.handlers import router
from bot.features.wallet.jobs import jobs
from bot.features.wallet.listeners import listeners
from bot.features.wallet.mine import member_pages
from bot.features.wallet.rules import CORRECTION
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "wallet",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    tables={"coupons.toml": Kinds},
    exports=exports,
    reasons={CORRECTION: "人工调整", "expired": "过期", "debt": "欠分", "erased": "已删除"},
)
