"""Tier and tags of a member: what she has, who gave it, when and why."""

import pytest

from bot.commons import members
from bot.kernel.community import Tiers
from bot.kernel.events import TierChanged
from bot.kernel.ids import ChannelName, MemberId
from bot.kernel.work import UnitOfWork
from tests.kit.rooms import NOON, Store

SIMULATOR = ChannelName("simulator")
TIERS = Tiers(("时光挚友", "观察"))


def somebody(uow: UnitOfWork, name: str = "amei") -> MemberId:
    return members.resolve(uow, SIMULATOR, name, NOON)


def give(uow: UnitOfWork, member: MemberId, tier: str, reason: str = "老客") -> bool:
    return members.set_tier(uow, member, tier, reason=reason, who="wang", tiers=TIERS)


def test_a_new_member_has_no_tier(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        assert members.tier_of(uow, somebody(uow)) == ""
        assert members.tier_history(uow, somebody(uow)) == []


def test_a_tier_is_told_once_and_remembers_who_and_why(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei = somebody(uow)
        assert give(uow, amei, "观察")
        assert not give(uow, amei, "观察", "again")
        assert give(uow, amei, "时光挚友", " 生日\n见过 ")

        assert members.tier_of(uow, amei) == "时光挚友"
        latest, first = members.tier_history(uow, amei)
        assert (latest.before, latest.tier, latest.reason) == ("观察", "时光挚友", "生日 见过")
        assert (first.who, first.at) == ("wang", NOON)
        assert uow.events == [TierChanged(amei, "", "观察"), TierChanged(amei, "观察", "时光挚友")]


def test_undoing_is_setting_back_and_is_remembered_too(store: Store) -> None:
    with store.unit() as uow:
        amei = somebody(uow)
        give(uow, amei, "观察")
        give(uow, amei, "", "点错了")

        assert members.tier_of(uow, amei) == ""
        assert [one.tier for one in members.tier_history(uow, amei)] == ["", "观察"]


def test_a_tier_that_is_not_configured_is_refused_with_the_list(store: Store) -> None:
    with store.unit() as uow, pytest.raises(members.UnknownTier) as refused:
        give(uow, somebody(uow), "黑金")
    assert refused.value.words["tiers"] == ["时光挚友", "观察"]


def test_a_tier_needs_a_reason_and_a_member(store: Store) -> None:
    with store.unit() as uow:
        with pytest.raises(members.NoReason):
            give(uow, somebody(uow), "观察", " \n")
        with pytest.raises(members.NoSuchMember):
            give(uow, MemberId(9999), "观察")


def test_members_of_a_tier_come_in_bites_and_only_with_what_they_have_now(
    store_on_both: Store,
) -> None:
    with store_on_both.unit() as uow:
        who = [somebody(uow, f"m{number}") for number in range(5)]
        for member in who:
            give(uow, member, "观察")
        give(uow, who[1], "时光挚友")

        first = members.members_with_tier(uow, "观察", most=2)
        rest = members.members_with_tier(uow, "观察", after=first[-1], most=9)

        assert [*first, *rest] == [who[0], *who[2:]]


def test_a_tag_is_given_once_and_taken_back(store_on_both: Store) -> None:
    with store_on_both.unit() as uow:
        amei = somebody(uow)
        assert members.tag(uow, amei, " 通勤 ", who="wang")
        assert not members.tag(uow, amei, "通勤", who="li")
        members.tag(uow, amei, "新中式", who="li")

        assert members.tags_of(uow, amei) == ["新中式", "通勤"]
        assert members.members_with_tag(uow, "通勤") == [amei]
        assert members.all_tags(uow) == [("新中式", 1), ("通勤", 1)]
        assert members.untag(uow, amei, "通勤", who="wang")
        assert not members.untag(uow, amei, "通勤", who="wang")
        assert members.tags_of(uow, amei) == ["新中式"]
    tagged, untagged = "members.tagged", "members.untagged"
    assert store_on_both.audited() == [("wang", tagged), ("li", tagged), ("wang", untagged)]


@pytest.mark.parametrize("bad", ["", "  ", "a|b", "长" * 31, "a\u202eb", "a\x00b"])
def test_what_is_no_tag_is_refused(store: Store, bad: str) -> None:
    with store.unit() as uow, pytest.raises(members.BadTag):
        members.tag(uow, somebody(uow), bad, who="wang")
