"""Questions (常见问题): answers from files, found on this machine; or a human answers."""

from bot.commons.answers import Synonyms
from bot.features.faq.console import metrics, pages
from bot.features.faq.handlers import router
from bot.features.faq.jobs import jobs
from bot.features.faq.matter import FaqMatter
from bot.features.faq.personal import personal
from bot.features.faq.rules import FaqSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "faq",
    router,
    settings=FaqSettings,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    personal=personal,
    content={"faq": FaqMatter},
    tables={"synonyms.toml": Synonyms},
)
