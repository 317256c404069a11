"""Pictures tell their size without being decoded, and lose what they say besides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commons.media.pictures import Broken, is_archive_too, size_of, without_metadata
from tests.kit.media import GPS, PDF, ZIP, gif, heic, jpeg, png, webp

SPEAKING = [
    pytest.param(png(3, 2, says=GPS), id="png"),
    pytest.param(jpeg(says=GPS), id="jpeg"),
    pytest.param(gif(says=GPS), id="gif"),
    pytest.param(webp(says=GPS), id="webp"),
]


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (png(3, 2), (3, 2)),
        (png(65_535, 65_535, real=False), (65_535, 65_535)),
        (jpeg(1280, 720, says=GPS), (1280, 720)),
        (gif(3, 2), (3, 2)),
        (webp(1080, 1440), (1080, 1440)),
        (heic(4032, 3024), (4032, 3024)),
        (PDF, None),
        (b"", None),
    ],
)
def test_a_picture_tells_its_size(picture: bytes, size: tuple[int, int] | None) -> None:
    assert size_of(picture) == size


def test_the_two_other_kinds_of_webp_tell_their_size_too() -> None:
    lossy = b"VP8 \x0c\0\0\0" + b"\0\0\0\x9d\x01\x2a" + b"\x40\x01\xf0\x00" + b"\0\0"
    lossless = b"VP8L\x06\0\0\0\x2f" + ((319) | (239 << 14)).to_bytes(4, "little") + b"\0"
    for inside in (lossy, lossless):
        whole = b"WEBP" + inside
        assert size_of(b"RIFF" + len(whole).to_bytes(4, "little") + whole) == (320, 240)


def test_a_jpeg_with_fill_bytes_tells_its_size() -> None:
    assert size_of(jpeg(16, 8).replace(b"\xff\xc0", b"\xff\xff\xff\xc0")) == (16, 8)


@pytest.mark.parametrize("picture", SPEAKING)
def test_place_and_time_are_gone_and_the_picture_stays(picture: bytes) -> None:
    assert GPS in picture
    cleaned = without_metadata(picture)

    assert GPS not in cleaned
    assert size_of(cleaned) == size_of(picture)
    assert without_metadata(cleaned) == cleaned


def test_which_way_up_a_photo_is_stays_and_so_do_its_colours() -> None:
    cleaned = without_metadata(jpeg(says=GPS, orientation=6))

    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in cleaned
    assert b"ICC_PROFILE" in cleaned
    assert b"\x12\xff\x00\x34\xff\xd0\x56" in cleaned
    assert b"Exif" not in without_metadata(jpeg(says=GPS, orientation=1))


def test_what_hides_behind_the_end_of_a_picture_is_left_out() -> None:
    for picture in (png(), jpeg(), gif(), webp()):
        assert ZIP not in without_metadata(picture + ZIP)


def test_a_loop_of_a_gif_goes_on() -> None:
    assert b"NETSCAPE2.0" in without_metadata(gif(says=GPS))


def test_a_webp_no_longer_promises_what_was_taken_out() -> None:
    cleaned = without_metadata(webp(says=GPS))

    assert cleaned[20] & 0x0C == 0
    assert int.from_bytes(cleaned[4:8], "little") == len(cleaned) - 8


@pytest.mark.parametrize("other", [heic(), PDF, ZIP, b""])
def test_what_cannot_be_cleaned_is_not_passed_on(other: bytes) -> None:
    with pytest.raises(Broken):
        without_metadata(other)


@pytest.mark.parametrize("picture", [png(), jpeg(says=GPS), gif(), webp()])
def test_a_picture_cut_anywhere_is_broken_or_whole_but_never_a_crash(picture: bytes) -> None:
    for end in range(len(picture)):
        try:
            size_of(picture[:end])
            without_metadata(picture[:end])
        except Broken:
            continue


@given(st.sampled_from([png(), jpeg(says=GPS), gif(says=GPS), webp(says=GPS)]), st.data())
def test_a_spoiled_picture_is_never_a_crash(picture: bytes, data: st.DataObject) -> None:
    spoiled = bytearray(picture)
    for _ in range(data.draw(st.integers(1, 8))):
        spoiled[data.draw(st.integers(0, len(picture) - 1))] = data.draw(st.integers(0, 255))
    try:
        size_of(bytes(spoiled))
        without_metadata(bytes(spoiled))
    except Broken:
        pass


def test_a_picture_that_is_an_archive_too_is_found_out() -> None:
    comment = b"PK\x05\x06" + b"\0" * 16 + b"\x05\0" + b"hello"

    assert is_archive_too(png() + ZIP)
    assert is_archive_too(png() + comment)
    assert not is_archive_too(png())
    assert not is_archive_too(jpeg() + b"PK\x05\x06, says the photographer")
