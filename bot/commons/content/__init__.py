"""Reads what operators write in `content/` and `schedules/`, and names what is wrong in it.

`Shelf` keeps both at hand while the bot runs; `check` is what `bot check` prints. `fire_times`,
`due_at`, `judge` and `pick` say when something is sent and what; `render` makes the words.
"""

from bot.commons.content.checks import (
    LOOK_AHEAD_DAYS,
    EmptySlot,
    check,
    check_read,
    empty_slots,
    nothing_used,
    slot_warnings,
)
from bot.commons.content.entries import Stretch
from bot.commons.content.files import ContentFile, Kind, Stage, Variant
from bot.commons.content.fires import (
    Verdict,
    due_at,
    fire_times,
    judge,
    local_day,
    next_fire,
    seed_of,
)
from bot.commons.content.library import Library
from bot.commons.content.matter import Forms, Matter, PollMatter, PostMatter, SalonMatter
from bot.commons.content.media_folder import MediaFolder
from bot.commons.content.picking import pick
from bot.commons.content.rendering import (
    EVERYBODY,
    NAMES,
    SOMEBODY,
    WHOEVER,
    dissect,
    names_for,
    parts_of,
    render,
    render_words,
    speaks_of_group,
)
from bot.commons.content.schedules import Known, Missed, Pick, Schedule, Timetable
from bot.commons.content.sharing import rewards_sharing
from bot.commons.content.shelf import Shelf, Shelved, look
from bot.commons.content.writing import (
    ChangedMeanwhile,
    HasMistakes,
    NotWritable,
    Pen,
    Writing,
)

__all__ = [
    "EVERYBODY",
    "LOOK_AHEAD_DAYS",
    "NAMES",
    "SOMEBODY",
    "WHOEVER",
    "ChangedMeanwhile",
    "ContentFile",
    "EmptySlot",
    "Forms",
    "HasMistakes",
    "Kind",
    "Known",
    "Library",
    "Matter",
    "MediaFolder",
    "Missed",
    "NotWritable",
    "Pen",
    "Pick",
    "PollMatter",
    "PostMatter",
    "SalonMatter",
    "Schedule",
    "Shelf",
    "Shelved",
    "Stage",
    "Stretch",
    "Timetable",
    "Variant",
    "Verdict",
    "Writing",
    "check",
    "check_read",
    "dissect",
    "due_at",
    "empty_slots",
    "fire_times",
    "judge",
    "local_day",
    "look",
    "names_for",
    "next_fire",
    "nothing_used",
    "parts_of",
    "pick",
    "render",
    "render_words",
    "rewards_sharing",
    "seed_of",
    "slot_warnings",
    "speaks_of_group",
]
