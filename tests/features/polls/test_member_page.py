"""A vote by two taps, for members whom no chat with the bot reaches."""

from bot.features import polls
from bot.kernel.privacy import PersonalData
from tests.features.polls.conftest import ENDS, STYLES, Village


def test_the_page_shows_what_can_be_voted_on(village: Village) -> None:
    village.writes()
    shown = village.member_page("amei")
    assert 'type="radio" name="choice" value="2" required' in shown
    assert "已有 0 人投票" in shown
    assert "0 票" not in shown


def test_a_form_votes_and_shows_her_choice_again(village: Village) -> None:
    village.writes()
    assert village.sends_form("amei", {"poll": "1", "choice": "2"}).startswith("投好了：美拉德")
    assert 'value="2" required checked' in village.member_page("amei")
    assert "checked" not in village.member_page("bea")


def test_several_are_ticked_where_several_may_be(village: Village) -> None:
    village.writes(STYLES + ENDS + "max_choices = 2\n")
    form = {"poll": "1", "choice-1": "1", "choice-4": "1"}
    assert village.sends_form("amei", form).startswith("投好了：新中式、极简")
    assert "最多选 2 个" in village.sends_form("amei", form | {"choice-2": "1"})


def test_nothing_ticked_is_said(village: Village) -> None:
    village.writes()
    assert "这次没有计入" in village.sends_form("amei", {"poll": "1"})
    assert "没有编号" in village.sends_form("amei", {"poll": "x", "choice": "1"})


def test_one_ballot_for_one_member_by_chat_and_by_page(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 1")
    assert village.sends_form("amei", {"poll": "1", "choice": "2"}).startswith("改好了")
    assert village.counts() == [0, 1, 0, 0]


def test_the_result_is_shown_with_bars(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 2")
    village.waits(hours=35)
    shown = village.member_page("bea", poll="101")
    assert '<li class="winner"><span>美拉德 <strong>胜出</strong></span>' in shown
    assert "共 1 人投票" in shown
    assert 'href="/m/polls/vote/files/1"' in shown
    assert "没有这个投票" in village.member_page("bea", poll="999")


def test_her_ballots_leave_with_her_and_the_result_stays(village: Village) -> None:
    village.writes()
    village.says("amei", "投票 2")
    village.says("bea", "投票 2")
    amei = village.member("amei")
    [data] = polls.feature.personal
    assert isinstance(data, PersonalData)
    assert village.store.do(lambda uow: data.export(uow, amei))[0]["choices"] == "2"
    village.store.do(lambda uow: data.erase(uow, amei))
    assert village.counts() == [0, 1, 0, 0]
    village.waits(hours=35)
    bea = village.member("bea")
    village.store.do(lambda uow: data.erase(uow, bea))
    outcome = village.poll().outcome
    assert outcome is not None
    assert outcome.counts == (0, 1, 0, 0)


def test_two_members_who_are_one_have_one_ballot(village: Village) -> None:
    village.writes(STYLES + ENDS + "points = 5\n")
    for who, choice in (("amei", 1), ("bea", 2)):
        village.has(who, 5)
        village.says(who, f"投票 {choice}")
        village.store.clock.tick(minutes=1)
    amei, bea = village.member("amei"), village.member("bea")
    [data] = polls.feature.personal
    [mover] = data.movers
    moved = village.store.do(lambda uow: mover.move(uow, bea, amei))
    assert village.counts() == [0, 1, 0, 0]
    assert village.store.do(lambda uow: data.export(uow, amei))[0]["paid_points"] == 10
    village.store.do(lambda uow: mover.back(uow, bea, amei, moved))
    assert village.counts() == [1, 1, 0, 0]


def test_the_result_is_a_picture_and_before_the_end_there_is_none(village: Village) -> None:
    [page], bea = polls.feature.member_pages, village.member("bea")
    [desk] = polls.feature.pages
    give, give_desk = page.files, desk.files
    assert give is not None
    assert give_desk is not None
    village.writes()
    village.says("amei", "投票 2")
    assert village.store.do(lambda uow: give(uow, village.tools, bea, 1)) is None
    assert village.store.do(lambda uow: give(uow, village.tools, bea, 9)) is None
    village.waits(hours=35)
    for found in (
        village.store.do(lambda uow: give(uow, village.tools, bea, 1)),
        village.store.do(lambda uow: give_desk(uow, village.tools, 1)),
    ):
        assert found is not None
        with found.open() as file:
            assert file.read(8) == b"\x89PNG\r\n\x1a\n"
