"""Rewards (奖励): earning rules and double days, all of them data."""

from bot.features.rewards.console import metrics, pages
from bot.features.rewards.earning import REASON
from bot.features.rewards.jobs import jobs
from bot.features.rewards.listeners import listeners
from bot.features.rewards.matter import Rewards
from bot.features.rewards.personal import personal
from bot.features.rewards.reads import exports
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "rewards",
    listeners=listeners,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
    personal=personal,
    tables={"rewards.toml": Rewards},
    exports=exports,
    reasons={
        f"{REASON}checkin": "打卡奖励",
        f"{REASON}ballot": "投票奖励",
        f"{REASON}submission_accepted": "投稿奖励",
        f"{REASON}salon_attended": "到场奖励",
        f"{REASON}challenge_completed": "挑战奖励",
        f"{REASON}challenge_won": "挑战获胜奖励",
        f"{REASON}feedback": "反馈奖励",
        f"{REASON}order_paid": "消费积分",
    },
)
