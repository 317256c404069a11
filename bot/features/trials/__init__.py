"""Trials (试用) and cohorts of testers (体验官): few places given out fairly, and feedback."""

from bot.features.trials.console import metrics, pages
from bot.features.trials.handlers import router
from bot.features.trials.jobs import jobs
from bot.features.trials.matter import TrialMatter
from bot.features.trials.mine import member_pages
from bot.features.trials.personal import personal
from bot.features.trials.rules import TrialSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "trials",
    router,
    settings=TrialSettings,
    jobs=jobs,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    personal=personal,
    content={"trials": TrialMatter},
)
