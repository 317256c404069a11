"""Pictures come from the media folder or a data URL, and from nowhere else."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom.kefu import KEFU
from bot.channels.wecom.media import MAX_FILE_BYTES, Picture, PictureShelf, Uploads
from bot.commons.media import DiskStore, KeptIds, forget_ids
from bot.kernel.errors import Undeliverable
from bot.kernel.ids import ChannelName
from bot.kernel.messages import Image, Receipt
from bot.storage.writer import Writer
from tests.kit.rooms import Store, TurnedClock
from tests.kit.simulator import FullDisk
from tests.kit.wecom import PNG, PNG_URL


@pytest.fixture
def shelf(tmp_path: Path) -> PictureShelf:
    root = tmp_path / "media"
    (root / "posts").mkdir(parents=True)
    (root / "posts/防晒.png").write_bytes(PNG)
    (root / "empty.png").write_bytes(b"")
    (tmp_path / "secret.png").write_bytes(PNG)
    (root / "way-out.png").symlink_to(tmp_path / "secret.png")
    return PictureShelf(root)


async def test_a_picture_is_found_below_the_folder(shelf: PictureShelf) -> None:
    picture = await shelf.read(Image("posts/防晒.png"))

    assert (picture.content, picture.name, picture.suffix) == (PNG, "防晒.png", "png")


async def test_a_drawn_picture_is_found_in_the_store(tmp_path: Path) -> None:
    store = DiskStore(tmp_path / "store")
    async with store.receive() as intake:
        await intake.take(PNG)
        digest = await intake.keep()
    shelf = PictureShelf(tmp_path, store)

    assert (await shelf.read(Image(digest=digest))).content == PNG
    for gone in (Image(digest="0" * 64), Image(digest="../../etc/passwd")):
        with pytest.raises(Undeliverable):
            await shelf.read(gone)
    with pytest.raises(Undeliverable):
        await PictureShelf(tmp_path).read(Image(digest=digest))


async def test_the_bytes_say_what_a_picture_is_and_not_its_name(shelf: PictureShelf) -> None:
    picture = await shelf.read(Image(data_url="data:image/png;base64,/9j/4AAQSkZJRg=="))

    assert (picture.suffix, picture.content_type) == ("jpg", "image/jpeg")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "posts",
        "missing.png",
        "../secret.png",
        "posts/../../secret.png",
        "/etc/passwd",
        "way-out.png",
        "a\x00.png",
        "empty.png",
        "a" * 5_000,
    ],
)
async def test_no_path_leads_elsewhere(shelf: PictureShelf, path: str) -> None:
    with pytest.raises(Undeliverable):
        await shelf.read(Image(path))


@pytest.mark.parametrize(
    "url",
    ["data:", "data:image/png,plain", "data:image/png;base64,***", "https://example.invalid/a.png"],
)
async def test_a_data_url_that_holds_no_picture_is_refused(shelf: PictureShelf, url: str) -> None:
    with pytest.raises(Undeliverable):
        await shelf.read(Image(data_url=url))


async def test_a_huge_file_is_not_even_read(shelf: PictureShelf, tmp_path: Path) -> None:
    with (tmp_path / "media/huge.png").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)

    with pytest.raises(Undeliverable, match="larger"):
        await shelf.read(Image("huge.png"))


async def test_the_same_picture_has_the_same_digest(shelf: PictureShelf) -> None:
    one = await shelf.read(Image("posts/防晒.png"))
    other = await shelf.read(Image(data_url=PNG_URL))

    assert one.digest == other.digest


@dataclass
class Line:
    """A platform that takes pictures and messages, and forgets media ids as told."""

    uploads: int = 0
    gone: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)

    async def upload(self, *_file: object) -> str:
        self.uploads += 1
        return f"media-{self.uploads}"

    async def send(self, media_id: str) -> Receipt:
        if media_id in self.gone:
            raise Undeliverable("gone", code=40007)
        self.sent.append(media_id)
        return Receipt()


def uploads_of(line: Line, clock: TurnedClock) -> Uploads:
    return Uploads(line.upload, lambda code: code == 40007, clock)


def picture(number: int) -> Picture:
    return Picture(PNG + str(number).encode(), "a.png", "png", "image/png")


async def test_media_ids_are_kept_for_less_than_three_days(clock: TurnedClock) -> None:
    line = Line()
    uploads = uploads_of(line, clock)
    await uploads.using(picture(0), line.send)

    clock.at += timedelta(days=2, hours=21)
    assert uploads.known(picture(0).digest) == "media-1"

    clock.at += timedelta(hours=2)
    assert uploads.known(picture(0).digest) == ""
    await uploads.using(picture(0), line.send)
    assert line.sent == ["media-1", "media-2"]


async def test_not_more_media_ids_are_kept_than_fit(clock: TurnedClock) -> None:
    line = Line()
    uploads = uploads_of(line, clock)
    for number in range(1_001):
        await uploads.using(picture(number), line.send)

    assert uploads.known(picture(0).digest) == ""
    assert uploads.known(picture(1_000).digest) == "media-1001"


async def test_a_media_id_that_is_gone_is_replaced_once(clock: TurnedClock) -> None:
    line = Line()
    uploads = uploads_of(line, clock)
    await uploads.using(picture(0), line.send)
    line.gone = {"media-1"}
    await uploads.using(picture(0), line.send)
    assert line.sent == ["media-1", "media-2"]

    line.gone = {"media-2", "media-3"}
    with pytest.raises(Undeliverable):
        await uploads.using(picture(0), line.send)
    assert line.uploads == 3


async def test_an_upload_outlives_the_process(store: Store) -> None:
    writer = Writer(store.database, store.clock)
    await writer.start()
    line, kept = Line(), KeptIds(writer)

    def another() -> Uploads:
        return Uploads(
            line.upload, lambda code: code == 40007, store.clock, channel=KEFU, uploaded=kept
        )

    await another().using(picture(0), line.send)
    await another().using(picture(0), line.send)
    assert line.sent == ["media-1", "media-1"]

    line.gone = {"media-1"}
    await another().using(picture(0), line.send)
    await another().using(picture(0), line.send)
    assert line.sent[2:] == ["media-2", "media-2"]

    store.clock.tick(days=2, hours=22)
    await another().using(picture(0), line.send)
    assert line.sent[4:] == ["media-3"]
    assert store.count("media_uploads") == 1

    other = Uploads(line.upload, bool, store.clock, channel=ChannelName("mp"), uploaded=kept)
    await other.using(picture(0), line.send)
    assert line.sent[5:] == ["media-4"]

    store.clock.tick(days=3)
    await writer.do(forget_ids)
    assert store.count("media_uploads") == 0
    await writer.stop()


async def test_books_that_take_nothing_cost_an_upload_and_no_message(store: Store) -> None:
    writer = Writer(store.database, store.clock)
    await writer.start()
    work, line = FullDisk(writer), Line()
    uploads = Uploads(line.upload, lambda code: code == 40007, store.clock, uploaded=KeptIds(work))
    work.full = True
    await uploads.using(picture(0), line.send)
    line.gone = {"media-1"}
    await uploads.using(picture(0), line.send)

    assert line.sent == ["media-1", "media-2"]
    await writer.stop()


async def test_what_the_platform_takes_no_picture_of_is_not_uploaded(clock: TurnedClock) -> None:
    line = Line()
    with pytest.raises(Undeliverable, match="JPG or PNG"):
        await uploads_of(line, clock).using(Picture(b"GIF89a", "a", "", "image/gif"), line.send)
    assert line.uploads == 0
