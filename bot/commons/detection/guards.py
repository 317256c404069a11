"""What takes the alarm out of words: somebody else is meant, nothing happened, all is well."""

from collections.abc import Mapping

from bot.commons.detection.evidence import Hit
from bot.commons.detection.matter import Guard, ready, shipped

Guards = Mapping[str, Guard]


def guards_of(text: str) -> Guards:
    """Return the guards that hold in a normalised text, by their ids."""
    return {guard.id: guard for guard in shipped().guard if _holds(guard, text)}


def _holds(guard: Guard, text: str) -> bool:
    if not any(ready(pattern).search(text) for pattern in guard.patterns):
        return False
    return guard.unless is None or not ready(guard.unless).search(text)


def factor(hit: Hit, guards: Guards) -> float:
    """Return by what the guards multiply a hit's weight."""
    if hit.always:
        return 1.0
    held = (
        guard.factor
        for guard in guards.values()
        if hit.label in guard.labels and hit.family not in guard.spares
    )
    return min(held, default=1.0)


def calmed(guards: Guards) -> float:
    """Return what is left of older words when her last ones were a joke, praise or about others."""
    return min((each.factor for each in guards.values() if each.calms), default=1.0)
