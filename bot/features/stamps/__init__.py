"""Cup cards (集杯卡): paid cups are stamped, full cards bring coupons, refunds take stamps off."""

from bot.features.stamps.console import exports, metrics, pages
from bot.features.stamps.handlers import router
from bot.features.stamps.jobs import jobs
from bot.features.stamps.listeners import listeners
from bot.features.stamps.matter import Cards
from bot.features.stamps.mine import member_pages
from bot.features.stamps.personal import personal
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "stamps",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    tables={"stamps.toml": Cards},
    exports=exports,
)
