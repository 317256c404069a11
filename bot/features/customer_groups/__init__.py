"""Customer groups (客户群): the registry is kept equal to the platform, new friends are greeted.

The room is called as its channel, because `[[groups]]` in the configuration are others: the
groups that are written to.
"""

from bot.features.customer_groups.console import metrics, pages
from bot.features.customer_groups.errands import errands
from bot.features.customer_groups.handlers import router
from bot.features.customer_groups.jobs import jobs
from bot.features.customer_groups.rules import CustomerGroupsSettings
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature(
    "customer_groups",
    router,
    settings=CustomerGroupsSettings,
    errands=errands,
    jobs=jobs,
    pages=pages,
    metrics=metrics,
)
