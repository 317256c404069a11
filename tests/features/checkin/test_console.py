import csv

import pytest

from bot.commons import members
from bot.commons.checkins.rules import CheckinSettings
from bot.features import checkin
from bot.kernel.community import Community
from bot.kernel.ids import MemberId
from tests.kit.rooms import Store
from tests.kit.talk import CHANNEL, Talk


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [checkin.feature], Community("拾光衣橱"), CheckinSettings())


def page(talk: Talk, **query: str) -> str:
    own = checkin.feature.pages[0]
    shown = talk.store.do(lambda uow: own.load(uow, talk.tools, query))
    return talk.words(own.template, **shown)


def test_the_page_lists_who_came_today(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "阿美"))

    shown = page(talk)

    assert "<strong>1</strong> 人在 2026-08-24 打卡，2026-08-23 有 0 人" in shown
    assert 'value="https://bot.example/m/checkin/mine"' in shown
    assert "<td>12:00:00</td><td><bdi>阿美</bdi></td><td>1 天</td>" in shown


def test_the_page_shows_any_other_day_and_today_for_nonsense(talk: Talk) -> None:
    talk.says("amei", "打卡")

    assert "这一天没有人打卡" in page(talk, day="2026-08-23")
    for nonsense in ("-1", "9" * 25, "9" * 5000):
        assert "人在 2026-08-24 打卡" in page(talk, day="<script>", page=nonsense)
    assert "人在 0001-01-02 打卡" in page(talk, day="0001-01-01")


def test_a_name_can_not_become_markup_or_a_formula(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.do(lambda uow: members.name_identity(uow, CHANNEL, "amei", "=1+1<b>"))
    own = checkin.feature.pages[0]

    sheet = talk.store.do(lambda uow: str(own.load(uow, talk.tools, {})["csv"]))

    assert "<b>" not in page(talk)
    assert next(iter(csv.DictReader(sheet.splitlines())))["name"] == "'=1+1<b>"


def test_a_long_day_has_pages(talk: Talk) -> None:
    for number in range(201):
        talk.says(f"m{number}", "打卡")

    assert "下一页" in page(talk)
    assert "上一页" in page(talk, page="2")
    assert "下一页" not in page(talk, page="2")


def test_the_figure_for_the_metrics(talk: Talk) -> None:
    talk.says("amei", "打卡")
    (figure,) = checkin.feature.metrics

    assert talk.store.do(figure.read) == 1.0


def test_a_member_takes_her_check_ins_with_her(talk: Talk) -> None:
    talk.says("amei", "打卡")
    own = checkin.feature.personal[0]
    amei: MemberId = talk.member("amei")

    exported = talk.store.do(lambda uow: own.export(uow, amei))
    talk.store.do(lambda uow: own.erase(uow, amei))

    assert exported == [{"day": "2026-08-24", "at": "2026-08-24T04:00:00+00:00"}]
    assert talk.store.count("checkins") == talk.store.count("streaks") == 0
