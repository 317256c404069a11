"""The mall (积分商城): what a member has, what points can buy, 秒杀, and what is kept for her."""

from bot.commons.claims import SPENT_ON
from bot.features.mall.clubs import listeners
from bot.features.mall.console import metrics, pages
from bot.features.mall.handlers import router
from bot.features.mall.jobs import jobs
from bot.features.mall.matter import GoodsMatter
from bot.features.mall.mine import member_pages
from bot.features.mall.rules import MallSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "mall",
    router,
    settings=MallSettings,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    content={"goods": GoodsMatter},
    reasons={SPENT_ON: "积分商城"},
)
