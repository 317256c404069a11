"""A salon as a calendar file (iCalendar, RFC 5545). Instants are in UTC, so no zone is needed."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.features.salons.reads import SalonView, SignupView
from bot.features.salons.rules import Place, State

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LINE_BYTES = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def calendar_file(found: SalonView, mine: SignupView, made_at: datetime) -> bytes:
    """Return the file that puts a salon into her calendar, moves it there, or takes it out.

    Programs keep the one with the highest SEQUENCE, and take out what is cancelled.
    """
    is_off = found.state is State.CANCELLED or mine.state is not Place.IN
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//wecom-community-bot//salons//ZH",
        f"METHOD:{'CANCEL' if is_off else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:salon-{found.id}-{mine.code}@wecom-community-bot",
        f"DTSTAMP:{_utc(made_at)}",
        f"DTSTART:{_utc(found.starts_at)}",
        f"DTEND:{_utc(found.ends_at)}",
        # a cancellation by the house counts as a change, too
        f"SEQUENCE:{found.sequence + mine.changes + (found.state is State.CANCELLED)}",
        f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}",
        f"SUMMARY:{found.title.translate(_ESCAPED)}",
        f"LOCATION:{found.place.translate(_ESCAPED)}",
        f"DESCRIPTION:{found.words.translate(_ESCAPED)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(piece for line in lines for piece in _folded(line))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _folded(line: str) -> Iterator[bytes]:
    """Yield a line in pieces of at most 75 bytes, cut between characters."""
    piece, most = b"", _LINE_BYTES
    for char in line:
        raw = char.encode(errors="replace")
        if len(piece) + len(raw) > most:
            yield piece + b"\r\n "
            piece, most = b"", _LINE_BYTES - 1
        piece += raw
    yield piece + b"\r\n"
