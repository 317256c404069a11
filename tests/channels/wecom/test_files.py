"""Files, voices and videos on their way out: of the media folder, or of what was received."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.channels.wecom import WecomApp
from bot.channels.wecom.kefu import Kefu
from bot.channels.wecom.mp import OfficialAccount
from bot.commons.media import DiskStore
from bot.kernel.errors import Undeliverable
from bot.kernel.files import FileKind
from bot.kernel.messages import File, Outgoing, Receipt
from tests.kit.kefu import FakeKefu, kefu
from tests.kit.media import AMR, MB, MP4, PDF, jpeg
from tests.kit.mp import FOLLOWER, FakeMp, account
from tests.kit.platforms import FakeWecom, Fault
from tests.kit.rooms import TurnedClock
from tests.kit.wecom import wecom_app

VOICE, VIDEO, FILE = FileKind.VOICE, FileKind.VIDEO, FileKind.FILE
Door = WecomApp | Kefu | OfficialAccount


@asynccontextmanager
async def doors(folder: Path) -> AsyncIterator[list[tuple[Door, FakeWecom]]]:
    clock, store = TurnedClock(), DiskStore(folder / "received")

    def now() -> float:
        return clock.now().timestamp()

    async with FakeWecom(now=now) as wecom, FakeKefu(now=now) as customers:
        customers.hears("lihua", "在吗")
        app = wecom_app(wecom, clock, folder, received=store)
        door = kefu(customers, clock, folder, received=store)
        await app.start()
        await door.start()
        yield [(app, wecom), (door, customers)]
        await app.stop()
        await door.stop()


async def send(door: Door, part: File, key: str = "k1", to: str = "lihua") -> Receipt:
    return await door.send(Outgoing(door.name, to, part, key), doubt_since=None)


async def received(folder: Path, content: bytes) -> str:
    async with DiskStore(folder / "received").receive() as intake:
        await intake.take(content)
        return await intake.keep()


@pytest.mark.parametrize(
    ("name", "content", "sent_as"),
    [("a.amr", AMR, VOICE), ("a.mp4", MP4, VIDEO), ("价目表.pdf", PDF, FILE)],
)
async def test_files_of_every_kind_leave_from_the_folder(
    tmp_path: Path, name: str, content: bytes, sent_as: FileKind
) -> None:
    (tmp_path / name).write_bytes(content)
    async with doors(tmp_path) as built:
        for door, platform in built:
            await send(door, File(name, sent_as=sent_as))
            await send(door, File(name, sent_as=sent_as), "k2")

            assert [one.kind for one in platform.delivered] == [sent_as] * 2
            assert platform.called("media/upload") == [
                {"type": sent_as, "name": name, "bytes": len(content)}
            ]


async def test_what_was_received_goes_on_by_its_digest(tmp_path: Path) -> None:
    digest = await received(tmp_path, PDF)
    async with doors(tmp_path) as built:
        for door, platform in built:
            await send(door, File(digest=digest, name="../合同\u202e.exe"))

            [upload] = platform.called("media/upload")
            assert upload["name"] == "合同 .exe.pdf"


async def test_the_same_content_as_another_kind_is_another_upload(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(MP4)
    async with doors(tmp_path) as built:
        for door, platform in built:
            await send(door, File("a.mp4", sent_as=VIDEO))
            await send(door, File("a.mp4"), "k2")

            assert [one["type"] for one in platform.called("media/upload")] == ["video", "file"]
            assert platform.refused == []


async def test_a_file_that_the_platform_forgot_goes_up_again(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    async with doors(tmp_path) as built:
        for door, platform in built:
            await send(door, File("a.pdf"))
            platform.forget_media()
            await send(door, File("a.pdf"), "k2")

            assert len(platform.delivered) == 2


@pytest.mark.parametrize(
    ("content", "sent_as"),
    [
        (PDF, VOICE),
        (AMR, VIDEO),
        (jpeg(), VIDEO),
        (AMR + bytes(2 * MB), VOICE),
        (MP4 + bytes(10 * MB), VIDEO),
        (PDF + bytes(20 * MB), FILE),
        (b"", FILE),
    ],
)
async def test_what_the_platform_takes_not_is_not_uploaded(
    tmp_path: Path, content: bytes, sent_as: FileKind
) -> None:
    (tmp_path / "a").write_bytes(content)
    digest = await received(tmp_path, content)
    async with doors(tmp_path) as built:
        for door, platform in built:
            for part in (File("a", sent_as=sent_as), File(digest=digest, sent_as=sent_as)):
                with pytest.raises(Undeliverable):
                    await send(door, part)
            assert platform.called("media/upload") == []


@pytest.mark.parametrize(
    "part",
    [
        File("missing.pdf"),
        File("../secret.pdf"),
        File("/etc/passwd"),
        File(""),
        File(digest="../../etc/passwd"),
        File(digest="ab" * 32),
    ],
)
async def test_no_part_leads_elsewhere(tmp_path: Path, part: File) -> None:
    (tmp_path.parent / "secret.pdf").write_bytes(PDF)
    async with doors(tmp_path) as built:
        for door, _platform in built:
            with pytest.raises(Undeliverable):
                await send(door, part)


async def test_a_door_without_the_store_sends_nothing_of_it(tmp_path: Path) -> None:
    async with FakeWecom() as platform:
        app = wecom_app(platform, TurnedClock(), tmp_path)
        await app.start()
        with pytest.raises(Undeliverable):
            await send(app, File(digest="ab" * 32))
        await app.stop()


async def test_a_follower_hears_a_voice_and_reads_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "a.amr").write_bytes(AMR)
    async with FakeMp() as platform:
        platform.acts()
        door = account(platform, TurnedClock(), tmp_path)
        await door.start()
        await send(door, File("a.amr", sent_as=VOICE), to=FOLLOWER)
        platform.forget_media()
        await send(door, File("a.amr", sent_as=VOICE), to=FOLLOWER)
        await send(door, File("a.pdf", alt="价目表"), to=FOLLOWER)
        await door.stop()

        assert [one.kind for one in platform.delivered] == ["voice", "voice", "text"]
        assert platform.delivered[-1].words == "价目表"


async def test_an_upload_that_fails_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    async with doors(tmp_path) as built:
        for door, platform in built:
            platform.faults["media/upload"].append(Fault(errcode=-1))
            with pytest.raises(Exception, match="errcode -1"):
                await send(door, File("a.pdf"))
            await send(door, File("a.pdf"))
            assert len(platform.delivered) == 1
