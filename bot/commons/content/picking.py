"""Which file a schedule sends. The same question has the same answer on every replica."""

from collections.abc import Collection
from datetime import date

from bot.commons.content.files import ContentFile
from bot.commons.content.fires import draw
from bot.commons.content.library import Library
from bot.commons.content.schedules import Pick, Schedule


def pick(
    schedule: Schedule, library: Library, day: date, used: Collection[str], seed: str
) -> ContentFile | None:
    """Return the file that goes out on `day`; None when there is none.

    A file with dates goes out on these days only. `next_unused` takes, in the order of the
    file names, one written for this very day first, then one for any day. `by_date` takes
    one written for this day. `random` draws among the unused files, and among all of them
    once they are used up. A schedule with `file` sends it each time.

    Args:
        schedule: who asks.
        library: what there is.
        day: the local day of the fire.
        used: paths of the files that this schedule has sent to the target before.
        seed: what chance is drawn from, see `fires.seed_of`.
    """
    if schedule.file:
        file = library.files.get(schedule.file)
        return file if file is not None and file.may_go_out(day) else None
    ready = [file for file in library.below(schedule.content) if file.may_go_out(day)]
    fresh = [file for file in ready if file.path not in used]
    if schedule.pick is Pick.RANDOM:
        pool = fresh or ready
        return pool[draw(f"{seed}|pick", len(pool))] if pool else None
    todays = [file for file in fresh if file.publish_on == day]
    if schedule.pick is Pick.BY_DATE:
        return todays[0] if todays else None
    return next(iter(todays or fresh), None)
