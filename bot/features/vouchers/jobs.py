"""What the clock does: coupons are issued and taken back, some at a time."""

from bot.features.vouchers import granting
from bot.kernel.feature import Job
from bot.kernel.work import Toolbox, UnitOfWork


def _revoke(uow: UnitOfWork, _tools: Toolbox) -> bool:
    return granting.revoke_some(uow)


jobs = (
    Job("vouchers.issue", granting.issue_some, every_s=5),
    Job("vouchers.revoke", _revoke, every_s=5),
)
