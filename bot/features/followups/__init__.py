"""Follow-ups (回访): somebody sees to a member again; who wants no calls gets none."""

from bot.features.followups.handlers import router
from bot.features.followups.listeners import listeners
from bot.features.followups.pages import desk, jobs, metrics
from bot.features.followups.personal import personal
from bot.features.followups.rules import FollowupSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "followups",
    router,
    settings=FollowupSettings,
    listeners=listeners,
    jobs=jobs,
    desk=desk,
    metrics=metrics,
    personal=personal,
)
