"""Care (客诉与商机): finds who needs a human, and hands her over; silent while a human has her."""

from bot.commons.detection import OwnRules
from bot.commons.detection.own import FILE
from bot.features.care.handlers import router
from bot.features.care.jobs import jobs
from bot.features.care.listeners import listeners
from bot.features.care.rules import CareSettings
from bot.kernel.feature import Feature

feature = Feature(
    "care",
    router,
    settings=CareSettings,
    listeners=listeners,
    jobs=jobs,
    tables={FILE: OwnRules},
)
