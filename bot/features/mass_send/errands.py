"""What is asked of platforms: tasks are made, watched, and reminded of."""

from bot.features.mass_send import creating, moments, reminding, watching
from bot.features.mass_send.rules import CREATE, MOMENTS, REMIND, WATCH
from bot.kernel.feature import Errand

errands = (
    Errand(CREATE, creating.run, every_s=15),
    Errand(WATCH, watching.run, every_s=60),
    Errand(REMIND, reminding.run, every_s=120),
    Errand(MOMENTS, moments.run, every_s=60),
)
