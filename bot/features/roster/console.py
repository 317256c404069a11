"""The operators' page of who is on duty."""

from bot.commons import duty
from bot.kernel.feature import Metric

metrics = (
    Metric(
        "advisors_on_duty",
        "Advisors who are on duty",
        duty.count_on_duty,
        title="现在值班的顾问",
    ),
)
