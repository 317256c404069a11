"""A salon as an entry of her calendar."""

from datetime import datetime

from bot.commons import ics
from bot.commons.salons import Place, SalonView, SignupView, State


def calendar_file(found: SalonView, mine: SignupView, made_at: datetime) -> bytes:
    """Return the file that puts a salon into her calendar, moves it there, or takes it out."""
    is_off = found.state is State.CANCELLED or mine.state is not Place.IN
    entry = ics.Entry(
        uid=f"salon-{found.id}-{mine.code}",
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        title=found.title,
        place=found.place,
        words=found.words,
        # a cancellation by the house counts as a change, too
        sequence=found.sequence + mine.changes + (found.state is State.CANCELLED),
        is_off=is_off,
    )
    return ics.calendar_file(entry, made_at)
