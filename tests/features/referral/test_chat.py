"""邀请 and 邀请码: what is said, what is taken, what is refused and why."""

import pytest

from bot.commons import members
from bot.commons.content import rewards_sharing
from bot.commons.profiles import Profile, keep_profile
from bot.features.referral.rules import State
from bot.kernel.community import Tiers
from tests.features.referral.conftest import Village
from tests.kit.talk import FEATURES


def test_a_member_gets_one_code_and_reads_that_sharing_brings_nothing(village: Village) -> None:
    [said] = village.says("amei", "邀请")
    assert f"你的邀请码：{village.code('amei')}" in said
    assert "两边各得“50 元券”" in said
    assert "有 3 位朋友这样下过单，再得“延保一年”" in said
    assert "光转发、光分享，什么也不给" in said
    assert village.says("amei", "我的邀请碼") == [said]
    assert village.store.count("referral_codes") == 1


def test_a_code_is_named_and_brings_nothing_yet(village: Village) -> None:
    assert "记下了，是朋友介绍你来的" in village.names("lily", "amei")
    assert village.state("lily") is State.WAITING
    village.waits(days=30)
    assert village.coupons("lily") == village.coupons("amei") == []
    assert "已经记过了" in village.names("lily", "amei")
    assert "1 位还没下单" in village.says("amei", "邀请")[0]


@pytest.mark.parametrize("form", ["邀请码{}", "邀請碼　{}", "邀请码 {}！", "＠小拾 邀请码　{}"])
def test_a_code_is_understood_as_it_is_typed(village: Village, form: str) -> None:
    code = village.code("amei").replace("-", " - ").lower()
    assert "记下了" in village.says("lily", form.format(code))[0]


@pytest.mark.parametrize("said", ["ABC", "3AC-F7H-KMP", "-1", "9" * 400, "1.5", "'; DROP"])
def test_a_code_that_is_none_is_said_so_and_kept_nowhere(village: Village, said: str) -> None:
    assert "没有这个邀请码" in village.says("lily", f"邀请码 {said}")[0]
    assert village.store.count("referral_refusals") == 0


def test_herself_is_refused(village: Village) -> None:
    assert "你自己的邀请码" in village.names("amei", "amei")


def test_a_loop_is_refused_however_long(village: Village) -> None:
    village.names("b", "a")
    village.names("c", "b")
    village.names("d", "c")
    assert "不能再反过来" in village.names("a", "d")
    assert "不能再反过来" in village.names("a", "b")
    assert village.store.count("referrals") == 3


def test_a_second_referrer_is_refused_and_the_first_stays(village: Village) -> None:
    village.names("lily", "amei")
    assert "已经填过一个" in village.names("lily", "rosa")
    assert village.referral("lily").referrer == village.member("amei")


def test_who_has_ordered_is_no_new_friend(village: Village) -> None:
    village.order("lily", "old", back=30_000)
    village.store.clock.tick(days=1)
    assert "老朋友" in village.names("lily", "amei")


def test_who_has_a_tier_is_no_new_friend(village: Village) -> None:
    her = village.member("lily")
    tiers = Tiers(("时光挚友", "访客"))
    with village.store.unit() as uow:
        members.set_tier(uow, her, "时光挚友", tiers=tiers, reason="老客", who="lin")
    assert "老朋友" in village.names("lily", "amei")


def test_who_has_been_here_for_long_is_no_new_friend(village: Village) -> None:
    village.member("lily")
    village.store.clock.tick(days=31)
    assert "老朋友" in village.names("lily", "amei")
    village.store.clock.tick(days=-2)
    village.member("rosa")
    assert "记下了" in village.names("rosa", "amei")


@pytest.mark.parametrize("profile", [Profile(phone="13800000000"), Profile(unionid="u1")])
def test_the_same_phone_or_unionid_is_the_same_person(village: Village, profile: Profile) -> None:
    for who in ("amei", "lily"):
        her = village.member(who)
        with village.store.unit() as uow:
            keep_profile(uow, her, profile)
    assert "你自己另一个账号" in village.names("lily", "amei")


def test_an_order_before_the_code_that_is_told_later_makes_it_void(village: Village) -> None:
    village.names("lily", "amei")
    village.order("lily", "late", at=village.clock.now().replace(hour=1))
    assert village.state("lily") is State.REFUSED
    village.buys("lily")
    assert village.coupons("amei") == []


def test_in_a_group_codes_and_reasons_stay_private(village: Village) -> None:
    code = village.code("amei")
    assert village.says("amei", "邀请", group="vip-1") == [
        "邀请码是你自己的，私下发“邀请”就能看到。"
    ]
    [said] = village.says("amei", f"邀请码 {code}", group="vip-1")
    assert said == "这个邀请码现在不能用，私下问我为什么。"
    assert village.says("lily", f"邀请码 {code}", group="vip-1") == ["记下了。"]


def test_without_terms_nothing_is_on(village: Village) -> None:
    code = village.code("amei")
    (village.desk.content / "referral.toml").unlink()
    village.look()
    assert village.says("amei", "邀请") == ["现在没有邀请活动。"]
    assert village.says("lily", f"邀请码 {code}") == ["现在没有邀请活动。"]
    assert "现在没有邀请活动" in village.member_page("amei")
    assert "没有 content/referral.toml" in village.page()


def test_who_opens_the_page_before_she_asked_gets_a_code_by_a_button(village: Village) -> None:
    asked = village.member_page("lily")
    assert "要一个邀请码" in asked
    assert "/files/1" not in asked

    told = village.asks_for_code("lily")
    code = village.code("lily")
    assert told == f"这是你的邀请码：{code}。"
    assert code in village.member_page("lily")


def test_the_page_shows_the_code_and_a_friend_s_page_takes_it(village: Village) -> None:
    code = village.code("amei")
    page = village.member_page("amei")
    assert code in page
    assert f"/m/referral/welcome?code={code}" in page
    assert f"用邀请码 {code}" in village.member_page("lily", "welcome", code=code)
    assert "你自己的邀请码" in village.member_page("amei", "welcome", code=code)
    assert "没有这个邀请码" in village.member_page("lily", "welcome", code="<script>")
    assert "记下了" in village.sends_form("lily", code)
    assert village.state("lily") is State.WAITING


def test_no_word_of_the_room_itself_rewards_sharing(village: Village) -> None:
    said = [
        *village.says("amei", "邀请"),
        village.names("lily", "amei"),
        village.member_page("amei"),
    ]
    folder = FEATURES / "referral" / "templates"
    for text in [*said, *(file.read_text("utf-8") for file in folder.glob("*.txt.j2"))]:
        assert rewards_sharing(text) is None
