"""Calendar files as RFC 5545 wants them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.commons.ics import Entry, calendar_file

AT = datetime(2026, 8, 29, 2, 0, tzinfo=UTC)


def unfolded(raw: bytes) -> list[str]:
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")


def test_an_appointment_is_put_in_moved_and_taken_out() -> None:
    entry = Entry("booking-7", AT, AT + timedelta(hours=1), "衣橱整理", "静安店", sequence=2)
    lines = unfolded(calendar_file(entry, AT))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART:20260829T020000Z" in lines
    assert "SEQUENCE:2" in lines
    assert "STATUS:CONFIRMED" in lines
    off = unfolded(calendar_file(Entry("a", AT, AT, "a", is_off=True), AT))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED"} <= set(off)


@given(st.text(max_size=200))
def test_whatever_words_are_one_field_in_short_lines(words: str) -> None:
    raw = calendar_file(Entry("a", AT, AT, "t", words=words.replace("\x00", "")), AT)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    fields = [line for line in unfolded(raw) if line]
    assert fields[0] == "BEGIN:VCALENDAR"
    assert fields[-1] == "END:VCALENDAR"
    assert sum(line.startswith("BEGIN:VEVENT") for line in fields) == 1
