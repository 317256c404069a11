"""Submissions (投稿): members send words and pictures; what they allow is shown, nothing else."""

from bot.commons.vetting import WordsTable
from bot.features.ugc.console import metrics, pages
from bot.features.ugc.errands import errands
from bot.features.ugc.handlers import router
from bot.features.ugc.jobs import jobs
from bot.features.ugc.listeners import listeners
from bot.features.ugc.matter import CallMatter
from bot.features.ugc.mine import member_pages
from bot.features.ugc.rules import UgcSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "ugc",
    router,
    settings=UgcSettings,
    listeners=listeners,
    jobs=jobs,
    errands=errands,
    pages=pages,
    member_pages=member_pages,
    metrics=metrics,
    content={"calls": CallMatter},
    tables={"words.toml": WordsTable},
)
