"""A poster of the days in a row: by chat in a 1:1 only, and on the page."""

from bot.commons.pictures import StreakPoster, drawing_json
from bot.features import checkin
from bot.kernel.capability import Doors
from bot.kernel.work import Statement
from tests.kit.club import DAY, Club


def drawings(club: Club) -> list[object]:
    rows = club.store.do(lambda uow: uow.run(Statement("SELECT drawing FROM pictures")))
    return [drawing_json.validate_json(str(row[0])) for row in rows]


def test_it_follows_in_a_private_chat(club: Club) -> None:
    club.was_there("amei", 2, 1, 0)
    assert club.says("amei", "我的海报") == ["已连续 3 天！海报画好就发给你，长按可以保存。"]
    [poster] = drawings(club)
    assert isinstance(poster, StreakPoster)
    assert (poster.days, poster.brand, poster.words) == (3, "拾光衣橱", "这是到现在最长的一次")


def test_never_in_a_group(club: Club) -> None:
    club.was_there("amei", 1, 0)
    assert club.says("amei", "我的海报", group="g") == ["海报请私聊我发“我的海报”。"]
    assert club.store.count("pictures") == 0


def test_without_days_in_a_row_there_is_none(club: Club) -> None:
    club.was_there("amei", 3)
    assert club.says("amei", "我的海报")[0].startswith("今天打个卡")
    assert "存连续打卡海报" not in club.page("amei")


def test_where_no_picture_can_go_there_is_a_link(club: Club) -> None:
    club.tools.add(Doors, Doors({}))
    club.was_there("amei", 0)
    assert "https://bot.example/m/checkin/mine/" in club.says("amei", "我的海报")[0]


def test_the_page_keeps_it(club: Club) -> None:
    club.was_there("amei", 1, 0)
    assert 'src="/m/here/files/1"' in club.page("amei")
    [page], her = checkin.feature.member_pages, club.member("amei")
    assert page.files is not None
    give = page.files
    told = club.store.do(lambda uow: give(uow, club.tools, her, 1))
    assert told is not None
    with told.open() as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_it_is_offered_at_milestones_only(club: Club) -> None:
    club.was_there("amei", 7, 6, 5, 4, 3, 2)
    assert "我的海报" not in club.says("amei", "我的打卡")[0]
    assert "发“我的海报”" in club.says("amei", "打卡", at=club.clock.now() - DAY)[0]
    assert "我的海报" not in club.says("amei", "打卡")[0]
