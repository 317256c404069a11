"""What clients say is read or refused with the name of the field, never more."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.simulator.intake import (
    Invalid,
    content_type,
    read_destination,
    read_name,
    read_object,
    read_picture,
    read_pressed,
    read_said,
)
from tests.kit.simulator import PNG

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 8, 24, 4, 0, tzinfo=UTC)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
fields = st.sampled_from(
    ["member", "group", "text", "images", "key", "at", "message_id", "button", "option", "name"]
)


@example(b"[" * 100_000)
@example(b'{"member": "amei", "text": "\\ud800"}')
@example(b"\xff\xfe")
@given(st.binary() | anything.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    with suppress(Invalid):
        assert read_said(read_object(body), SHANGHAI).member


@given(st.dictionaries(fields, anything))
def test_any_fields_are_read_or_refused(data: dict[str, object]) -> None:
    for read in (lambda: read_said(data, SHANGHAI), lambda: read_pressed(data)):
        with suppress(Invalid):
            read()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"member": None}, "member"),
        ({"member": "a b"}, "member"),
        ({"member": "../amei"}, "member"),
        ({"member": "x" * 65}, "member"),
        ({"member": "bot"}, "member"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": 7}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"group": ["vip-1"]}, "group"),
        ({"key": "k" * 129}, "key"),
        ({"images": "no list"}, "images"),
        ({"images": [PNG] * 10}, "images"),
        ({"images": ["data:image/png;base64,AAAA"]}, "images"),
        ({"images": ["https://example.com/a.png"]}, "images"),
        ({"images": [PNG, None]}, "images"),
        ({"at": "yesterday"}, "at"),
        ({"at": "0001-01-01T00:00:00"}, "at"),
        ({"at": 1}, "at"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_said({"member": "amei", "text": "打卡", **change}, SHANGHAI)

    assert refused.value.field == field


def test_the_longest_text_is_taken() -> None:
    assert len(read_said({"member": "amei", "text": "字" * 4000}, SHANGHAI).text) == 4000


def test_an_instant_without_zone_is_local_time() -> None:
    said = read_said({"member": "amei", "text": "打卡", "at": "2026-08-24T09:00"}, SHANGHAI)

    assert said.at == datetime(2026, 8, 24, 1, 0, tzinfo=UTC)


def test_a_picture_over_two_megabytes_is_too_large() -> None:
    huge = "data:image/gif;base64," + "R0lGODlh" + "AAAA" * 700_000

    with pytest.raises(Invalid) as refused:
        read_said({"member": "amei", "images": [huge]}, SHANGHAI)

    assert (refused.value.field, refused.value.status) == ("images", 413)


def test_a_picture_is_what_its_bytes_say() -> None:
    lying = read_picture(PNG.replace("image/png", "image/jpeg"))

    assert lying is not None
    assert lying.content_type == "image/png"


@given(st.binary())
def test_only_four_kinds_are_pictures(data: bytes) -> None:
    assert content_type(data) in {None, "image/png", "image/jpeg", "image/gif", "image/webp"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance_s": 1, "set": "2026-12-01T08:29:00+08:00"},
        {"advance_s": -1},
        {"advance_s": True},
        {"advance_s": "3600"},
        {"advance_s": float("nan")},
        {"advance_s": 1e300},
        {"advance_s": 401 * 86400},
        {"set": "2026-08-24T11:59:59+08:00"},
        {"set": "2027-12-01T00:00:00"},
        {"set": None},
    ],
    ids=str,
)
def test_the_clock_goes_neither_back_nor_too_far(body: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        read_destination(body, NOW, SHANGHAI)


def test_the_clock_goes_forward_by_seconds_or_to_an_instant() -> None:
    assert read_destination({"advance_s": 90}, NOW, SHANGHAI) == NOW + timedelta(seconds=90)
    assert read_destination({"set": "2026-08-25T08:00"}, NOW, SHANGHAI) == datetime(
        2026, 8, 25, tzinfo=UTC
    )


def test_a_nickname_loses_what_cannot_be_seen() -> None:
    assert read_name({"name": " \u202e小\u200b美\n"}) == "小美"
    with pytest.raises(Invalid):
        read_name({"name": "\u202e\u2066"})
    with pytest.raises(Invalid):
        read_name({"name": "长" * 21})


def test_a_press_needs_a_message_and_something_pressed() -> None:
    assert read_pressed({"member": "amei", "message_id": "7", "option": "a"}).options == ("a",)
    with pytest.raises(Invalid, match="message_id"):
        read_pressed({"member": "amei", "message_id": True, "button": "x"})
    with pytest.raises(Invalid, match="button"):
        read_pressed({"member": "amei", "message_id": 7})
