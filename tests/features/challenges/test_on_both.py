"""The room's own SQL on SQLite and on PostgreSQL."""

from datetime import timedelta
from pathlib import Path

from bot.commons.media import likeness
from bot.features import challenges
from bot.features.challenges import photos, shooting
from bot.features.challenges.photos import Photo
from bot.kernel.messages import Media, Update, UpdateKind
from tests.features.challenges.conftest import GIFT, KINDS, WEEK, Arena
from tests.kit.desk import Desk
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL

SHAPES = ("ffff0000ffff0000", "00ff00ff00ff00ff", "ffff0000ffff0003")


def test_from_the_file_to_the_winner_and_back(store_on_both: Store, tmp_path: Path) -> None:
    arena = Arena(store_on_both, Desk(tmp_path))
    arena.desk.write("coupons.toml", KINDS)
    winner = '[winner]\nby = "first_done"\ncoupon = "card"\npoints = 7\n'
    arena.writes(WEEK + GIFT + winner)
    for who in ("amei", "bea"):
        arena.says(who, "参加")
        arena.comes(who, 0, 1, 2, 3, 4)
        arena.store.clock.tick(seconds=1)
    arena.ends(days=8)
    assert sorted(arena.rewards("amei")) == [7, 50]
    assert arena.rewards("bea") == [50]
    her = str(arena.member("amei"))
    form = {"challenge": "101", "member": her, "what": "prize"}
    assert "收回了" in arena.operates("undo", **form, why="x")
    assert sum(arena.rewards("amei")) == 50
    amei = arena.member("amei")
    with arena.store.unit() as uow:
        for data in challenges.feature.personal:
            data.export(uow, amei)
            data.erase(uow, amei)
    assert "<strong>2</strong> 人参加，<strong>2</strong> 人完成" in arena.console(challenge="101")


def test_pictures_of_two_days(store_on_both: Store, tmp_path: Path) -> None:
    arena = Arena(store_on_both, Desk(tmp_path))
    arena.writes(WEEK + "photo = true\n")
    arena.says("amei", "参加")
    her, began = arena.member("amei"), arena.clock.now()
    for number, shape in enumerate(SHAPES):
        at = began + timedelta(days=number)
        arena.says("amei", "打卡", at=at)
        key, media = f"p{number}", (Media("m"),)
        update = Update(CHANNEL, key, UpdateKind.IMAGE, "amei", at, "amei", media=media)
        for _ in range(2):
            with arena.store.unit() as uow:
                shooting.take(uow, arena.tools, her, update)
        with arena.store.unit() as uow:
            [(shot, _)] = photos.coming(uow)
            shooting.looked(uow, arena.tools, shot, f"{number:064}", shape)
    part = arena.part("amei")
    assert part is not None
    assert part.days == 2  # the third looks like the first
    with arena.store.unit() as uow:
        [asked] = photos.to_see(uow, most=9)
        assert (asked.state, asked.like) == (Photo.ASKED, 1)
    arena.says("amei", "照片没错", at=began + timedelta(days=2))
    part = arena.part("amei")
    assert part is not None
    assert part.days == 3
    assert likeness.apart(SHAPES[0], SHAPES[2]) == 2


def test_no_more_pictures_of_a_day_than_are_looked_at(store: Store, tmp_path: Path) -> None:
    arena = Arena(store, Desk(tmp_path))
    arena.writes(WEEK + "photo = true\n")
    arena.says("amei", "参加")
    her, now = arena.member("amei"), arena.clock.now()
    media = tuple(Media(f"m{number}") for number in range(30))
    update = Update(CHANNEL, "many", UpdateKind.IMAGE, "amei", now, "amei", media=media)
    with store.unit() as uow:
        shooting.take(uow, arena.tools, her, update)
    assert store.count("challenge_photos") == photos.MOST_OF_A_DAY
