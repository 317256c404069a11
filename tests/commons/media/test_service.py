"""The books of files, on both databases: who sent what, where it stands, what leaves."""

import pytest

from bot.commons import media, members
from bot.commons.media import File, Status
from bot.kernel.ids import ChannelName, InboxId
from bot.kernel.messages import Media, Update, UpdateKind
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

KEFU = ChannelName("kefu")
ONE = File("a" * 64, 7, "image/png", 2, 3)
OTHER = File("b" * 64, 9, "application/pdf")


def sends(uow: UnitOfWork, *refs: str, who: str = "amei", key: str = "k1") -> None:
    update = Update(
        KEFU, key, UpdateKind.FILE, "kefu:amei", NOON, who, media=tuple(map(Media, refs))
    )
    media.note(uow, InboxId(1), update, lives_s=300)


def states(uow: UnitOfWork) -> list[tuple[str, str]]:
    return [(ref.status.value, ref.reason) for ref in reversed(media.recent(uow))]


def test_a_file_goes_its_way(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1", "m2", "m3")
        sends(uow, "m1", "m2", "m3")  # the same update again
        assert media.count_waiting(uow) == 3
        first, second, third = (media.claim(uow, for_s=60) for _ in range(3))
        assert first
        assert second
        assert third
        assert media.keep(uow, first.id, ONE, name="../../图\u202e.png")
        assert media.end(uow, second.id, Status.FAILED, "code 1")
        assert not media.end(uow, second.id, Status.GONE, "gone")
        assert media.keep(uow, second.id, OTHER, name="too late")
        media.postpone(uow, third.id, 30, "code -1")

        assert states(uow) == [("kept", ""), ("failed", "code 1"), ("waiting", "code -1")]
        kept, _, _ = media.of_update(uow, KEFU, "k1")
        assert (kept.name, kept.file) == ("图 .png", ONE)
        assert media.one(uow, kept.id) == kept
        assert media.one(uow, 99) is None
        assert [ref.id for ref in media.recent(uow, troubled=True)] == [second.id]
        assert media.count_failed(uow) == 1


def test_what_was_given_up_can_be_tried_again_and_what_is_kept_only_when_it_is_lost(
    store_on_both: Store,
) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1", "m2")
        first, second = (media.claim(uow, for_s=60) for _ in range(2))
        assert first
        assert second
        media.keep(uow, first.id, ONE, name="")
        media.end(uow, second.id, Status.REFUSED, "archive")

        assert media.again(uow, second.id)
        assert not media.again(uow, second.id)
        assert not media.again(uow, first.id)
        assert media.again(uow, first.id, lost=True)
        assert states(uow) == [("waiting", ""), ("waiting", "")]


def test_a_channel_rests_and_no_other(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1", "m2")
        media.rest(uow, ChannelName("mp"), 60, "channel")
        assert media.has_due(uow)
        media.rest(uow, KEFU, 60, "channel")
        assert not media.has_due(uow)
        store_on_both.clock.tick(seconds=60)
        assert media.has_due(uow)


def test_what_was_never_tried_is_tried_however_late(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1")
        store_on_both.clock.tick(days=4)
        assert media.expire(uow) == {}
        assert media.claim(uow, for_s=60)
        store_on_both.clock.tick(seconds=60)
        assert media.expire(uow) == {KEFU: 1}
        assert states(uow) == [("gone", "expired")]


def test_a_file_leaves_when_nobody_refers_to_it(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1", key="k1")
        sends(uow, "m2", key="k2", who="lily")
        for file in (ONE, ONE):
            ask = media.claim(uow, for_s=60)
            assert ask
            media.keep(uow, ask.id, file, name="")
        assert media.leaving(uow) == []

        store_on_both.clock.tick(days=2)
        assert media.forget_refs(uow, after_days=1, most=1) == 1
        assert media.leaving(uow) == []
        assert media.forget_refs(uow, after_days=1, most=9) == 1
        assert media.leaving(uow, orphans=[OTHER.digest]) == [ONE.digest, OTHER.digest]
        assert media.known_files(uow, [ONE.digest, "c" * 64]) == {ONE.digest}

        sends(uow, "m3", key="k3")
        ask = media.claim(uow, for_s=60)
        assert ask
        assert not media.keep(uow, ask.id, ONE, name="")
        media.forget_files(uow, [ONE.digest, OTHER.digest])
        assert media.keep(uow, ask.id, ONE, name="")
        media.forget_files(uow, [ONE.digest])
        assert media.leaving(uow) == []
        assert states(uow) == [("kept", "")]


def test_an_orphan_that_is_written_down_meanwhile_stays(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        sends(uow, "m1")
        ask = media.claim(uow, for_s=60)
        assert ask
        media.keep(uow, ask.id, ONE, name="")

        assert media.leaving(uow, orphans=[ONE.digest]) == []


def test_what_she_sent_is_hers(store_on_both: Store) -> None:
    [data] = media.personal
    with store_on_both.unit() as uow:
        amei = members.resolve(uow, KEFU, "amei", NOON)
        lily = members.resolve(uow, KEFU, "lily", NOON)
        sends(uow, "m1", "m2")
        sends(uow, "m3", who="lily", key="k2")
        assert [len(data.export(uow, one)) for one in (amei, lily)] == [2, 1]
        data.erase(uow, amei)
        assert [len(data.export(uow, one)) for one in (amei, lily)] == [0, 1]


@pytest.mark.parametrize(
    ("kind", "said", "sent_as"),
    [
        (UpdateKind.TEXT, "", "image"),
        (UpdateKind.IMAGE, "", "image"),
        (UpdateKind.VOICE, "", "voice"),
        (UpdateKind.VIDEO, "", "video"),
        (UpdateKind.FILE, "", "file"),
        (UpdateKind.EVENT, "video", "video"),
        (UpdateKind.EVENT, "hologram", "file"),
        (UpdateKind.UNKNOWN, "", "file"),
    ],
)
def test_an_update_says_what_its_files_are_sent_as(
    store: Store, kind: UpdateKind, said: str, sent_as: str
) -> None:
    extra = {"msgtype": said}
    files = (Media("m1"), Media("m2", "thumbnail"))
    with store.unit() as uow:
        update = Update(KEFU, "k", kind, "c", NOON, media=files, extra=extra, about="wm1")
        media.note(uow, InboxId(1), update, lives_s=300)
        kinds = [(ref.kind, ref.sender, ref.name) for ref in reversed(media.recent(uow))]

    assert kinds == [(sent_as, "wm1", ""), ("image", "wm1", "")]


def test_a_message_with_a_thousand_files_is_cut(store: Store) -> None:
    with store.unit() as uow:
        sends(uow, *(f"m{number}" for number in range(1000)))
        assert media.count_waiting(uow) == 32
