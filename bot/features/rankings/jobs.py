"""What the clock does: groups are thanked at night."""

from bot.features.rankings import digest
from bot.kernel.feature import Job

jobs = (Job("rankings.digest", digest.send_next, every_s=20, next_due=digest.next_due, sends=True),)
