"""The page of the roster: a week, who is on duty, absences, words of the day."""

import pytest

from bot.commons import accounts, duty
from bot.features import roster
from bot.features.roster.console import NotHers
from bot.kernel.community import Advisors
from bot.kernel.desk import Role
from bot.kernel.work import Statement
from tests.kit.roster import Floor, moment

SICK = {"advisor": "lisi", "kind": "sick", "first": "2026-08-24", "last": "2026-08-25"}


def audited(floor: Floor) -> list[str]:
    return [
        f"{who} {what} {why}"
        for who, what, why in floor.store.do(
            lambda uow: uow.run(Statement("SELECT who, what, why FROM audit ORDER BY id"))
        )
    ]


def test_the_page_shows_a_week_with_today_and_what_is_not_covered(floor: Floor) -> None:
    floor.at("2026-08-25T11:00")
    page = floor.console()

    assert "08-24 到 08-30" in page
    assert page.count('aria-current="date"') == 1
    assert "13:30–18:00" in page
    assert "有营业却没人的时段" not in page


def test_gaps_are_told_from_now_on_and_red(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.operates("absent", **SICK | {"advisor": "wangwu", "till": "20:00"})

    [gap] = [cell.bars for cell in floor.week().gaps if cell.bars]
    assert [bar.words for bar in gap] == ["18:00–20:00"]
    assert "有营业却没人的时段" in floor.console()
    floor.at("2026-08-25T20:00")
    assert "有营业却没人的时段" not in floor.console()


def test_another_week_is_shown_and_an_odd_one_is_this_week(floor: Floor) -> None:
    floor.at("2026-08-25T11:00")

    assert "08-31 到 09-06" in floor.console(week="2026-09-02")
    for odd in ("9999-12-31", "0001-01-01", "yesterday"):
        assert "08-24 到 08-30" in floor.console(week=odd)


def test_holidays_and_made_up_days_are_marked(floor: Floor) -> None:
    floor.at("2026-10-05T11:00")

    page = floor.console()
    assert "节假日" in page
    assert "调休上班" in page


def test_a_year_whose_made_up_days_are_not_known_is_said(floor: Floor) -> None:
    floor.at("2026-12-29T11:00")

    assert "2027 年哪几个周末" in floor.console()


def test_an_absence_is_shown_before_it_is_entered_with_what_it_means(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.cases |= {"lisi": 2}

    page = floor.console(draft="1", **SICK)
    assert "她手上有 2 个没结的，登记以后重新派，先给替班 <bdi>王顾问</bdi>" in page
    assert "确定登记" in page
    assert floor.store.count("duty_absences") == 0


def test_what_nobody_covers_then_is_told_before(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")

    page = floor.console(draft="1", **SICK | {"advisor": "wangwu"})
    assert "这些时段会没有人：08-25 18:00–21:30" in page


def test_a_gap_that_was_there_anyway_is_no_reason_against_an_absence(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.operates("absent", **SICK | {"advisor": "wangwu"})

    page = floor.console(draft="1", **SICK | {"advisor": "zhao", "first": "2026-08-25"})
    assert "确定登记" in page
    assert "这些时段会没有人" not in page


def test_an_absence_is_entered_once_shown_and_ended(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")

    assert "08-24 00:00 到 08-26 00:00" in floor.operates("absent", **SICK, why="发烧")
    assert "已经登记过" in floor.operates("absent", **SICK)
    assert "病假" in floor.console()
    assert floor.on_duty()["lisi"] == "absent"
    [absence] = floor.store.do(lambda uow: duty.absences(uow, floor.clock.now()))
    assert "已经结束" in floor.operates("back", absence=str(absence.id))
    assert floor.operates("back", absence=str(absence.id)).startswith("✗")
    assert floor.on_duty()["lisi"] == ""
    assert [line.split()[:2] for line in audited(floor)] == [
        ["lin", "roster.absent"],
        ["lin", "roster.back"],
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"advisor": "nobody"}, "没有这位顾问"),
        ({"kind": "party"}, "请选请假的种类"),
        ({"first": "soon"}, "请写从哪天到哪天"),
        ({"last": "9999-12-31"}, "请写从哪天到哪天"),
        ({"from": "9 o'clock"}, "时间写成"),
        ({"last": "2026-08-23"}, "结束要在开始之后"),
        ({"first": "2026-08-20", "last": "2026-08-21"}, "已经过去了"),
        ({"last": "2028-08-23"}, "最多登记一年"),
    ],
)
def test_a_form_that_is_wrong_changes_nothing(
    floor: Floor, changed: dict[str, str], words: str
) -> None:
    floor.at("2026-08-24T11:00")

    assert words in floor.operates("absent", **SICK | changed)
    assert words in floor.console(draft="1", **SICK | changed)
    assert floor.store.count("duty_absences") == 0


def test_half_a_day_is_an_absence_too(floor: Floor) -> None:
    floor.at("2026-08-24T09:00")
    times = {"from": "10:30", "till": "14:00", "last": "2026-08-24"}

    floor.operates("absent", **SICK | times)

    [absence] = floor.store.do(lambda uow: duty.absences(uow, floor.clock.now()))
    assert absence.since == moment("2026-08-24T10:30")
    assert absence.until == moment("2026-08-24T14:00")


def test_a_word_for_today_is_taken(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")

    assert "暂离" in floor.operates("say", advisor="lisi", duty="away")
    assert floor.on_duty()["lisi"] == "away"
    assert "✗" in floor.operates("say", advisor="lisi", duty="asleep")
    assert "✗" in floor.operates("say", advisor="nobody", duty="on")
    floor.at("2026-08-24T22:00")
    assert "店还没开" in floor.operates("say", advisor="lisi", duty="on")
    assert audited(floor)[0] == "lin roster.said_away lisi"


def test_an_advisor_changes_what_is_hers_and_nothing_else(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.store.do(lambda uow: accounts.grant(uow, "LiSi", Role.ADVISOR, who="lin", why="test"))
    who = accounts.colleague_name("lisi")
    [page] = roster.feature.pages

    assert page.advisors
    act = page.actions["say"]
    floor.store.do(lambda uow: act(uow, floor.tools, {"advisor": "lisi", "duty": "off"}, who))
    with pytest.raises(NotHers):
        floor.store.do(lambda uow: act(uow, floor.tools, {"advisor": "zhao", "duty": "off"}, who))


def test_without_advisors_the_page_says_where_they_are_written(floor: Floor) -> None:
    floor.tools.add(Advisors, Advisors())

    assert "还没有顾问" in floor.console()


def test_mistakes_of_the_file_are_on_the_page(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.write('[[advisor]]\nuserid = "nobody"')
    assert "没错的部分照常生效" in floor.console()

    floor.write('[hours]\ndaily = ["9"]')
    assert "照上一次没错的内容走" in floor.console()
    assert "第 2 行" in floor.console()


def test_when_nobody_is_there_the_page_says_so_and_names_the_phone(floor: Floor) -> None:
    floor.at("2026-08-24T23:00")
    assert "还没写值班电话" in floor.console()

    floor.write('phone = "021-5555"')
    assert "021-5555" in floor.console()


def test_absences_of_long_ago_are_forgotten(floor: Floor) -> None:
    floor.at("2026-08-24T11:00")
    floor.operates("absent", **SICK)

    floor.at("2027-09-29T11:00")
    floor.runs("roster.forget")
    assert floor.store.count("duty_absences") == 1
    floor.at("2027-10-02T11:00")
    floor.runs("roster.forget")
    assert floor.store.count("duty_absences") == 0


def test_the_figure_follows_the_clock(floor: Floor) -> None:
    [metric] = roster.feature.metrics
    floor.at("2026-08-24T11:00")
    floor.runs("roster.watch")
    assert floor.store.do(metric.read) == 3

    floor.at("2026-08-24T12:00")
    floor.runs("roster.watch")
    assert floor.store.do(metric.read) == 0
