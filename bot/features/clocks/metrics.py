"""Figures of the clocks."""

from datetime import timedelta

from bot.commons import clocks
from bot.kernel.feature import Metric
from bot.kernel.work import UnitOfWork


def _breached(uow: UnitOfWork) -> float:
    return clocks.breached_now(uow)


def _steps(uow: UnitOfWork) -> float:
    now = uow.clock.now()
    return sum(clocks.steps_used(uow, now - timedelta(hours=24), now).values())


metrics = (
    Metric(
        "cases_oldest_unassigned_seconds",
        "For how long the case waits that nobody was asked for",
        clocks.oldest_unassigned_s,
        "最久没有分给顾问的个案（秒）",
    ),
    Metric(
        "cases_overdue",
        "Cases that wait for something whose time is over",
        _breached,
        "已超时的个案",
    ),
    Metric(
        "cases_ladder_steps_24h",
        "Steps of the ladder that were taken in 24 hours",
        _steps,
        "24 小时内的升级次数",
    ),
)
