"""Members' files: whatever a platform says or does is typed, bounded and never guessed."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from aiohttp import ClientTimeout

from bot.channels.wecom import WecomApp
from bot.channels.wecom.aibot import AIBOT, Aibot
from bot.channels.wecom.aibot.incoming import Asked, read
from bot.channels.wecom.aibot.sealed import key_of
from bot.channels.wecom.download import name_in
from bot.channels.wecom.kefu import Kefu
from bot.channels.wecom.mp import OfficialAccount
from bot.channels.wecom.sources import BOT_HOSTS, FOLLOWERS_FILES, Hosts, TemporaryMedia
from bot.kernel.abilities import MediaSource, Missing, NotFetched
from bot.kernel.errors import PauseScope, PlatformError, RetryLater, Undeliverable
from bot.kernel.messages import Media
from tests.kit.aibot import aibot
from tests.kit.kefu import FakeKefu, kefu
from tests.kit.mail import AES_KEY
from tests.kit.media import HTML, MB, MP4, SealedFiles, fresh_key, jpeg, png, sealed_file
from tests.kit.mp import FakeMp, account
from tests.kit.platforms import FakeWecom, Fault
from tests.kit.rooms import NOON, TurnedClock
from tests.kit.wecom import wecom_app

LARGE = bytes(range(256)) * (25 * 4096)


@dataclass
class Basket:
    """An `Intake` in memory."""

    content: bytearray = field(default_factory=bytearray)

    @property
    def size(self) -> int:
        return len(self.content)

    @size.setter
    def size(self, _size: int) -> None:
        raise AssertionError("nobody sets it")

    async def take(self, piece: bytes) -> None:
        self.content += piece

    def open(self) -> BinaryIO:
        return BytesIO(self.content)

    async def keep(self) -> str:
        return ""


async def fetched(
    source: MediaSource, ref: str, *, most: int = 30 * MB, url: str = ""
) -> tuple[bytes, str]:
    basket = Basket()
    name = await source.fetch(Media(ref, url=url), most, basket)
    return bytes(basket.content), name


async def error_of(source: MediaSource, ref: str, *, most: int = 30 * MB) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        await fetched(source, ref, most=most)
    assert "token-" not in str(raised.value)
    assert ref not in str(raised.value)
    return raised.value


@pytest.fixture
def source(app: WecomApp) -> MediaSource:
    return TemporaryMedia(app.api)


async def test_a_file_comes_with_its_name(wecom: FakeWecom, source: MediaSource) -> None:
    media_id = wecom.files.puts(jpeg(), "晚霞.jpg")

    assert await fetched(source, media_id) == (jpeg(), "晚霞.jpg")
    assert wecom.files.asked == [(media_id, "")]


async def test_a_json_file_of_a_member_is_no_error(wecom: FakeWecom, source: MediaSource) -> None:
    said = b'{"errcode": 40007, "errmsg": "a member may send this"}'
    media_id = wecom.files.puts(said, "notes.json", content_type="application/json")

    assert await fetched(source, media_id) == (said, "notes.json")


async def test_a_large_file_comes_in_parts_of_multiples_of_16(
    wecom: FakeWecom, source: MediaSource
) -> None:
    media_id = wecom.files.puts(LARGE, "large.bin")

    content, name = await fetched(source, media_id)

    assert (content == LARGE, name) == (True, "large.bin")
    assert [bounds for _, bounds in wecom.files.asked] == [
        "",
        "bytes=0-16777215",
        "bytes=16777216-33554431",
    ]


async def test_a_platform_that_heeds_no_parts_gives_the_whole(
    wecom: FakeWecom, source: MediaSource
) -> None:
    media_id = wecom.files.puts(LARGE, whole=True)
    wecom.faults["media/get"].append(Fault(errcode=830002))

    content, _ = await fetched(source, media_id)
    assert content == LARGE


@pytest.mark.parametrize("says", [1000, len(LARGE) - 16, len(LARGE) + 16])
async def test_parts_that_do_not_fit_together_make_no_file(
    wecom: FakeWecom, source: MediaSource, says: int
) -> None:
    media_id = wecom.files.puts(LARGE, says_whole=says)

    assert not isinstance(await error_of(source, media_id), NotFetched)


async def test_a_part_from_elsewhere_makes_no_file(wecom: FakeWecom, source: MediaSource) -> None:
    media_id = wecom.files.puts(LARGE, starts_late=True)

    assert isinstance(await error_of(source, media_id), RetryLater)


@pytest.mark.parametrize("code", [40007, 40145])
async def test_an_error_comes_as_json_with_200(
    wecom: FakeWecom, source: MediaSource, code: int
) -> None:
    wecom.faults["media/get"].append(Fault(errcode=code))

    error = await error_of(source, "MEDIA_OF_LAST_WEEK")
    assert isinstance(error, NotFetched)
    assert (error.why, error.code) == (Missing.GONE, code)


async def test_after_three_days_it_is_gone(
    wecom: FakeWecom, source: MediaSource, clock: TurnedClock
) -> None:
    media_id = wecom.files.puts(png())
    clock.tick(days=3, seconds=1)

    error = await error_of(source, media_id)
    assert isinstance(error, NotFetched)
    assert error.why is Missing.GONE


@pytest.mark.parametrize("code", [40014, 42001])
async def test_a_token_that_is_no_good_any_more_is_renewed_once(
    wecom: FakeWecom, source: MediaSource, code: int
) -> None:
    media_id = wecom.files.puts(png())
    wecom.faults["media/get"].append(Fault(errcode=code))

    assert (await fetched(source, media_id))[0] == png()


@pytest.mark.parametrize(
    ("fault", "scope"),
    [
        (Fault(errcode=45009), PauseScope.CHANNEL),
        (Fault(errcode=-1), PauseScope.MESSAGE),
        (Fault(raw=HTML), PauseScope.MESSAGE),
        (Fault(status=502), PauseScope.CHANNEL),
        (Fault(status=302), PauseScope.CHANNEL),
        (Fault(raw=b'{"errcode": 0}', status=200), PauseScope.MESSAGE),
    ],
)
async def test_what_passes_is_tried_again_later(
    wecom: FakeWecom, source: MediaSource, fault: Fault, scope: PauseScope
) -> None:
    media_id = wecom.files.puts(png())
    wecom.faults["media/get"].append(fault)

    error = await error_of(source, media_id)
    assert isinstance(error, RetryLater)
    assert error.scope is scope
    assert (await fetched(source, media_id))[0] == png()


async def test_a_line_that_breaks_before_the_answer_is_no_loss(
    wecom: FakeWecom, source: MediaSource
) -> None:
    media_id = wecom.files.puts(png())
    wecom.faults["media/get"].append(Fault(drop=True))

    assert (await fetched(source, media_id))[0] == png()


async def test_a_page_in_place_of_a_file_is_no_file(wecom: FakeWecom, source: MediaSource) -> None:
    media_id = wecom.files.puts(b"", instead=HTML, content_type="text/html")

    assert isinstance(await error_of(source, media_id), RetryLater)


async def test_a_refusal_by_the_platform_is_an_operators_work(
    wecom: FakeWecom, source: MediaSource
) -> None:
    wecom.faults["media/get"].append(Fault(errcode=60020))

    error = await error_of(source, "MEDIA_1")
    assert isinstance(error, Undeliverable)
    assert error.channel_off


async def test_a_file_that_is_too_large_is_not_read(wecom: FakeWecom, source: MediaSource) -> None:
    small = wecom.files.puts(png(), says_bytes=10**12)
    large = wecom.files.puts(b"x" * (2 * MB), whole=True)

    for media_id in (small, large):
        error = await error_of(source, media_id, most=MB)
        assert isinstance(error, NotFetched)
        assert error.why is Missing.TOO_LARGE


async def test_a_file_in_parts_that_is_too_large_is_given_up_at_the_first(
    wecom: FakeWecom, source: MediaSource
) -> None:
    media_id = wecom.files.puts(LARGE)

    error = await error_of(source, media_id, most=20 * MB)
    assert isinstance(error, NotFetched)
    assert error.why is Missing.TOO_LARGE
    assert len(wecom.files.asked) == 2


async def test_a_length_that_lies_is_a_broken_line(wecom: FakeWecom, source: MediaSource) -> None:
    media_id = wecom.files.puts(png(), says_bytes=10_000)

    assert isinstance(await error_of(source, media_id), RetryLater)


async def test_a_broken_line_is_whole_the_next_time(wecom: FakeWecom, source: MediaSource) -> None:
    media_id = wecom.files.puts(LARGE[: 5 * MB], breaks_at=MB)

    assert isinstance(await error_of(source, media_id), RetryLater)
    content, _ = await fetched(source, media_id)
    assert content == LARGE[: 5 * MB]


async def test_who_gives_a_byte_at_a_time_is_left(wecom: FakeWecom, app: WecomApp) -> None:
    slow = TemporaryMedia(app.api, timeout=ClientTimeout(total=0.3, sock_read=0.2))
    media_id = wecom.files.puts(png() * 100, drips_s=0.05)
    began = time.monotonic()

    assert isinstance(await error_of(slow, media_id), RetryLater)
    assert time.monotonic() - began < 2


async def test_nobody_answers(clock: TurnedClock, tmp_path: Path) -> None:
    async with FakeWecom() as platform:
        door = wecom_app(platform, clock, tmp_path)
        await door.start()
        await door.api.token()
    error = await error_of(TemporaryMedia(door.api), "MEDIA_1")
    await door.stop()

    assert isinstance(error, RetryLater)
    assert error.scope is PauseScope.CHANNEL


def test_every_door_that_hears_files_gives_them(tmp_path: Path, clock: TurnedClock) -> None:
    doors: list[WecomApp | Kefu | OfficialAccount | Aibot] = [
        wecom_app(FakeWecom(), clock, tmp_path),
        kefu(FakeKefu(), clock, tmp_path),
        account(FakeMp(), clock, tmp_path),
        aibot(clock, tmp_path),
    ]
    for door in doors:
        source = door.abilities[MediaSource]
        assert isinstance(source, MediaSource)
        assert source.lives_s in {300, 3 * 86_400}


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="晚霞.jpg"', "晚霞.jpg"),
        ("attachment; filename=a.jpg; size=3", "a.jpg"),
        ("attachment; filename=\"plain.jpg\"; filename*=UTF-8''%E6%99%9A.jpg", "晚.jpg"),
        ("attachment; filename*=utf-8''%FF%00../x", "\ufffd\0../x"),
        ("attachment", ""),
        ("filename=", ""),
        (';;;="', ""),
    ],
)
def test_a_name_is_read_however_it_is_written(disposition: str, name: str) -> None:
    assert name_in(disposition) == name


# ── addresses ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    [
        "https://mmbiz.qpic.cn/a",
        "http://mmbiz.qpic.cn/invented/0",
        "http://mmbiz.qpic.cn:80/a",
        "https://wework.qpic.cn:443/a",
    ],
)
def test_an_address_of_the_platforms_own_is_asked_safely(address: str) -> None:
    assert FOLLOWERS_FILES.address(address).scheme == "https"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mmbiz.qpic.cn/a",
        "ftp://mmbiz.qpic.cn/a",
        "file:///etc/passwd",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:8080/console",
        "https://mmbiz.qpic.cn.example.com/a",
        "https://evil-qpic.cn/a",
        "https://example.com/?mmbiz.qpic.cn",
        "https://mmbiz.qpic.cn@example.com/a",
        "https://user:word@mmbiz.qpic.cn/a",
        "https://mmbiz.qpic.cn:8443/a",
        "http://mmbiz.qpic.cn:8080/a",
        "https://mmbiz.qpic.cn:99999/a",
        "https://mmbiz。qpic。cn.example/a",
        "https://[bad/a",
        "https://bucket.cos.ap-guangzhou.myqcloud.com/a",
    ],
)
def test_any_other_address_is_not_asked(address: str) -> None:
    for hosts in (FOLLOWERS_FILES, BOT_HOSTS):
        with pytest.raises(NotFetched) as raised:
            hosts.address(address)
        assert raised.value.why is Missing.ELSEWHERE


def test_further_hosts_can_be_named() -> None:
    hosts = Hosts.named("*.files.example.com", "cdn.example.org")

    assert hosts.address("https://a.b.files.example.com/1").host == "a.b.files.example.com"
    for other in ("https://files.example.com/1", "https://cdnxexample.org/1"):
        with pytest.raises(NotFetched):
            hosts.address(other)


# ── an official account ─────────────────────────────────────────────────────────────────


@asynccontextmanager
async def followers_files() -> AsyncIterator[tuple[FakeMp, SealedFiles, MediaSource]]:
    clock = TurnedClock()

    def now() -> float:
        return clock.now().timestamp()

    async with FakeMp(now=now) as platform, SealedFiles(now, "") as elsewhere:
        hosts = Hosts.named("127.0.0.1", scheme="http")
        door = account(platform, clock, Path(), media_hosts=hosts)
        await door.start()
        source = door.abilities[MediaSource]
        assert isinstance(source, MediaSource)
        yield platform, elsewhere, source
        await door.stop()


async def test_a_followers_picture_comes_by_its_id_first() -> None:
    async with followers_files() as (platform, elsewhere, source):
        url = elsewhere.puts(jpeg(), raw=True)
        media_id = platform.files.puts(png())

        assert (await fetched(source, media_id, url=url))[0] == png()
        assert elsewhere.asked == []


async def test_a_picture_whose_id_is_gone_comes_by_its_address() -> None:
    async with followers_files() as (_platform, elsewhere, source):
        url = elsewhere.puts(jpeg(), raw=True)

        assert (await fetched(source, "MEDIA_GONE", url=url))[0] == jpeg()


async def test_without_an_address_a_picture_whose_id_is_gone_is_gone() -> None:
    async with followers_files() as (_platform, _elsewhere, source):
        error = await error_of(source, "MEDIA_GONE")
        assert isinstance(error, NotFetched)
        assert error.why is Missing.GONE


async def test_a_followers_video_is_where_the_answer_says() -> None:
    async with followers_files() as (platform, elsewhere, source):
        url = elsewhere.puts(MP4, raw=True)
        said = json.dumps({"video_url": url}).encode()
        media_id = platform.files.puts(b"", instead=said, content_type="application/json")
        assert (await fetched(source, media_id))[0] == MP4

        said = json.dumps({"video_url": "http://127.0.0.1.example.com/a"}).encode()
        media_id = platform.files.puts(b"", instead=said, content_type="application/json")
        error = await error_of(source, media_id)
        assert isinstance(error, NotFetched)
        assert error.why is Missing.ELSEWHERE


# ── a bot ───────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def sealed_files() -> AsyncIterator[tuple[TurnedClock, SealedFiles, MediaSource]]:
    clock = TurnedClock()
    async with SealedFiles(lambda: clock.now().timestamp(), AES_KEY) as host:
        door = aibot(clock, Path(), media_hosts=Hosts.named("127.0.0.1", scheme="http"))
        await door.start()
        source = door.abilities[MediaSource]
        assert isinstance(source, MediaSource)
        yield clock, host, source
        await door.stop()


@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 32, 33, 300_000])
async def test_a_sealed_file_is_opened_by_the_callbacks_key(size: int) -> None:
    async with sealed_files() as (_clock, host, source):
        content = bytes(range(256)) * (size // 256 + 1)
        assert await fetched(source, host.puts(content[:size], "方案.pdf")) == (
            content[:size],
            "方案.pdf",
        )


async def test_a_file_with_a_key_of_its_own_is_opened_by_that() -> None:
    async with sealed_files() as (_clock, host, source):
        key = fresh_key()
        url = host.puts(png(), key=key)

        assert (await fetched(source, f"{url}#{key}"))[0] == png()
        error = await error_of(source, url)
        assert isinstance(error, NotFetched)
        assert error.why is Missing.GARBLED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[:-16],
        lambda sealed: sealed[:0],
        lambda sealed: sealed[:-32] + bytes(32),
        lambda sealed: png() + sealed[:0],
    ],
)
async def test_what_was_spoiled_on_the_way_is_no_file(spoil: Callable[[bytes], bytes]) -> None:
    async with sealed_files() as (_clock, host, source):
        error = await error_of(source, host.puts(spoil(sealed_file(png(), AES_KEY)), raw=True))
        assert isinstance(error, NotFetched)
        assert error.why is Missing.GARBLED


@pytest.mark.parametrize("key", ["short", "é" * 43, "A" * 90, "=" * 44])
async def test_a_key_that_is_none_is_no_crash(key: str) -> None:
    async with sealed_files() as (_clock, host, source):
        error = await error_of(source, f"{host.puts(png())}#{key}")
        assert isinstance(error, NotFetched)
        assert error.why is Missing.GARBLED


def test_the_samples_key_is_read_without_its_padding() -> None:
    sample = Path(__file__).parent / "aibot/samples/aibot_ws_msg_callback_image.json"
    body = json.loads(sample.read_text("utf-8"))["body"]
    update = read(AIBOT, json.dumps(body), sent_s="1782000000", now=NOON)
    assert not isinstance(update, Asked)
    [media] = update.media
    address, _, key = media.ref.partition("#")

    assert address == "https://ww-aibot-img.invented.invalid/obj?sign=x"
    assert len(key_of(key)) == 32


async def test_after_five_minutes_a_sealed_file_is_gone() -> None:
    async with sealed_files() as (clock, host, source):
        url = host.puts(png())
        clock.tick(seconds=301)

        error = await error_of(source, url)
        assert isinstance(error, NotFetched)
        assert error.why is Missing.GONE


async def test_a_sealed_file_that_is_too_large_is_given_up() -> None:
    async with sealed_files() as (_clock, host, source):
        url = host.puts(b"x" * 1000)
        assert (await fetched(source, url, most=1000))[0] == b"x" * 1000
        for most in (999, 990, 500):  # the padding hides up to 32 bytes
            error = await error_of(source, url, most=most)
            assert isinstance(error, NotFetched)
            assert error.why is Missing.TOO_LARGE


async def test_a_sealed_file_is_not_read_beyond_what_is_taken() -> None:
    async with sealed_files() as (_clock, host, source):
        basket = Basket()
        url = host.puts(b"x" * (2 * MB))
        with pytest.raises(NotFetched) as raised:
            await source.fetch(Media(url), 1000, basket)
        assert raised.value.why is Missing.TOO_LARGE
        assert basket.size <= 1000


async def test_files_are_asked_for_as_they_are_and_a_packed_flood_is_given_up() -> None:
    async with sealed_files() as (_clock, host, source):
        url = host.puts(bytes(30 * MB), raw=True)
        host.packs = True
        basket = Basket()
        with pytest.raises(NotFetched) as raised:
            await source.fetch(Media(url), MB, basket)
        assert raised.value.why is Missing.TOO_LARGE
        assert basket.size <= MB
        assert host.takes == ["identity"]


async def test_a_redirect_may_lead_to_the_platform_and_nowhere_else() -> None:
    async with sealed_files() as (_clock, host, source):
        inside = host.turns_to(host.puts(png()))
        assert (await fetched(source, inside))[0] == png()

        for elsewhere in (
            *("http://169.254.169.254/", "file:///etc/passwd", "//example.com/a"),
            *("http://[bad/", ""),
        ):
            asked = len(host.asked)
            error = await error_of(source, host.turns_to(elsewhere))
            assert isinstance(error, NotFetched) or not elsewhere
            assert len(host.asked) == asked + 1

        circle = host.turns_to("/turn99")
        host.turns["turn99"] = circle
        error = await error_of(source, circle)
        assert isinstance(error, NotFetched)
