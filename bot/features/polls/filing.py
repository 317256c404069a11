"""How polls come from files, and follow them until somebody votes."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from bot.commons.content import ContentFile, PollMatter
from bot.commons.filing import Filing, Wanted
from bot.features.polls.reads import Option, options_json, words_json
from bot.kernel.clock import with_zone
from bot.kernel.work import Statement, UnitOfWork
from bot.storage.columns import integer, micros

POLLS = Filing(
    "polls",
    "poll",
    taken="EXISTS (SELECT 1 FROM ballots WHERE poll_id = :row)",
    terms=(
        *("options", "max_choices", "results", "eligible", "points", "goal_points"),
        *("quorum", "tie"),
    ),
    loose=("opens_at",),
    free={"closes_at": ":closes_at"},
    begins={"outcome": "''"},
)
"""What was voted on and by which terms stands still; title, words and end follow."""

_OPENS = Statement("SELECT path, opens_at FROM polls")


def wanted(
    uow: UnitOfWork, files: Iterable[tuple[ContentFile, PollMatter]], zone: ZoneInfo
) -> Iterator[Wanted]:
    """Yield what the files say; one that names no beginning begins now, if it has not begun."""
    opened = {str(path): integer(at) for path, at in uow.run(_OPENS)}
    now = micros(uow.clock.now())
    for file, matter in files:
        options = tuple(
            Option(number, option.text, option.media or "")
            for number, option in enumerate(matter.options, 1)
        )
        opens, closes = matter.opens_at, matter.closes_at
        opens_at = micros(with_zone(opens, zone)) if opens else min(opened.get(file.path, now), now)
        yield (
            file,
            {
                "options": options_json.dump_json(options).decode(),
                "max_choices": matter.max_choices,
                "opens_at": opens_at,
                "closes_at": micros(with_zone(closes, zone)) if closes else None,
                "results": matter.results,
                "eligible": words_json.dump_json(matter.eligible).decode(),
                "points": matter.points,
                "goal_points": matter.goal_points,
                "quorum": matter.quorum,
                "tie": matter.tie,
            },
        )
