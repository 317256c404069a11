"""Pictures (图片): draws what other rooms have asked for, and sends it after their answers."""

from bot.commons import pictures
from bot.features.pictures.errands import errands
from bot.features.pictures.jobs import jobs
from bot.features.pictures.rules import PictureSettings
from bot.kernel.feature import Feature, Metric

feature = Feature(
    "pictures",
    settings=PictureSettings,
    jobs=jobs,
    errands=errands,
    metrics=(
        Metric(
            "pictures_failed_last_24h",
            "Pictures of the last 24 hours that could not be drawn",
            pictures.count_failed,
            "24 小时内没画成的图片",
        ),
    ),
)
