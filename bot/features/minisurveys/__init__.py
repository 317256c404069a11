"""Mini surveys (极简问卷): at most two questions at a node of an order, and seldom."""

from bot.features.minisurveys.console import exports, metrics, pages
from bot.features.minisurveys.handlers import router
from bot.features.minisurveys.jobs import jobs
from bot.features.minisurveys.listeners import listeners
from bot.features.minisurveys.matter import FILE, MiniSurveys
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "minisurveys",
    router,
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    tables={FILE: MiniSurveys},
    exports=exports,
)
