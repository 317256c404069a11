"""Two members turn out to be one: what each paid for a day, and was given for it, is kept."""

from collections.abc import Mapping

from bot.features import makeups
from bot.kernel.ids import MemberId
from tests.kit.club import DAY, MONDAY, Club
from tests.kit.lives import join
from tests.kit.rooms import Store

SUNDAY = (MONDAY - DAY).isoformat()


def kept(club: Club, her: MemberId) -> list[Mapping[str, object]]:
    with club.store.unit() as uow:
        return [row for data in makeups.feature.personal for row in data.export(uow, her)]


def test_of_one_day_made_up_by_both_the_dearer_one_is_kept(store: Store) -> None:
    club = Club(store, makeup_points=20, token_every_days=3)
    club.was_there("amei", 4, 3, 2)
    club.was_there("lily", 2)
    club.has("lily", 40)
    for who in ("amei", "lily"):
        assert "补签成功" in club.says(who, "确认补签 8月23日")[0]
    amei, lily = club.member("amei"), club.member("lily")
    assert {row["points"] for row in kept(club, amei) if "points" in row} == {0}
    merged = store.do(lambda uow: join(uow, amei, lily))
    [made] = [row for row in kept(club, merged.stayed) if "points" in row]
    assert (made["day"], made["points"]) == (SUNDAY, 20)


def test_of_one_day_given_to_both_all_that_it_brought_is_kept(club: Club) -> None:
    for who in ("amei", "lily"):
        club.was_there(who, 2)
    club.operates("grant", first=SUNDAY, why="系统故障")
    club.runs("makeups.amnesty")
    amei, lily = club.member("amei"), club.member("lily")
    merged = club.store.do(lambda uow: join(uow, amei, lily))
    [given] = kept(club, merged.stayed)
    assert (given["day"], given["points"]) == (SUNDAY, 10)
