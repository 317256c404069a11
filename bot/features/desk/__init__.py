"""The advisors' desk (工作台): who waits, what was said, and everything an advisor does about it.

There is no personal data here: what is done is kept with its case.
"""

from bot.features.desk.matter import ReplyMatter
from bot.features.desk.pages import desk, metrics
from bot.kernel.feature import Feature

__all__ = ["feature"]

feature = Feature("desk", desk=desk, metrics=metrics, content={"replies": ReplyMatter})
