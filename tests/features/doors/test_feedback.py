"""How it was: asked once, said once or anew, and heard of by other rooms."""

from datetime import timedelta

from bot.commons.salons import State
from bot.kernel.events import FeedbackGiven
from tests.kit.salons import Street, until


def test_who_came_is_told_of_once_when_nothing_can_be_undone(street: Street) -> None:
    street.writes()
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.arrives("amei")
    street.arrives("bea")
    street.arrives("bea", action="not-came")
    until(street, minutes=0)
    street.outgoing.clear()
    street.waits(hours=3, minutes=59)
    assert street.attended() == []
    street.waits(minutes=1)
    street.waits(minutes=1)
    [one] = street.attended()
    assert (one.member, one.at) == (street.member("amei"), street.place("amei").came_at)
    assert street.salon().state is State.OVER
    [letter] = street.letters()
    assert "评价 101 5" in letter
    assert "bot.example/m/doors/feedback?salon=101" in letter
    assert street.arrives("cai").startswith("✗ 没有记")


def test_how_it_was_is_kept_once_and_shown_with_the_number_of_voices(street: Street) -> None:
    street.writes()
    for who in ("amei", "bea", "cai"):
        street.says(who, "报名 101")
    street.arrives("amei")
    street.arrives("bea")
    street.store.clock.at = street.salon().starts_at + timedelta(hours=5)
    street.waits()
    assert "5 分记下了" in street.says("amei", "评价 101 5，很喜欢！")[0]
    assert "4 分记下了" in street.says("amei", "评价 4")[0]
    assert "5 分记下了" in street.says("bea", "評價 101 五星")[0]
    assert "只请到场的人" in street.says("cai", "评价 101 5")[0]
    assert "1 到 5 分" in street.says("bea", "评价 101 9")[0]
    assert "评分 4.5（2 人）" in street.page()
    voices = [street.member("amei"), street.member("bea")]
    assert [one for one in street.events if isinstance(one, FeedbackGiven)] == [
        FeedbackGiven(her, f"salons:1:{her}") for her in voices
    ]


def test_how_it_was_by_a_form(street: Street) -> None:
    street.writes()
    street.says("amei", "报名 101")
    street.arrives("amei")
    street.store.clock.at = street.salon().ends_at + timedelta(hours=3)
    street.waits()
    form = {"salon": "101", "stars": "5", "said": "喜欢"}
    assert "5 分记下了" in street.sends_form("amei", "rate", form)
    assert "1 到 5 分" in street.sends_form("amei", "rate", form | {"stars": "6"})
    assert "你给了 5 分" in street.member_page("amei")
    assert 'value="5" required checked' in street.member_page("amei", "feedback", salon="101")
    assert "等你来过活动" in street.member_page("bea", "feedback")
