"""What a file is, its bytes say; what it says of itself does not count."""

import io

import pytest

from bot.commons.media import Limits, Unfit, check
from bot.kernel.files import FileKind, download_name, file_name, type_of
from tests.kit.media import AMR, HTML, MP4, PDF, SILK, ZIP, gif, heic, jpeg, png, webp

LIMITS = Limits(picture_bytes=10_000, file_bytes=20_000, pixels=1_000_000)
IMAGE, VOICE, VIDEO, FILE = FileKind.IMAGE, FileKind.VOICE, FileKind.VIDEO, FileKind.FILE


def found(content: bytes, kind: FileKind) -> tuple[str, int | None, int | None]:
    checked = check(io.BytesIO(content), len(content), kind, LIMITS)
    return checked.content_type, checked.width, checked.height


@pytest.mark.parametrize(
    ("content", "kind", "content_type"),
    [
        (png(), IMAGE, "image/png"),
        (jpeg(), IMAGE, "image/jpeg"),
        (gif(), IMAGE, "image/gif"),
        (webp(), IMAGE, "image/webp"),
        (heic(100, 100), IMAGE, "image/heic"),
        (AMR, VOICE, "audio/amr"),
        (SILK, VOICE, "audio/silk"),
        (MP4, VIDEO, "video/mp4"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", VIDEO, "video/quicktime"),
        (b"RIFFabcdAVI LIST", VIDEO, "video/x-msvideo"),
        (b"BM\x46\0\0\0", IMAGE, "image/bmp"),
        (PDF, FILE, "application/pdf"),
        (ZIP, FILE, "application/zip"),
        (HTML, FILE, "application/octet-stream"),
        (png(), FILE, "image/png"),
    ],
)
def test_the_bytes_say_what_it_is(content: bytes, kind: FileKind, content_type: str) -> None:
    assert found(content, kind)[0] == content_type


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"", FILE, "empty"),
        (ZIP, IMAGE, "another_kind"),
        (HTML, IMAGE, "another_kind"),
        (PDF, VOICE, "another_kind"),
        (png(), VIDEO, "another_kind"),
        (png() + ZIP, IMAGE, "archive"),
        (png() + ZIP, FILE, "archive"),
        (png(60_000, 60_000, real=False), IMAGE, "too_many_pixels"),
        (gif(60_000, 60_000), FILE, "too_many_pixels"),
        (heic(60_000, 60_000), IMAGE, "too_many_pixels"),
        (png(0, 5, real=False), IMAGE, "broken"),
        (b"\x89PNG\r\n\x1a\n", IMAGE, "broken"),
        (b"\xff\xd8\xff\xe0", IMAGE, "broken"),
        (png() + b"\0" * 10_000, IMAGE, "too_large"),
        (png() + b"\0" * 10_000, FILE, "too_large"),
        (PDF + b"\0" * 20_000, FILE, "too_large"),
    ],
)
def test_what_may_not_stay_is_refused_with_a_reason(
    content: bytes, kind: FileKind, reason: str
) -> None:
    with pytest.raises(Unfit, match=f"^{reason}$"):
        found(content, kind)


def test_the_limit_itself_is_taken() -> None:
    size = len(png())
    assert found(png() + b"\0" * (10_000 - size), IMAGE)[0] == "image/png"
    assert found(png(1000, 1000, real=False), IMAGE)[1:] == (1000, 1000)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("合同.pdf", "合同.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", ""),
        ("..", ""),
        ("a\0b\r\nc.txt", "a b c.txt"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("\ud800.png", "png"),
        ("长" * 300 + ".docx", "长" * 74 + "….docx"),
        ("x" * 300, "x" * 79 + "…"),
    ],
)
def test_a_name_is_only_ever_shown(said: str, name: str) -> None:
    assert file_name(said) == name


@pytest.mark.parametrize(
    ("said", "content_type", "name"),
    [
        ("a.png", "image/png", "a.png"),
        ("a.png", "application/zip", "a.png.zip"),
        ("a.docx", "application/zip", "a.docx"),
        ("photo.jpg.exe", "application/x-msdownload", "photo.jpg.exe.bin"),
        ("page.html", "application/octet-stream", "page.html.bin"),
        ("读我.TXT", "application/octet-stream", "读我.TXT"),
        ("", "image/jpeg", "file-7.jpg"),
    ],
)
def test_a_downloads_ending_tells_the_truth(said: str, content_type: str, name: str) -> None:
    assert download_name(said, content_type, "file-7") == name


def test_bytes_that_nobody_knows_are_of_no_known_type() -> None:
    assert type_of(b"") == type_of(b"hello") == type_of(b"RIFFabcdRMID") == type_of(HTML)
