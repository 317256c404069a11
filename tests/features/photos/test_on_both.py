"""Pictures on SQLite and on PostgreSQL, and what a challenge hears of them."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.commons import photos
from bot.commons.media import likeness
from bot.commons.photos import Photo
from bot.commons.photos.service import MOST_OF_A_DAY
from bot.features.photos import asking
from bot.kernel.events import MediaArrived
from bot.kernel.ids import InboxId
from bot.kernel.messages import Media, Update, UpdateKind
from tests.features.challenges.conftest import WEEK, Arena
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL

SHAPES = ("ffff0000ffff0000", "00ff00ff00ff00ff", "ffff0000ffff0003")


def test_pictures_of_two_days(store_on_both: Store, tmp_path: Path) -> None:
    arena = Arena(store_on_both, Desk(tmp_path))
    arena.writes(WEEK + "photo = true\n")
    arena.says("amei", "参加")
    began = arena.clock.now()
    for number, shape in enumerate(SHAPES):
        at = began + timedelta(days=number)
        arena.says("amei", "打卡", at=at)
        key, media = f"p{number}", (Media("m"),)
        update = Update(CHANNEL, key, UpdateKind.IMAGE, "amei", at, "amei", media=media)
        for _ in range(2):
            arena.tells(MediaArrived(InboxId(number), update))
        [(shot, _)] = arena.store.do(photos.coming)
        looked = partial(asking.looked, tools=arena.tools, shot=shot, digest=f"{number:064}")
        arena.does_and_tells(partial(looked, shape=shape))
    part = arena.part("amei")
    assert part is not None
    assert part.days == 2  # the third looks like the first
    with arena.store.unit() as uow:
        [asked] = photos.to_see(uow, most=9)
        assert (asked.state, asked.like) == (Photo.ASKED, 1)
        assert photos.count_to_see(uow) == 1
    arena.says("amei", "照片没错", at=began + timedelta(days=2))
    part = arena.part("amei")
    assert part is not None
    assert part.days == 3
    assert likeness.apart(SHAPES[0], SHAPES[2]) == 2


def test_no_more_pictures_of_a_day_than_are_looked_at(store: Store, tmp_path: Path) -> None:
    arena = Arena(store, Desk(tmp_path))
    arena.writes(WEEK + "photo = true\n")
    arena.says("amei", "参加")
    now = arena.clock.now()
    media = tuple(Media(f"m{number}") for number in range(30))
    update = Update(CHANNEL, "many", UpdateKind.IMAGE, "amei", now, "amei", media=media)
    arena.tells(MediaArrived(InboxId(1), update))
    assert store.count("challenge_photos") == MOST_OF_A_DAY
