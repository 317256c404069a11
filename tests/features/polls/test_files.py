"""Polls come from files; what was voted on stands still."""

import pytest

from bot.kernel.work import Statement
from tests.features.polls.conftest import ENDS, STYLES, Village

_NOTICES = Statement("SELECT text FROM notices ORDER BY id")


def notices(village: Village) -> list[str]:
    return [str(row[0]) for row in village.store.do(lambda uow: uow.run(_NOTICES))]


def test_before_the_first_ballot_a_poll_follows_its_file(village: Village) -> None:
    village.writes()
    village.writes(STYLES.replace("学院", "户外") + ENDS + "max_choices = 2\n")
    poll = village.poll()
    assert [option.text for option in poll.options] == ["新中式", "美拉德", "户外", "极简"]
    assert poll.max_choices == 2


def test_from_the_first_ballot_on_the_options_stand_still(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 3")
    later = ENDS.replace("25T22", "26T22")
    village.writes(STYLES.replace("学院", "户外") + later, body="改过的说明")
    poll = village.poll()
    assert [option.text for option in poll.options][2] == "学院"
    assert poll.words == "改过的说明"
    assert poll.closes_at is not None
    assert poll.closes_at.day == 26
    [told] = notices(village)
    assert "没有采用" in told
    village.runs("polls.files")
    assert len(notices(village)) == 1


def test_a_correction_of_the_words_alone_alarms_nobody(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 3")
    village.writes(body="改过的说明")
    assert notices(village) == []


def test_a_poll_goes_with_its_file_and_comes_back(village: Village) -> None:
    village.writes()
    file = village.desk.content / "polls" / "a.md"
    words = file.read_text("utf-8")
    file.unlink()
    village.runs("polls.files")
    assert village.says("amei", "投票")[0].startswith("现在没有")
    file.write_text(words, "utf-8")
    village.runs("polls.files")
    assert village.says("amei", "投票 2")[0].startswith("投好了")


def test_a_file_with_a_mistake_takes_no_poll_away(village: Village) -> None:
    village.writes()
    village.desk.write("polls/a.md", "+++\noptions = [\n+++\n")
    village.runs("polls.files")
    assert village.says("amei", "投票 2")[0].startswith("投好了")


def test_a_poll_with_ballots_outlives_its_file(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 2")
    (village.desk.content / "polls" / "a.md").unlink()
    village.runs("polls.files")
    assert village.says("bea", "投票 1")[0].startswith("投好了")
    assert "文件" in notices(village)[0]


def test_a_counted_poll_does_not_change(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 2")
    village.waits(hours=35)
    before = village.poll()
    village.writes(STYLES.replace("进什么", "要什么") + ENDS.replace("25T22", "29T22"))
    assert village.poll() == before


def test_an_instant_without_a_zone_is_the_communitys(village: Village) -> None:
    village.writes(STYLES + "closes_at = 2026-08-25T22:00:00\n")
    closes_at = village.poll().closes_at
    assert closes_at is not None
    assert closes_at.isoformat() == "2026-08-25T14:00:00+00:00"


@pytest.mark.parametrize(
    "written",
    [
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59"),
        *("2027-02-29T10:00:00", "nan", "-1", "99999999999999999999999", "inf", "[]", "2026-08-25"),
    ],
)
def test_an_end_that_never_comes_is_a_mistake_in_its_line(village: Village, written: str) -> None:
    village.writes(STYLES + f"closes_at = {written}\n")
    assert village.desk.broken()
    assert village.store.count("polls") == 0


def test_a_poll_whose_file_names_no_beginning_any_more_has_begun(village: Village) -> None:
    village.writes(STYLES + "opens_at = 2026-08-25T09:00:00+08:00\n")
    village.writes(STYLES)
    (shown,) = village.says("amei", "投票")
    assert "选 1 个，随时可以改。" in shown
    assert "结果在结束后公布" in shown
