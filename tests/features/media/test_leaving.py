"""Files leave with their members, by age, and when nobody knows of them; and never come back."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.commons import media, members
from bot.features.media.jobs import jobs
from bot.features.media.rules import MediaSettings
from bot.features.privacy import pages as privacy_room
from bot.features.privacy import service as privacy
from bot.features.privacy.rules import PrivacySettings
from bot.kernel import crash
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.privacy import PersonalRegistry
from bot.pipeline.personal import personal as pipeline_personal
from tests.features.media.conftest import Stage
from tests.features.media.test_fetching import KEPT, digest
from tests.kit.house import HouseUnderTest
from tests.kit.kefu import WK
from tests.kit.media import gif, jpeg, png

REGISTRY = PersonalRegistry((*members.personal, *media.personal, *pipeline_personal))
KEFU = ChannelName("kefu")


async def member_of(built: HouseUnderTest, who: str) -> MemberId:
    return await built.house.writer.do(
        lambda uow: members.resolve(uow, KEFU, who, built.clock.now())
    )


async def erase(built: HouseUnderTest, who: str) -> None:
    member = await member_of(built, who)
    await built.house.writer.do(lambda uow: privacy.erase(uow, REGISTRY, member))
    await built.house.engine.settle()


async def test_an_export_lists_what_she_sent(stage: Stage) -> None:
    async with stage.house() as built:
        stage.sends(jpeg(), "wm1", name="我.jpg")
        stage.sends(gif(), "wm2")
        await stage.hint(built)
        member = await member_of(built, "wm1")
        exported = await built.house.writer.look(
            lambda uow: [record for data in media.personal for record in data.export(uow, member)]
        )

    assert exported == [
        {
            "at": "2026-08-24T04:00:00+00:00",
            "quoted": False,
            "channel": "kefu",
            "kind": "image",
            "name": "我.jpg",
            "status": "kept",
            "sha256": digest(jpeg()),
            "type": "image/jpeg",
            "bytes": len(jpeg()),
            "width": 16,
            "height": 8,
            "file": f"files/{digest(jpeg())[:12]}-我.jpg",
        }
    ]


async def test_her_export_carries_her_files_and_nobody_elses(stage: Stage) -> None:
    async with stage.house() as built:
        for name in ("我.jpg", "twice.jpg"):
            stage.sends(jpeg(), "wm1", name=name)
        stage.sends(gif(), "wm1", name='../../etc/a<b>:"c|?*.gif')
        stage.sends(png(), "wm2")
        await stage.hint(built)
        built.tools.add(PersonalRegistry, REGISTRY)
        built.tools.add(PrivacySettings, PrivacySettings(export_part_mb=1))
        member = await member_of(built, "wm1")
        (parcel,) = await built.house.writer.look(
            lambda uow: privacy_room.parcels(uow, built.tools, member)
        )
        contents = {}
        for one in parcel.files:
            with one.open() as file:
                contents[one.path] = file.read()
                assert len(contents[one.path]) == one.bytes

    data = json.loads(contents.pop("data.json"))
    assert contents == {
        f"files/{digest(jpeg())[:12]}-我.jpg": jpeg(),
        f"files/{digest(gif())[:12]}-a_b___c___.gif": gif(),
    }
    (sent,) = [kind["records"] for kind in data["data"] if "图片和文件" in kind["title"]]
    assert {record["file"] for record in sent} == set(contents)


async def test_her_files_leave_with_her_and_others_stay(stage: Stage) -> None:
    async with stage.house() as built:
        for who, content in (("wm1", png()), ("wm1", gif()), ("wm2", gif()), ("wm2", jpeg())):
            stage.sends(content, who)
        await stage.hint(built)
        await erase(built, "wm1")

        assert stage.files == sorted([digest(gif()), digest(jpeg())])
        assert await built.ask("SELECT DISTINCT sender FROM media_refs") == [("wm2",)]
        assert await built.ask("SELECT count(*) FROM media_files") == [(2,)]

        await erase(built, "wm2")
    assert stage.files == []


async def test_what_a_servicer_said_to_her_leaves_with_her(stage: Stage) -> None:
    async with stage.house() as built:
        media_id = stage.platform.files.puts(png())
        stage.platform.hears(
            "wm1",
            "",
            origin=5,
            servicer_userid="lihua",
            msgtype="image",
            image={"media_id": media_id},
        )
        await stage.hint(built)
        assert await stage.refs(built) == [KEPT]
        await erase(built, "wm1")

    assert stage.files == []


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_picture_that_she_takes_back_is_kept_no_longer(
    stage: Stage, *, at_once: bool
) -> None:
    async with stage.house() as built:
        stage.sends(png(), "wm1")
        sent = stage.platform.books[WK][-1]["msgid"]
        stage.sends(gif(), "wm1")
        if not at_once:
            await stage.hint(built)
        recall = {"event_type": "user_recall_msg", "open_kfid": WK, "external_userid": "wm1"}
        item = {"msgid": "r1", "open_kfid": WK, "origin": 4, "msgtype": "event"}
        stage.platform.adds(
            item
            | {"event": recall | {"recall_msgid": sent}}
            | {"send_time": int(stage.clock.now().timestamp())}
        )
        await stage.hint(built)

        assert await stage.refs(built) == [KEPT]
        assert stage.files == [digest(gif())]


async def test_a_file_under_way_when_she_leaves_does_not_come_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, loop = media.check, asyncio.get_running_loop()
    async with stage.house() as built:
        member = await member_of(built, "wm1")

        def check_late(*arguments: object) -> media.Checked:
            """She leaves while her picture is looked at, on a thread of its own."""
            leaves = built.house.writer.do(lambda uow: privacy.erase(uow, REGISTRY, member))
            asyncio.run_coroutine_threadsafe(leaves, loop).result(5)
            return check(*arguments)  # type: ignore[arg-type]  # passed on as they came

        monkeypatch.setattr(media, "check", check_late)
        stage.sends(png(), "wm1")
        await stage.hint(built)
        assert stage.platform.files.asked
        await stage.sweep(built)

        assert await built.ask("SELECT id FROM media_refs") == []
        assert await built.ask("SELECT digest FROM media_files") == []
    assert stage.files == []


async def test_what_is_too_old_is_forgotten(stage: Stage) -> None:
    stage.settings = MediaSettings(keep_days=30)
    async with stage.house() as built:
        stage.sends(png())
        await stage.hint(built)
        stage.clock.tick(days=29)
        stage.sends(gif())
        await stage.hint(built)
        await forget(built)
        assert stage.files == sorted([digest(png()), digest(gif())])

        stage.clock.tick(days=2)
        await forget(built)
        assert stage.files == [digest(gif())]
        assert await stage.refs(built) == [KEPT]


async def forget(built: HouseUnderTest) -> None:
    [job] = jobs
    await built.house.writer.do(lambda uow: job.run(uow, built.tools))
    await built.house.engine.settle()


async def test_what_waits_is_not_forgotten_however_old(stage: Stage) -> None:
    async with stage.house() as built:
        stage.root.write_bytes(b"no room")
        stage.sends(png())
        await stage.hint(built)
        stage.clock.tick(days=400)
        await built.house.writer.do(lambda uow: jobs[0].run(uow, built.tools))

        assert len(await stage.refs(built)) == 1


# ── files that nobody knows of ──────────────────────────────────────────────────────────


def leave_behind(stage: Stage, content: bytes, *, age_s: float = 7200) -> Path:
    name = digest(content)
    file = stage.root / name[:2] / name[2:4] / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    at = file.stat().st_mtime - age_s
    os.utime(file, (at, at))
    return file


async def test_a_file_that_a_death_left_behind_is_removed_in_its_turn(stage: Stage) -> None:
    left, fresh = leave_behind(stage, png()), leave_behind(stage, jpeg(), age_s=60)
    async with stage.house() as built:
        stage.sends(gif())
        await stage.hint(built)
        for _ in range(32):  # every part of the store has had its turn
            stage.clock.tick(seconds=600)
            await stage.sweep(built)

        assert not left.exists()
        assert fresh.exists()
        assert digest(gif()) in stage.files
        assert await built.ask("SELECT digest FROM media_files") == [(digest(gif()),)]


@pytest.mark.parametrize("step", ["media.leaving", "media.deleted"])
async def test_a_death_while_files_leave_repeats_a_step(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(name: str) -> None:
        if name == step:
            raise RuntimeError(step)

    async with stage.house() as built:
        stage.sends(png(), "wm1")
        await stage.hint(built)
        monkeypatch.setattr(crash, "step", fail)
        await erase(built, "wm1")
        assert await built.ask("SELECT count(*) FROM media_files") == [(1,)]
        monkeypatch.undo()
        await stage.later(built, seconds=61)

        assert await built.ask("SELECT count(*) FROM media_files") == [(0,)]
    assert stage.files == []


async def test_a_file_that_comes_while_its_like_is_leaving_is_kept_a_moment_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        if name == "media.leaving":
            raise RuntimeError(name)

    async with stage.house() as built:
        stage.sends(png(), "wm1")
        await stage.hint(built)
        monkeypatch.setattr(crash, "step", fail)
        await erase(built, "wm1")

        stage.sends(png(), "wm2")
        await stage.hint(built)
        assert await stage.refs(built) == [("waiting", "code 0")]

        monkeypatch.undo()
        for _ in range(3):
            await stage.later(built, seconds=61)
        assert await stage.refs(built) == [KEPT]
    assert stage.files == [digest(png())]


async def test_a_file_that_is_kept_but_not_there_is_fetched_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = 1

    def remove(name: str) -> None:
        nonlocal removed
        if name == "media.placed" and removed:
            removed = 0
            for file in stage.root.glob("*/*/*"):
                file.unlink()

    monkeypatch.setattr(crash, "step", remove)
    async with stage.house() as built:
        stage.sends(png())
        await stage.hint(built)
        assert await stage.refs(built) == [("waiting", "code 0")]
        await stage.later(built, seconds=31)

        assert await stage.refs(built) == [KEPT]
    assert stage.files == [digest(png())]
