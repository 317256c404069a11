"""Mass sends (群发): to customer groups and customers, by the confirmation of who knows them."""

from bot.features.mass_send.console import metrics, pages
from bot.features.mass_send.errands import errands
from bot.features.mass_send.handlers import router
from bot.features.mass_send.jobs import jobs
from bot.features.mass_send.personal import personal
from bot.features.mass_send.rules import MassSendSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "mass_send",
    router,
    settings=MassSendSettings,
    jobs=jobs,
    errands=errands,
    pages=pages,
    metrics=metrics,
    personal=personal,
)
