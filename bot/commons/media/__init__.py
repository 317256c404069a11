"""Media (媒体): what members send besides words, kept on disk by what is in it."""

from bot.commons.media.checks import Checked, Limits, Unfit, check
from bot.commons.media.disk import DiskStore
from bot.commons.media.giving import download
from bot.commons.media.holds import forget_holds, held, hold, holders, let_go
from bot.commons.media.personal import files_of, personal
from bot.commons.media.reads import count_failed, count_waiting, of_update, one, recent
from bot.commons.media.service import (
    Ask,
    File,
    Ref,
    Status,
    again,
    claim,
    end,
    expire,
    forget_files,
    forget_refs,
    forget_update,
    has_due,
    keep,
    known_files,
    leaving,
    note,
    postpone,
    rest,
)
from bot.commons.media.uploads import KeptIds, forget_ids

__all__ = [
    "Ask",
    "Checked",
    "DiskStore",
    "File",
    "KeptIds",
    "Limits",
    "Ref",
    "Status",
    "Unfit",
    "again",
    "check",
    "claim",
    "count_failed",
    "count_waiting",
    "download",
    "end",
    "expire",
    "files_of",
    "forget_files",
    "forget_holds",
    "forget_ids",
    "forget_refs",
    "forget_update",
    "has_due",
    "held",
    "hold",
    "holders",
    "keep",
    "known_files",
    "leaving",
    "let_go",
    "note",
    "of_update",
    "one",
    "personal",
    "postpone",
    "recent",
    "rest",
]
