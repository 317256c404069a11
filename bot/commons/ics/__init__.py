"""Calendar files (iCalendar, RFC 5545): an appointment that members take into their calendars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LINE_BYTES = 75
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment. Programs keep the highest `sequence`, and take out what is cancelled."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""
    words: str = ""
    sequence: int = 0
    is_off: bool = False


def calendar_file(entry: Entry, made_at: datetime) -> bytes:
    """Return the file that puts an appointment into a calendar, moves it there, or takes it out."""
    method, status = ("CANCEL", "CANCELLED") if entry.is_off else ("PUBLISH", "CONFIRMED")
    fields = (
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//wecom-community-bot//ZH"),
        ("METHOD", method),
        ("BEGIN", "VEVENT"),
        ("UID", f"{entry.uid}@wecom-community-bot"),
        ("DTSTAMP", _utc(made_at)),
        ("DTSTART", _utc(entry.starts_at)),
        ("DTEND", _utc(entry.ends_at)),
        ("SEQUENCE", str(entry.sequence)),
        ("STATUS", status),
        ("SUMMARY", entry.title.translate(_ESCAPES)),
        ("LOCATION", entry.place.translate(_ESCAPES)),
        ("DESCRIPTION", entry.words.translate(_ESCAPES)),
        ("END", "VEVENT"),
        ("END", "VCALENDAR"),
    )
    lines = (f"{name}:{value}" for name, value in fields if value)
    return b"".join(piece for line in lines for piece in _folded(line))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[bytes]:
    """Yield a line in pieces that are not too long; no character is cut in two."""
    piece = b""
    for char in line:
        raw = char.encode(errors="replace")
        if len(piece) + len(raw) > _LINE_BYTES:
            yield piece + b"\r\n"
            piece = b" "
        piece += raw
    yield piece + b"\r\n"
