"""What operators see of invitations, and what they say to people."""

import pytest

from bot.features import invitations
from tests.kit.salons import COATS, Street


def say(street: Street, words: str, *, salon: str = "101", key: str = "k") -> str:
    return street.operates("invitations", "say", salon=salon, words=words, key=key)


def test_an_empty_page_says_so(street: Street) -> None:
    assert "还没有沙龙" in street.page("invitations")


def test_whom_it_invites_what_will_be_said_and_what_was(street: Street) -> None:
    street.tier("amei", "时光挚友")
    street.writes(COATS + 'invite_first = "tier:时光挚友"\ninvite = "all"\n')
    assert "<br>所有人：先请的最后一封发出 24 小时以后" in street.page("invitations")
    street.runs("invitations.invite")
    say(street, "<b>带伞")
    shown = street.page("invitations", salon="101")
    assert "先请的人请完了</span> 请了 1 人<br>先请 时光挚友" in shown
    assert "<br>所有人：8 月 25 日（周二）12:00 起" in shown
    assert "8 月 28 日（周五）14:00、8 月 30 日（周日）14:00、8 月 31 日（周一）13:30" in shown
    assert "&lt;b&gt;带伞" in shown
    assert "没有这个沙龙" in street.page("invitations", salon="999")


def test_those_with_a_place_are_told_once(street: Street) -> None:
    street.writes(COATS + "capacity = 1\n")
    street.says("amei", "报名 101")
    street.says("bea", "报名 101")
    for _ in range(2):
        say(street, "请带一件旧大衣", key="k1")
    assert street.store.audited() == [("lin", "salons.said")]
    assert [street.store.do(each.read) for each in invitations.feature.metrics] == [1]
    street.waits()
    [letter] = street.letters()
    assert "请带一件旧大衣" in letter


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (" ", "请写要说的话，最多 500 个字"),
        ("长" * 501, "请写要说的话，最多 500 个字"),
        ("转发朋友圈送积分", "奖励分享"),
    ],
)
def test_what_cannot_be_said_is_not(street: Street, words: str, said: str) -> None:
    street.writes()
    answer = say(street, words)
    assert answer.startswith("✗ 没有发")
    assert said in answer
    assert street.store.count("salon_rounds") == 0


@pytest.mark.parametrize("salon", ["", "0", "107", "一", "1.0"])
def test_nobody_is_told_of_a_salon_that_is_not_there(street: Street, salon: str) -> None:
    assert say(street, "来", salon=salon).startswith("✗ 没有发：没有这个沙龙")
