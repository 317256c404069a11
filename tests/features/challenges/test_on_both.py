"""The room's own SQL on SQLite and on PostgreSQL."""

from pathlib import Path

from bot.features import challenges
from tests.features.challenges.conftest import GIFT, KINDS, WEEK, Arena
from tests.kit.desk import Desk
from tests.kit.rooms import Store


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
