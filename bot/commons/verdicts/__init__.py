"""Verdicts (复核): what people say of the detector: right, wrong, missed."""

from bot.commons.verdicts import doubts, lessons, sampling
from bot.commons.verdicts.personal import personal
from bot.commons.verdicts.rules import Interval, Verdict, recall, wilson

__all__ = [
    "Interval",
    "Verdict",
    "doubts",
    "lessons",
    "personal",
    "recall",
    "sampling",
    "wilson",
]
