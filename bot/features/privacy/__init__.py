"""Privacy (个人信息): a member sees, takes along and deletes what is kept about her."""

from bot.features.privacy.handlers import router
from bot.features.privacy.jobs import jobs
from bot.features.privacy.pages import member_pages
from bot.features.privacy.rules import PrivacySettings
from bot.kernel.feature import Feature

feature = Feature(
    "privacy",
    router,
    settings=PrivacySettings,
    jobs=jobs,
    member_pages=member_pages,
)
