"""What the clock does: when a salon is over, those who came are asked how it was."""

from bot.features.doors import feedback
from bot.kernel.feature import Job

jobs = (Job("doors.ask", feedback.ask_some, every_s=60),)
