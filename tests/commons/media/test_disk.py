"""Files lie below one folder under names of our own making, whole or not at all."""

import asyncio
import errno
import os
from hashlib import sha256
from pathlib import Path

import pytest

from bot.commons.media import DiskStore
from bot.kernel import crash
from bot.kernel.errors import CannotStore
from tests.kit.media import png

DIGEST = sha256(png()).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "media")


async def put(store: DiskStore, content: bytes = png()) -> str:
    async with store.receive() as intake:
        for start in range(0, len(content), 16):
            await intake.take(content[start : start + 16])
        return await intake.keep()


def files(tmp_path: Path) -> list[str]:
    root = tmp_path / "media"
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if file.is_file())


async def test_a_file_lies_where_its_content_says(store: DiskStore, tmp_path: Path) -> None:
    assert await put(store) == DIGEST
    assert files(tmp_path) == [f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    with store.open(DIGEST) as file:
        assert file.read() == png()
    assert await store.exists(DIGEST)


async def test_the_same_content_is_there_once(store: DiskStore, tmp_path: Path) -> None:
    await put(store)
    await put(store)

    assert len(files(tmp_path)) == 1


async def test_what_was_not_kept_leaves_nothing(store: DiskStore, tmp_path: Path) -> None:
    async with store.receive() as intake:
        await intake.take(b"half of")
        with intake.open() as file:
            assert file.read() == b"half of"

    assert files(tmp_path) == []


async def test_who_gives_up_in_the_middle_leaves_nothing(store: DiskStore, tmp_path: Path) -> None:
    async def never_ends() -> None:
        async with store.receive() as intake:
            while True:
                await intake.take(b"a piece")

    for _ in range(30):
        task = asyncio.create_task(never_ends())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await asyncio.to_thread(lambda: None)

    assert files(tmp_path) == []


async def test_what_was_given_up_takes_nothing_more(store: DiskStore, tmp_path: Path) -> None:
    async with store.receive() as intake:
        await intake.take(b"a piece")
    with pytest.raises(CannotStore):
        await intake.take(b"and another")

    assert files(tmp_path) == []


async def test_nobody_reads_along_but_the_bot(store: DiskStore, tmp_path: Path) -> None:
    await put(store)

    assert (tmp_path / "media").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "", "..", "a\0b", DIGEST.upper(), DIGEST + "/"]
)
async def test_no_name_from_outside_is_a_path(store: DiskStore, name: str) -> None:
    await put(store)

    with pytest.raises(FileNotFoundError):
        store.open(name)
    with pytest.raises(FileNotFoundError):
        await store.exists(name)
    with pytest.raises(FileNotFoundError):
        await store.delete(name)


async def test_a_file_is_removed_once_or_often(store: DiskStore, tmp_path: Path) -> None:
    await put(store)
    await store.delete(DIGEST)
    await store.delete(DIGEST)

    assert files(tmp_path) == []
    assert not await store.exists(DIGEST)


async def test_old_files_are_found_and_what_a_death_left_half_done_is_forgotten(
    store: DiskStore, tmp_path: Path
) -> None:
    await put(store)
    half = tmp_path / "media/coming/0123"
    half.write_bytes(b"half")
    shard = int(DIGEST[:2], 16)
    assert await store.old(shard, older_than_s=60) == []
    assert half.exists()

    for file in (half, tmp_path / "media" / DIGEST[:2] / DIGEST[2:4] / DIGEST):
        os.utime(file, (0, 0))
    assert await store.old(shard, older_than_s=60) == [DIGEST]
    assert await store.old((shard + 1) % 256, older_than_s=60) == []
    assert not half.exists()


async def test_the_same_content_again_is_not_old(store: DiskStore, tmp_path: Path) -> None:
    await put(store)
    os.utime(tmp_path / "media" / DIGEST[:2] / DIGEST[2:4] / DIGEST, (0, 0))
    await put(store)

    assert await store.old(int(DIGEST[:2], 16), older_than_s=60) == []


async def test_a_full_disk_says_so_and_leaves_nothing(
    store: DiskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotStore, match="No space"):
        await put(store)

    assert files(tmp_path) == []


async def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"a file where the folder should be")

    with pytest.raises(CannotStore):
        await put(DiskStore(tmp_path / "media"))


@pytest.mark.parametrize("step", ["media.written", "media.placed"])
async def test_a_death_on_the_way_leaves_a_whole_file_or_none(
    store: DiskStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(name: str) -> None:
        if name == step:
            raise RuntimeError(step)

    monkeypatch.setattr(crash, "step", die)
    with pytest.raises(RuntimeError):
        await put(store)

    for name in files(tmp_path):
        assert sha256((tmp_path / "media" / name).read_bytes()).hexdigest() == DIGEST
