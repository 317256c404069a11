"""What members send is fetched before it is gone, each once, whatever happens meanwhile."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from bot.channels.wecom.aibot import AIBOT
from bot.commons import media
from bot.features.media.rules import MediaSettings, rest_s
from bot.kernel import crash
from bot.kernel.messages import Media, Update, UpdateKind
from bot.kernel.ports import Accepted
from bot.kernel.work import UnitOfWork
from bot.pipeline import inbox
from tests.features.media.conftest import Stage, picture_of, update_of
from tests.kit.media import AMR, HTML, MB, MP4, PDF, ZIP, gif, heic, jpeg, png
from tests.kit.platforms import Fault
from tests.kit.rooms import NOON, Store

KEPT = ("kept", "")


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


async def test_a_customers_files_are_kept(stage: Stage) -> None:
    sent = {"image": jpeg(), "voice": AMR, "video": MP4, "file": PDF}
    async with stage.house() as built:
        for kind, content in sent.items():
            stage.sends(content, kind=kind, name=f"../{kind}\u202e.bin")
        await stage.hint(built)

        assert await stage.refs(built) == [KEPT] * 4
        rows = await built.ask(
            "SELECT r.kind, r.name, r.sender, f.content_type, f.bytes, f.width, f.height"
            " FROM media_refs r JOIN media_files f ON f.digest = r.digest ORDER BY r.id"
        )
    assert rows == [
        ("image", "image .bin", "wm1", "image/jpeg", len(jpeg()), 16, 8),
        ("voice", "voice .bin", "wm1", "audio/amr", len(AMR), None, None),
        ("video", "video .bin", "wm1", "video/mp4", len(MP4), None, None),
        ("file", "file .bin", "wm1", "application/pdf", len(PDF), None, None),
    ]
    assert stage.files == sorted(map(digest, sent.values()))


async def test_pictures_of_a_bot_are_kept_with_their_own_keys_too(stage: Stage) -> None:
    async with stage.house() as built:
        await stage.shows(built, stage.host.puts(png()), stage.host.puts(gif()))

        assert await stage.refs(built) == [KEPT] * 2
    assert stage.files == sorted([digest(png()), digest(gif())])


async def test_the_same_content_from_two_is_one_file(stage: Stage) -> None:
    async with stage.house() as built:
        stage.sends(png(), "wm1")
        stage.sends(png(), "wm2")
        await stage.hint(built)

        assert await stage.refs(built) == [KEPT] * 2
    assert stage.files == [digest(png())]


def test_a_message_without_media_costs_nothing_more(store: Store) -> None:
    told: list[int] = []

    def put(uow: UnitOfWork, update: Update) -> None:
        inbox.put(uow, [update])
        told.append(len(uow.events))

    words, picture = replace(picture_of("m0"), media=(), text="早"), picture_of("m0", "k2")
    assert len(store.statements_of(lambda uow: put(uow, words))) == 1
    assert len(store.statements_of(lambda uow: put(uow, picture))) == 1
    assert told == [0, 1]


async def test_update_and_refs_are_written_together_or_not_at_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.house() as built:

        def fail(_uow: UnitOfWork, *_: object, **__: object) -> None:
            raise RuntimeError("on the way")

        monkeypatch.setattr(media, "note", fail)
        with pytest.raises(RuntimeError):
            await stage.shows(built, stage.host.puts(png()))
        assert await built.ask("SELECT 1 FROM inbox") == []

        monkeypatch.undo()
        await stage.shows(built, stage.host.puts(png()))
        assert await stage.refs(built) == [KEPT]


async def test_what_a_message_quotes_is_fetched_once_and_is_not_what_she_sent(stage: Stage) -> None:
    async with stage.house() as built:
        shown = tuple(Media(stage.host.puts(content)) for content in (png(), PDF))
        question = update_of(
            built, kind=UpdateKind.TEXT, quoted=shown, key="asks", extra={"quote_type": "mixed"}
        )
        for _ in range(2):
            await built.house.inbox.accept([question])
            await built.house.engine.settle()

        assert await stage.refs(built) == [KEPT, ("refused", "another_kind")]
        newest = await built.house.writer.look(media.recent)
        sent = await built.house.writer.look(lambda uow: media.of_update(uow, AIBOT, "asks"))
    assert [ref.quoted for ref in newest] == [True, True]
    assert sent == []
    assert len(stage.host.asked) == 2


async def test_a_repeated_callback_is_fetched_once(stage: Stage) -> None:
    async with stage.house() as built:
        picture = update_of(
            built, kind=UpdateKind.IMAGE, media=(Media(stage.host.puts(png())),), key="again"
        )
        for _ in range(3):
            await built.house.inbox.accept([picture])
            await built.house.engine.settle()

        assert await stage.refs(built) == [KEPT]
    assert len(stage.host.asked) == 1


async def test_a_door_that_gives_no_files_asks_for_none(stage: Stage) -> None:
    async with stage.house(doors=[]) as built:
        await built.hears("amei", "", kind=UpdateKind.IMAGE, media=(Media("m1"),))

        assert await stage.refs(built) == []
        assert await built.ask("SELECT status FROM inbox") == [("done",)]


# ── what may not stay ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (ZIP, "image", "another_kind"),
        (png() + ZIP, "image", "archive"),
        (HTML, "image", "another_kind"),
        (AMR, "video", "another_kind"),
        (b"", "file", "empty"),
        (png(65_535, 65_535, real=False), "image", "too_many_pixels"),
        (png()[:20], "image", "broken"),
        (png() + b"\0" * MB, "image", "too_large"),
        (PDF + b"\0" * 2 * MB, "file", "too_large"),
    ],
)
async def test_what_may_not_stay_is_refused_with_the_reason(
    stage: Stage, content: bytes, kind: str, reason: str
) -> None:
    stage.settings = MediaSettings(max_picture_mb=1, max_file_mb=2)
    async with stage.house() as built:
        stage.sends(content, kind=kind)
        await stage.hint(built)

        assert await stage.refs(built) == [("refused", reason)]
    assert stage.files == []


async def test_a_heic_of_ten_megabytes_and_a_file_of_25_are_taken(stage: Stage) -> None:
    photo, film = heic() + bytes(10 * MB), PDF + bytes(25 * MB)
    async with stage.house() as built:
        stage.sends(photo)
        stage.sends(film, kind="file")
        await stage.hint(built)

        assert await stage.refs(built) == [KEPT] * 2
    assert stage.files == sorted([digest(photo), digest(film)])


@pytest.mark.parametrize("ref", ["", "a\0b", "x" * 5000])
def test_a_name_that_no_database_takes_does_not_hold_up_the_message(
    store_on_both: Store, ref: str
) -> None:
    store = store_on_both
    with store.unit() as uow:
        [put] = inbox.put(uow, [picture_of(ref, name="\0\u202e../../a.png")])
        note(uow, put)
        [found] = media.recent(uow)

    assert (found.status, found.reason, found.name) == ("refused", "no_ref", "a.png")


def note(uow: UnitOfWork, put: Accepted, lives_s: float = 300) -> None:
    assert put.id is not None
    media.note(uow, put.id, put.update, lives_s=lives_s)


# ── time ────────────────────────────────────────────────────────────────────────────────


def test_what_is_forgotten_first_is_fetched_first(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        for number, lives_s in enumerate((259_200, 300, 259_200, 299)):
            [put] = inbox.put(uow, [picture_of(f"m{number}", f"k{number}")])
            note(uow, put, lives_s)
        claimed = [media.claim(uow, for_s=60) for _ in range(5)]

    assert [ask and ask.media.ref for ask in claimed] == ["m3", "m1", "m0", "m2", None]


def test_a_claim_is_good_again_when_nobody_came_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        [put] = inbox.put(uow, [picture_of("m0")])
        note(uow, put)
        assert media.claim(uow, for_s=60) is not None
        assert media.claim(uow, for_s=60) is None
        assert not media.has_due(uow)

        store_on_both.clock.tick(seconds=60)
        assert media.has_due(uow)
        again = media.claim(uow, for_s=60)
        assert again is not None
        assert again.tries == 2


def test_a_clock_that_was_set_back_holds_nothing_up(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        store_on_both.clock.tick(days=400)
        [put] = inbox.put(uow, [picture_of("m0")])
        note(uow, put)
        store_on_both.clock.tick(days=-400)

        assert media.claim(uow, for_s=60) is not None


@pytest.mark.parametrize(
    ("tries", "left_s", "rests"),
    [(1, 300, 10), (2, 290, 20), (4, 200, 80), (5, 90, 45), (9, 3 * 86_400, 2560), (40, 9e9, 3600)],
)
def test_a_rest_grows_and_ends_before_the_end(tries: int, left_s: float, rests: float) -> None:
    assert rest_s(tries, NOON, NOON + timedelta(seconds=min(left_s, 1e9))) == rests


async def test_what_is_gone_is_given_up_and_operators_hear_once_a_day(stage: Stage) -> None:
    async with stage.house() as built:
        for _ in range(3):
            stage.platform.files.kept[stage.sends(png())].until = 0
        await stage.hint(built)

        assert await stage.refs(built) == [("gone", "gone")] * 3
        assert await stage.notices(built) == [
            "渠道 kefu 有会员发来的图片或文件没取到，平台上已经过期，找不回来了。"
        ]


async def test_what_expires_while_a_platform_is_away_is_given_up(stage: Stage) -> None:
    async with stage.house() as built:
        url = stage.host.puts(png())
        await stage.host.__aexit__()
        await stage.shows(built, url)
        assert await stage.refs(built) == [("waiting", "code 0")]

        await stage.later(built, seconds=100)
        assert await stage.refs(built) == [("waiting", "code 0")]
        await stage.later(built, seconds=300)
        assert await stage.refs(built) == [("gone", "expired")]
        assert len(await stage.notices(built)) == 1


async def test_a_platform_in_trouble_rests_and_the_others_go_on(stage: Stage) -> None:
    async with stage.house() as built:
        for _ in range(9):
            stage.sends(png())
        faults = stage.platform.faults["media/get"]
        faults.extend(Fault(errcode=45009) for _ in range(9))
        await stage.hint(built)
        asked = 9 - len(faults)
        assert asked <= 4  # the hands that were under way already

        await stage.shows(built, stage.host.puts(gif()))
        assert (await stage.refs(built))[-1] == KEPT

        faults.clear()
        await stage.later(built, seconds=61)
        assert await stage.refs(built) == [KEPT] * 10


async def test_what_an_operator_must_mend_is_told_and_goes_on_by_itself(stage: Stage) -> None:
    async with stage.house() as built:
        for _ in range(5):
            stage.sends(png())
        stage.platform.faults["media/get"].extend(Fault(errcode=60020) for _ in range(4))
        await stage.hint(built)
        stage.platform.faults["media/get"].clear()

        assert await stage.notices(built) == [
            "渠道 kefu 的图片和文件取不到，平台拒绝了请求（错误码 60020）。"
        ]
        await stage.later(built, seconds=301)
        assert await stage.refs(built) == [KEPT] * 5


async def test_trouble_with_one_file_is_that_files(stage: Stage) -> None:
    async with stage.house() as built:
        stage.platform.faults["media/get"].append(Fault(errcode=40058))
        stage.sends(png())
        stage.sends(gif())
        await stage.hint(built)

        assert sorted(await stage.refs(built)) == [("failed", "code 40058"), KEPT]


async def test_a_door_that_was_taken_out_waits_and_comes_back(stage: Stage) -> None:
    async with stage.house() as built:
        stage.platform.faults["media/get"].extend(Fault(errcode=-1) for _ in range(2))
        stage.sends(png())
        await stage.hint(built)
        assert await stage.refs(built) == [("waiting", "code -1")]
    stage.clock.tick(minutes=10)
    async with stage.house(doors=[]) as built:
        assert await stage.refs(built) == [("waiting", "code 0")]
    stage.clock.tick(minutes=10)
    stage.platform.faults.clear()
    async with stage.house() as built:
        assert await stage.refs(built) == [KEPT]


# ── deaths and full disks ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", ["media.fetched", "media.written", "media.placed", "media.kept"])
async def test_a_mistake_at_any_step_loses_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    fails = 2

    def fail(name: str) -> None:
        nonlocal fails
        if name == step and fails:
            fails -= 1
            raise RuntimeError(step)

    monkeypatch.setattr(crash, "step", fail)
    async with stage.house() as built:
        stage.sends(png())
        await stage.hint(built)
        for _ in range(3):
            await stage.later(built, seconds=60)

        assert await stage.refs(built) == [KEPT]
    assert stage.files == [digest(png())]


async def test_a_stop_in_the_middle_leaves_the_rest_for_the_next_start(stage: Stage) -> None:
    media_id = stage.sends(png())
    stage.platform.files.kept[media_id].drips_s = 0.1
    async with stage.house(waits=False) as built:
        await stage.platform.files.began.wait()
        await built.house.stop(0)
    assert stage.files == []

    stage.platform.files.kept[media_id].drips_s = 0
    stage.clock.tick(seconds=61)
    async with stage.house() as built:
        assert await stage.refs(built) == [KEPT]


async def test_a_full_disk_leaves_everything_on_the_platform(stage: Stage) -> None:
    stage.root.write_bytes(b"where the folder should be")
    async with stage.house() as built:
        for _ in range(6):
            stage.sends(png())
        await stage.hint(built)

        refs = await stage.refs(built)
        assert {status for status, _ in refs} == {"waiting"}
        assert ("waiting", "disk") in refs
        assert await stage.notices(built) == [
            "磁盘满了，会员发来的图片和文件存不下，暂时留在平台上。"
        ]
        assert await built.hears("amei", "我的数据") != []

        stage.root.unlink()
        await stage.later(built, seconds=61)
        assert await stage.refs(built) == [KEPT] * 6
