"""What the clock starts: what is due rings, and what is stuck is found."""

from bot.commons.content import look
from bot.features.clocks import ringing, sweep
from bot.kernel.feature import Job

jobs = (
    # mended before it rings: after a start what is lost is found first
    Job("clocks.sweep", sweep.mend, every_s=15, before=look),
    Job("clocks.ring", ringing.ring_due, every_s=5, before=look, next_due=ringing.next_due),
)
