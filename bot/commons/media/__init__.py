"""Media (媒体): what members send besides words, kept on disk by what is in it."""

from bot.commons.media.checks import Checked, Limits, Unfit, check
from bot.commons.media.disk import DiskStore
from bot.commons.media.models import MediaFile, MediaPin, MediaRef
from bot.commons.media.personal import SentFile, files_of, personal
from bot.commons.media.pictures import Broken, without_metadata
from bot.commons.media.pins import pin, pinned, pins, unpin
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
    "Broken",
    "Checked",
    "DiskStore",
    "File",
    "KeptIds",
    "Limits",
    "MediaFile",
    "MediaPin",
    "MediaRef",
    "Ref",
    "SentFile",
    "Status",
    "Unfit",
    "again",
    "check",
    "claim",
    "count_failed",
    "count_waiting",
    "end",
    "expire",
    "files_of",
    "forget_files",
    "forget_ids",
    "forget_refs",
    "forget_update",
    "has_due",
    "keep",
    "known_files",
    "leaving",
    "note",
    "of_update",
    "one",
    "personal",
    "pin",
    "pinned",
    "pins",
    "postpone",
    "recent",
    "rest",
    "unpin",
    "without_metadata",
]
