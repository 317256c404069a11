"""A member's page: the month as a calendar, the streak as it stands today, one tap for today."""

import re

import pytest

from bot.commons.checkins.rules import CheckinSettings
from bot.commons.checkins.service import AlreadyCheckedIn
from bot.features import checkin
from bot.kernel.community import Community
from tests.kit.rooms import Store
from tests.kit.talk import Talk

(PAGE,) = checkin.feature.member_pages


@pytest.fixture
def talk(store: Store) -> Talk:
    return Talk(store, [checkin.feature], Community("拾光衣橱"), CheckinSettings())


def shown(talk: Talk, **query: str) -> str:
    member = talk.member("amei")
    data = talk.store.do(lambda uow: PAGE.load(uow, talk.tools, member, query))
    return talk.words(PAGE.template, csrf_field="", here="/m/checkin/mine", told=False, **data)


def tap(talk: Talk) -> str:
    member = talk.member("amei")
    reply = talk.store.do(lambda uow: PAGE.acts["check-in"](uow, talk.tools, member, {}))
    return talk.words(reply.template, **reply.data)


def figures(page: str) -> list[str]:
    """Return the streak, the points, all days and the longest streak."""
    return re.findall(r"<dd>(\d+)", page)


def marks(page: str) -> dict[str, str]:
    """Return how days of the month are marked."""
    return dict(re.findall(r'<time datetime="([\d-]+)" class="([a-z-]+)"', page))


def test_the_month_tells_each_day_and_today_can_be_tapped_once(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.clock.tick(days=1)
    page = shown(talk)
    days = marks(page)
    assert (len(days), days["2026-08-23"], days["2026-08-24"]) == (31, "past", "done")
    assert (days["2026-08-25"], days["2026-08-26"]) == ("today", "to-come")
    assert (figures(page), ">打卡</button>" in page) == (["1", "5", "1", "1"], True)

    assert tap(talk).startswith("打卡成功！已连续 2 天")
    page = shown(talk)
    assert marks(page)["2026-08-25"] == "done"
    assert (figures(page), "disabled>今天已打卡</button>" in page) == (["2", "10", "2", "2"], True)
    with pytest.raises(AlreadyCheckedIn):
        tap(talk)
    assert talk.store.count("checkins") == 2


def test_a_day_missed_ends_the_streak_on_the_page_too(talk: Talk) -> None:
    talk.says("amei", "打卡")
    talk.store.clock.tick(days=2)

    assert figures(shown(talk)) == ["0", "5", "1", "1"]


def test_other_months_are_a_step_away_and_never_those_to_come(talk: Talk) -> None:
    talk.says("amei", "打卡")
    now, before = shown(talk), shown(talk, month="2026-07")
    assert ("?month=2026-07" in now, "下个月" in now) == (True, False)
    assert ("?month=2026-08" in before, set(marks(before).values())) == (True, {"past"})
    for strange in ("2026-09", "2026-13", "x", "9" * 40):
        assert marks(shown(talk, month=strange)) == marks(now)
