"""When the clock does what `rounds` knows."""

from bot.commons.content import look
from bot.features.badges import rounds
from bot.kernel.feature import Job

jobs = (
    Job("badges.backfill", rounds.backfill, every_s=30, before=look),
    Job("badges.tell", rounds.tell, every_s=300),
)
