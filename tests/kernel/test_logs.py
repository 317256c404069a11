"""What a log line looks like, and what never stands in one."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from bot.kernel import logs


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    yield io.StringIO()
    structlog.configure(**before)


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_level_and_time(out: io.StringIO) -> None:
    written = logs.configure("info", "json", out)
    structlog.get_logger("x").info("outbox.sent", item=3)
    written.close()

    (line,) = lines(out)
    assert (line["event"], line["item"], line["level"]) == ("outbox.sent", 3, "info")
    assert str(line["at"]).endswith("+00:00")


def test_what_is_named_like_a_secret_is_blanked(out: io.StringIO) -> None:
    written = logs.configure("info", "json", out)
    structlog.get_logger("x").warning("a.b", access_token="t0ps3cret", signing_secret="x")
    written.close()

    assert "t0ps3cret" not in out.getvalue()
    assert lines(out)[0]["access_token"] == "***"


def test_lines_below_the_level_are_left_out(out: io.StringIO) -> None:
    written = logs.configure("warning", "json", out)
    structlog.get_logger("x").info("a.b")
    written.close()

    assert lines(out) == []


def test_a_traceback_stays_on_its_line(out: io.StringIO) -> None:
    written = logs.configure("info", "json", out)
    try:
        int("no")
    except ValueError:
        structlog.get_logger("x").exception("a.b")
    written.close()

    assert "ValueError: invalid literal" in str(lines(out)[0]["exception"])
